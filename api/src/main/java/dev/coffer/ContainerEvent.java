package dev.coffer;

import dev.coffer.model.ContainerState;
import java.nio.file.Path;

/** Something that happened to a container, whoever keeps it: Coffer or LXC. */
public sealed interface ContainerEvent {
  /** The directory that holds the container's directory. */
  Path lxcPath();

  /** Whose event it is. */
  String name();

  /** It has reached a state. */
  record StateReached(Path lxcPath, String name, ContainerState state) implements ContainerEvent {}

  /**
   * Its first process has ended.
   *
   * @param code its exit code, 0 when a signal ended it
   * @param signal that ended it, 0 for none
   */
  record InitEnded(Path lxcPath, String name, int code, int signal) implements ContainerEvent {}
}
