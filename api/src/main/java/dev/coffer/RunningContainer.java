package dev.coffer;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.Pty;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.ContainerState;
import dev.coffer.model.Namespace;
import dev.coffer.plan.CgroupPlacement;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** A container that runs, whoever looks after it. Close it when it is no longer looked at. */
sealed interface RunningContainer extends AutoCloseable permits KeptContainer, ForeignContainer {
  ContainerState state();

  /** Init's process id as this process numbers it. */
  int initPid();

  /** Init itself; the descriptor stays this object's. Empty when it has ended. */
  Optional<Pidfd> init();

  /** What it was made from, as far as that is known. */
  ContainerSpec spec();

  /** The namespaces a command joins to be inside. */
  Set<Namespace> namespaces();

  CgroupPlacement placement();

  /** A value of the configuration it was started with; empty for unknown keys. */
  Optional<String> item(String key);

  /** A new terminal, of its own devpts where it has one. */
  Pty terminal();

  /** The container's own devpts, not to be closed; empty where it has none or nobody gives it. */
  default Optional<Fd> devpts() {
    return Optional.empty();
  }

  /** The console's own terminal, whose size can be changed; empty when it is not ours. */
  Optional<Fd> consoleTerminal();

  /** Tells whoever waits for it that its processes were frozen or thawed. */
  void frozen(boolean frozen);

  /** Waits until its state is one of these. */
  boolean await(Set<ContainerState> states, Duration timeout);

  /** Sends init a signal and, if there is a time for it, waits until its next life runs. */
  boolean reboot(int signal, Optional<Duration> timeout);

  default void signal(int number) {
    init().ifPresent(pidfd -> pidfd.sendSignal(number));
  }

  @Override
  void close();
}
