package dev.coffer;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a container is copied, lxc-copy(1).
 *
 * @param name of the copy
 * @param lxcPath directory that gets the copy's directory; empty for the original's
 * @param snapshot whether only what changes is the copy's own, and the original stays below it
 * @param store what the copy's root file system is kept in; empty for the same kind
 * @param keepsName whether lxc.uts.name stays
 * @param keepsAddresses whether hardware addresses stay
 * @param running whether an original that runs is copied all the same; it is frozen meanwhile where
 *     that can be
 * @param hookArguments for lxc.hook.clone, after its standard ones
 * @param lines of configuration for the end of the copy's
 */
public record CopyOptions(
    String name,
    Optional<Path> lxcPath,
    boolean snapshot,
    Optional<StoreOptions> store,
    boolean keepsName,
    boolean keepsAddresses,
    boolean running,
    List<String> hookArguments,
    List<String> lines) {
  public CopyOptions {
    hookArguments = List.copyOf(hookArguments);
    lines = List.copyOf(lines);
  }

  /** A full copy beside the original. */
  public static CopyOptions of(String name) {
    return new CopyOptions(
        name, Optional.empty(), false, Optional.empty(), false, false, false, List.of(), List.of());
  }

  /** The same that shares what does not change with the original. */
  public CopyOptions asSnapshot() {
    return new CopyOptions(
        name, lxcPath, true, store, keepsName, keepsAddresses, running, hookArguments, lines);
  }

  /** The same also of a running container. */
  public CopyOptions evenRunning() {
    return new CopyOptions(
        name, lxcPath, snapshot, store, keepsName, keepsAddresses, true, hookArguments, lines);
  }

  /** The same with these lines at the end of its configuration. */
  public CopyOptions withLines(List<String> further) {
    return new CopyOptions(
        name, lxcPath, snapshot, store, keepsName, keepsAddresses, running, hookArguments, further);
  }
}
