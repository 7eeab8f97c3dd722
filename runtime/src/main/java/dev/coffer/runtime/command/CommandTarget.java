package dev.coffer.runtime.command;

import dev.coffer.linux.CgroupTrees;
import dev.coffer.linux.DeviceRule;
import dev.coffer.linux.Fd;
import dev.coffer.model.ContainerState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A running container as its command socket shows it. Descriptors returned are handed over: the
 * server passes them on and closes them. Methods are called by the server's thread and must not
 * wait, but for those that say so.
 */
public interface CommandTarget {
  String name();

  String lxcPath();

  ContainerState state();

  /** Init's process id as this process sees it; 0 before there is one. */
  int initPid();

  Optional<Fd> initPidfd();

  /** The {@code CLONE_NEW…} flags of the namespaces that are the container's own. */
  long cloneFlags();

  /** A value of the configuration that the container runs with; empty if unset or unknown. */
  Optional<String> configItem(String key);

  /** How the host divides its controllers. */
  CgroupTrees.Layout cgroupLayout();

  /**
   * The container's cgroup below a hierarchy's top, such as {@code /lxc.payload.web}.
   *
   * @param controller empty for v2
   * @param limit the cgroup that carries the limits rather than the one that init is in
   */
  Optional<String> cgroupPath(String controller, boolean limit);

  /** The directory of {@link #cgroupPath}. */
  Optional<CgroupDirectory> cgroupDirectory(String controller, boolean limit);

  /** The directories that a process joins to be in the container's cgroups, v2 last. */
  List<Fd> cgroupDirectories();

  /** The top of the container's devpts. */
  Optional<Fd> devpts();

  /** The listener of the container's system call filter, where calls wait for an answer. */
  Optional<Fd> seccompListener();

  /**
   * Answers the calls of a command that somebody else has attached, as those of the container.
   *
   * @param listener of that command's filter; the target's to close
   * @return false if it is none, or the container's policy asks nobody
   */
  boolean addSeccompListener(Fd listener);

  /**
   * Lends a terminal; may wait.
   *
   * @param number 0 for the console, -1 for the first tty that is free
   */
  Optional<TtyLease> openTty(int number);

  /**
   * Sends init the signal that ends the container, and thaws it; may wait.
   *
   * @return whether it was sent
   */
  boolean stop();

  /**
   * Freezes, or thaws, all processes where cgroup v2 does that; may wait.
   *
   * @param timeout how long at most; negative for ever
   * @return false where the caller has to do it by the files of v1
   */
  boolean freeze(boolean frozen, Duration timeout);

  /**
   * Reads what the console printed; may wait.
   *
   * @return empty where nothing is kept
   */
  Optional<byte[]> consoleLog(ConsoleLogRequest request);

  /** A tool has itself brought about the state, by the files of cgroup v1. */
  void stateReached(ContainerState state);

  /**
   * Allows or denies a device to the running container, on cgroup v2; may wait.
   *
   * @return whether it is in effect
   */
  boolean applyDeviceRule(DeviceRule rule);
}
