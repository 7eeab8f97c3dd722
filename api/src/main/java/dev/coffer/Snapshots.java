package dev.coffer;

import dev.coffer.image.Restoring;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The snapshots of a container, lxc-snapshot(1): copies of it in a folder of its own.
 *
 * @param containers finds a container by name and folder
 */
record Snapshots(Container container, BiFunction<String, Path, Container> containers) {
  private static final String PREFIX = "snap";
  private static final Set<String> SHARING = Set.of("btrfs", "lvm", "zfs");
  private static final int MOST = 100_000;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy:MM:dd HH:mm:ss");

  /** LXC before 1.1 had them beside the containers, and still looks there first. */
  private Path folder() {
    Path old = Path.of(container.lxcPath() + "snaps", container.name());
    return Files.isDirectory(old) ? old : own().resolve("snaps");
  }

  private Path own() {
    return container.lxcPath().resolve(container.name());
  }

  String make(Optional<String> comment) {
    String name = free();
    Path folder = folder();
    String type = container.config().spec(container.name(), container.lxcPath()).rootfs().type();
    container.copy(
        new CopyOptions(
            name,
            Optional.of(folder),
            SHARING.contains(type), // a directory is copied, as LXC does it
            Optional.empty(),
            true,
            true,
            SHARING.contains(type) || type.equals("overlay"),
            List.of(),
            List.of()));
    Path made = folder.resolve(name);
    write(made.resolve("ts"), TIME.format(LocalDateTime.now()));
    comment.ifPresent(text -> write(made.resolve("comment"), text));
    return name;
  }

  private String free() {
    for (int i = 0; i < MOST; i++) {
      if (!Files.exists(folder().resolve(PREFIX + i))) {
        return PREFIX + i;
      }
    }
    throw new CofferException(container.name() + " has too many snapshots");
  }

  List<Snapshot> list() {
    List<Snapshot> found = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(folder())) {
      for (Path entry : entries) {
        if (Files.isRegularFile(entry.resolve("config"))) {
          found.add(
              new Snapshot(
                  entry.getFileName().toString(),
                  folder(),
                  read(entry.resolve("ts")),
                  read(entry.resolve("comment"))));
        }
      }
    } catch (IOException _) {
      return List.of(); // there never was one
    }
    found.sort(
        Comparator.comparing((Snapshot each) -> each.name().length())
            .thenComparing(Snapshot::name));
    return found;
  }

  /** A new container, or this one as it was. */
  void restore(String snapshot, Optional<String> name) {
    Container saved = find(snapshot);
    String to = name.orElse(container.name());
    if (!to.equals(container.name())) {
      saved.copy(plain(to, container.lxcPath()));
      return;
    }
    if (container.state() != ContainerState.STOPPED) {
      throw new CofferException(
          container.name() + " is running",
          List.of("hint  stop it first, or restore to another name with -N"));
    }
    if (belongsToOthers()) { // such a directory cannot be moved, not even by its folder's owner
      throw new CofferException(
          "cannot restore " + container.name() + " in its place",
          List.of(
              "cause  its files belong to subordinate ids",
              "hint  restore to another name with -N"));
    }
    Restoring.discard(own());
    saved.copy(plain(Restoring.NAME, own()));
    Restoring.complete(own());
  }

  private boolean belongsToOthers() {
    try {
      Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      return !self.equals(0)
          && Files.exists(own().resolve("rootfs"))
          && !self.equals(Files.getAttribute(own().resolve("rootfs"), "unix:uid"));
    } catch (IOException _) {
      return false; // what cannot be looked at fails by itself
    }
  }

  private static CopyOptions plain(String name, Path folder) {
    return new CopyOptions(
        name,
        Optional.of(folder),
        false,
        Optional.empty(),
        name.equals(Restoring.NAME),
        name.equals(Restoring.NAME),
        false,
        List.of(),
        List.of());
  }

  void destroy(String snapshot) {
    find(snapshot).destroy(DestroyOptions.PLAIN);
    try {
      Files.deleteIfExists(folder());
    } catch (IOException _) {
      return; // others are left in it
    }
  }

  private Container find(String snapshot) {
    Container saved = containers.apply(snapshot, folder());
    if (snapshot.contains("/") || !saved.isDefined()) {
      throw new CofferException(
          container.name() + " has no snapshot " + snapshot,
          List.of("hint  \"lxc-snapshot -n " + container.name() + " -L\" lists them"));
    }
    return saved;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException _) {
      return "";
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new CofferException("cannot write " + file + ": " + e.getMessage());
    }
  }
}
