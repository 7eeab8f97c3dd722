package dev.coffer;

import dev.coffer.config.SystemConfig;
import dev.coffer.model.Problem;
import dev.coffer.network.Networks;
import dev.coffer.plan.HostFacts.User;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * The way in: containers below one or several directories. {@link #open} gives one to any Java
 * program; no engine has to run.
 */
public interface Coffer extends AutoCloseable {
  /**
   * Containers of this machine, below {@code lxc.lxcpath}. What is said beside failures, such as
   * keys that are not yet in effect, goes to the system logger {@code dev.coffer}.
   *
   * @throws dev.coffer.model.CofferException if the launcher is not found: the system property
   *     {@code coffer.launcher} or the variable COFFER_LAUNCHER names it, else it is {@code
   *     ../../bin/coffer} as seen from the jar, or /usr/bin/coffer
   */
  static Coffer open() {
    System.Logger log = System.getLogger("dev.coffer");
    return open(notice -> log.log(System.Logger.Level.WARNING, notice.describe()));
  }

  /**
   * As {@link #open()}.
   *
   * @param notices gets what is worth saying but no failure
   */
  static Coffer open(Consumer<Problem> notices) {
    return OwnCoffer.open(System.getenv(), notices);
  }

  /** The container of this name below the default directory. */
  Container container(String name);

  /** The container of this name below another directory. */
  Container container(String name, Path lxcPath);

  /** Defined and running containers below {@code lxcPath}, by name. */
  List<Container> containers(Path lxcPath);

  /**
   * Begins to hear of what happens to the containers below a directory, also of those that LXC's
   * tools keep.
   */
  Events events(Path lxcPath);

  /** Ends the lxc-monitord(1) of a directory, whoever it is, {@code lxc-monitor --quit}. */
  void endMonitord(Path lxcPath);

  /** {@code lxc.lxcpath}. */
  Path lxcPath();

  /** What lxc.conf(5) and its defaults say, such as {@code lxc.lxcpath}. */
  SystemConfig systemConfig();

  /**
   * Runs a command of the host's in new namespaces.
   *
   * @return its exit status, 128 + signal when a signal ended it; 0 when it is not awaited
   * @throws dev.coffer.model.CofferException when it could not be run
   */
  int run(NamespaceCommand command);

  /** Whose containers these are, and which ids of the host they may use. */
  User user();

  /** The bridges of this machine that containers are attached to. */
  default Networks networks() {
    return Networks.system();
  }

  /** Ends the use of this object; containers go on. */
  @Override
  void close();
}
