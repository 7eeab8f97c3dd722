package dev.coffer;

import dev.coffer.config.LxcConfig;
import dev.coffer.image.server.Meter;
import dev.coffer.model.ContainerState;
import dev.coffer.model.plan.Plan;
import dev.coffer.plan.Protection;
import dev.coffer.runtime.HookInProgress;
import dev.coffer.runtime.LastEnd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One container by name, whether it exists yet or not. Every method throws {@link
 * dev.coffer.model.CofferException} with the reason and a remedy when it cannot do its work; then
 * nothing has changed. Safe for use by several threads.
 */
public interface Container {
  /** Its name, which is also that of its directory. */
  String name();

  /** The directory that holds the container's directory. */
  Path lxcPath();

  /** Whether {@code LXCPATH/NAME/config} exists. */
  boolean isDefined();

  /** The configuration file as it stands, with problems gathered; empty where there is no file. */
  LxcConfig config();

  /** The state now; STOPPED for a container that is not defined. */
  ContainerState state();

  /** Init's process id as the caller's pid namespace sees it; empty when not running. */
  OptionalInt initPid();

  /** Makes the container. */
  default void create(CreateOptions options) {
    create(options, Meter.NONE);
  }

  /**
   * As above.
   *
   * @param meter told how fetching and unpacking of an image proceed
   */
  void create(CreateOptions options, Meter meter);

  /**
   * Starts it. Detached: returns 0 once it is RUNNING. Foreground: returns when the container has
   * stopped, with the first process's exit status (128 + signal when a signal ended it).
   */
  int start(StartOptions options);

  /** The hook that its start or end waits for now. */
  Optional<HookInProgress> hook();

  /** How and when its first process ended the last time; empty where that is not known. */
  Optional<LastEnd> lastEnd();

  /** What {@link #start} would do, in order, without doing anything. */
  Plan plan(StartOptions options);

  /** Stops or reboots it. Returns whether the wanted state was reached within the time. */
  boolean stop(StopOptions options);

  /** Runs a command inside and returns its exit status as lxc-attach(1) defines it. */
  int attach(AttachOptions options);

  /**
   * Begins a command inside whose streams are this program's, not the caller's.
   *
   * @param options as for {@link #attach}; without a terminal
   * @return the command while it runs
   */
  Execution exec(AttachOptions options);

  /**
   * Connects the caller's terminal with one of the container's until the user leaves it or the
   * container stops.
   *
   * @return 0, or what ended the relay instead
   */
  int console(ConsoleOptions options);

  /**
   * Gives a device to the running container, lxc-device(1).
   *
   * @param device a network interface, else a device node
   * @param inside its name inside, if it is to be another
   */
  void addDevice(String device, Optional<String> inside);

  /**
   * Takes a device away.
   *
   * @param device a network interface inside, else a device node
   * @param name the interface's name outside, or the node's path inside, if it is another
   */
  void removeDevice(String device, Optional<String> name);

  /**
   * Gives the running container a network interface of any type that a configuration can have. It
   * goes when the container ends or reboots, unless it is saved.
   *
   * @return its name inside
   */
  String attachInterface(InterfaceOptions options);

  /**
   * Takes a network interface away from the running container.
   *
   * @param name inside
   * @param saved whether it goes from the container's configuration, too
   */
  void detachInterface(String name, boolean saved);

  /**
   * Brings a network interface of the running container up, or takes it down.
   *
   * @param name inside
   */
  void setInterfaceUp(String name, boolean up);

  /**
   * Gives the last that the console printed, also after the container has stopped, to {@code out};
   * when following, now and then nothing.
   *
   * @param follow whether what it prints from now on is given, too, until the thread is interrupted
   * @return false where nothing was ever kept
   */
  boolean consoleLog(boolean follow, Consumer<byte[]> out);

  /** Freezes all processes; nothing happens when they are frozen already. */
  void freeze();

  /** Lets all its processes go on, lxc-unfreeze(1). */
  void unfreeze();

  /**
   * Waits until the state is one of {@code states}.
   *
   * @param timeout how long at most; empty for ever, zero to look once
   */
  boolean await(Set<ContainerState> states, Optional<Duration> timeout);

  /** Resource use now, from the cgroup files; empty when not running. */
  Optional<Usage> usage();

  /**
   * How much its root file system holds; empty where only the host's limits it, or it cannot be
   * told.
   */
  Optional<Disk> disk();

  /** Everything the kernel accounts of it; empty when it is stopped. */
  Optional<Metrics> metrics();

  /**
   * The content of a file of the running container's cgroup, lxc-cgroup(1).
   *
   * @param file such as {@code memory.max}, in the tree of its controller
   */
  String cgroupValue(String file);

  /** Writes to a file of the running container's cgroup; it holds until the container ends. */
  void setCgroupValue(String file, String value);

  /**
   * Addresses of the interfaces inside, loopback and link-local ones left out; empty when not
   * running.
   */
  List<Address> addresses();

  /** Names of the network interfaces inside, loopback among them; empty when not running. */
  List<String> interfaces();

  /**
   * A value as the running container was started with, or of the file when it is stopped. Empty for
   * an unknown key, an empty string for a value that is not set; lists are lines each ending in a
   * newline.
   */
  Optional<String> configItem(String key);

  /**
   * The system call filter as text for people: of the configuration the running container was
   * started with, or of the file when it is stopped. Empty where no policy is asked for.
   */
  Optional<String> seccompFilter();

  /** What protects it, compared with the secure default; of the running one where it runs. */
  List<Protection> protections();

  /** Makes a copy of it under another name, or in another directory. */
  void copy(CopyOptions options);

  /** Gives it another name; refused while it runs, has snapshots or clones, or is one. */
  void rename(String name);

  /**
   * Makes a snapshot of it.
   *
   * @param comment kept with it
   * @return the snapshot's name
   */
  String snapshot(Optional<String> comment);

  /** Its snapshots, the oldest first. */
  List<Snapshot> snapshots();

  /**
   * Makes a container from a snapshot.
   *
   * @param name of the new container; empty to make this one as it was
   */
  void restore(String snapshot, Optional<String> name);

  /** Deletes a snapshot. */
  void destroySnapshot(String snapshot);

  /** Deletes the container with its storage; refused while it runs. */
  void destroy(DestroyOptions options);
}
