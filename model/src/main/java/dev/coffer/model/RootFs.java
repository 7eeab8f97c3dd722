package dev.coffer.model;

import java.util.List;
import java.util.Optional;

/**
 * The container's root file system.
 *
 * @param type backing store as in {@code TYPE:PATH}; {@code dir} where the path stood alone
 * @param path the rest; empty when the container has no root of its own
 * @param mountPoint where the root is mounted while the container is set up
 * @param options mount options, without idmap
 * @param idmap {@code container}, a path to a user namespace, or empty
 * @param inMemory what asks for changes to be kept in memory, and lost at the end
 * @param managed whether Coffer may change and delete the storage
 */
public record RootFs(
    String type,
    Optional<Sourced<String>> path,
    Optional<Sourced<String>> mountPoint,
    List<String> options,
    String idmap,
    Origin optionsOrigin,
    boolean managed,
    Optional<Origin> inMemory) {
  public static final RootFs NONE =
      new RootFs(
          "dir",
          Optional.empty(),
          Optional.empty(),
          List.of(),
          "",
          Origin.builtIn("lxc.rootfs.options"),
          true,
          Optional.empty());

  public RootFs {
    options = List.copyOf(options);
  }
}
