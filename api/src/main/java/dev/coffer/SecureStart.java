package dev.coffer;

import dev.coffer.config.LxcConfig;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.IdMap;
import dev.coffer.model.IdMaps;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.model.RootFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The part of {@code coffer.security = default} that depends on the host or on the kind of start:
 * ids of the container's own, a root file system that is mapped to them where its files are not
 * theirs, no new privileges for a single program. It is written into the configuration of that
 * start, as if it stood there.
 */
final class SecureStart {
  static final String KEY = "coffer.security";

  private static final String ROOT_OPTIONS = "lxc.rootfs.options";
  private static final String NO_NEW_PRIVILEGES = "lxc.no_new_privs";

  private final LxcConfig config;
  private final Origin origin;

  private SecureStart(LxcConfig config, Origin origin) {
    this.config = config;
    this.origin = origin;
  }

  /** Whether a configuration asks for the secure choice of what it leaves out. */
  static boolean isWanted(LxcConfig config) {
    return config.get(KEY).filter("default"::equals).isPresent();
  }

  /**
   * Fills in what is left out; nothing where the configuration does not ask for it.
   *
   * @param application whether one program is started instead of a system
   * @param mapsMounts whether mounts can carry an id map
   */
  static void fill(
      LxcConfig config,
      Path directory,
      boolean application,
      IdRanges ranges,
      boolean mapsMounts,
      Consumer<Problem> notices) {
    ranges.assign(config, directory, notices);
    if (!isWanted(config)) {
      return;
    }
    SecureStart start = new SecureStart(config, config.origin(KEY).orElse(Origin.builtIn(KEY)));
    if (mapsMounts) {
      start.mapRoot(directory);
    }
    if (application && config.values(NO_NEW_PRIVILEGES).isEmpty()) {
      config.set(NO_NEW_PRIVILEGES, "1", start.origin);
    }
  }

  /** The mount gives the host root's files to the container's; files of its own need none. */
  private void mapRoot(Path directory) {
    ContainerSpec spec = config.spec(directory.getFileName().toString(), directory.getParent());
    RootFs root = spec.rootfs();
    IdMaps maps = spec.privileges().maps();
    if (maps.lines().isEmpty() || root.path().isEmpty() || !root.idmap().isEmpty()) {
      return;
    }
    if (isForeign(root, maps)) {
      String written = String.join(",", config.values(ROOT_OPTIONS));
      String options = written.isEmpty() ? "idmap=container" : written + ",idmap=container";
      config.set(ROOT_OPTIONS, options, origin);
    }
  }

  /**
   * Whether its files are not the container's own. What is on a device cannot be seen before it is
   * mounted: where Coffer chose the ids for the start alone, it made the files as the host's root.
   */
  private boolean isForeign(RootFs root, IdMaps maps) {
    String path = root.path().get().value();
    Optional<Path> directory =
        switch (root.type()) {
          case "dir", "btrfs" -> Optional.of(Path.of(path)).filter(Files::isDirectory);
          case "overlay" -> Optional.of(Path.of(path.split(":")[0]));
          default -> Optional.empty();
        };
    if (directory.isEmpty()) {
      return !root.type().equals("dir")
          && config
              .origin("lxc.idmap")
              .filter(chosen -> chosen.source().startsWith(KEY + " = default"))
              .isPresent();
    }
    Optional<Integer> owner = owner(directory.get());
    return owner.isPresent() && maps.fromHost(IdMap.Kind.USER, owner.get()).isEmpty();
  }

  /** Empty where the tree is missing, which the start itself tells in better words. */
  private static Optional<Integer> owner(Path tree) {
    try {
      return Optional.of((Integer) Files.getAttribute(tree, "unix:uid"));
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
