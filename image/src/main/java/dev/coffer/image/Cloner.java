package dev.coffer.image;

import dev.coffer.model.CofferException;
import dev.coffer.storage.OpenStore;
import dev.coffer.storage.OverlayStore;
import dev.coffer.storage.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * Copies containers on disk, lxc-copy(1). A failure, an interrupt included, leaves nothing behind;
 * what a killed engine leaves is deleted by the next command for that name.
 */
public final class Cloner {
  private static final Set<String> NOT_COPIED =
      Set.of("config", "partial", "rootdev", "lxc_rdepends", "ts", "comment");
  private static final String DIRECTORY_MODE = "rwxrwx---";

  private Cloner() {}

  /**
   * What is done with the copy while its root file system can be seen, clone hooks for instance.
   */
  @FunctionalInterface
  public interface Finishing {
    /** Whether there is anything to be done at all: not every store can be seen for nothing. */
    default boolean isNeeded() {
      return true;
    }

    void run(Path rootfs);
  }

  /**
   * @param runner runs programs of the host
   * @param finishing at the end, while the root file system is to be seen
   */
  public static void copy(CloneRequest request, CommandRunner runner, Finishing finishing) {
    if (Files.exists(request.to().resolve("config"), LinkOption.NOFOLLOW_LINKS)) {
      throw new CofferException(
          "Container already exists",
          List.of("hint  its configuration is " + request.to() + "/config"));
    }
    Creator.discardAbandoned(request.to());
    Undo undo = new Undo();
    try {
      make(request, runner, finishing, undo);
    } catch (RuntimeException | IOException e) {
      undo.run(e);
      throw failure(request, e);
    }
  }

  private static RuntimeException failure(CloneRequest request, Exception e) {
    if (e instanceof CofferException || e instanceof CancellationException) {
      return (RuntimeException) e;
    }
    String name = request.to().getFileName().toString();
    CofferException failure =
        new CofferException(
            "Failed to make the copy " + name,
            e instanceof IOException io
                ? Failures.details(io)
                : List.of("cause  " + e.getMessage()));
    failure.initCause(e);
    return failure;
  }

  private static void make(
      CloneRequest request, CommandRunner runner, Finishing finishing, Undo undo)
      throws IOException {
    undo.createDirectories(request.to().getParent());
    Ownership.requireNoForeignLink(request.to());
    undo.createDirectory(request.to(), DIRECTORY_MODE);
    Partial partial = Partial.create(request.to());
    undo.add(partial::close);
    undo.add(partial::remove);
    undo.clearing(request.to(), Set.of(Partial.NAME));
    Optional<Store> target = storage(request, runner, partial, undo);
    String root = target.map(Store::describe).orElse("");
    new NewConfig(request.to().resolve("config"))
        .create(request.rewriting().rewrite(request.config(), root, request.further()));
    copyBeside(request);
    request.mappedRoot().ifPresent(mapped -> reach(request, mapped, runner));
    if (target.isPresent() && finishing.isNeeded()) {
      finish(request, target.get(), finishing, partial);
    }
    if (target.filter(store -> isShared(store, request.to())).isPresent()) {
      undo.add(
          () -> Clones.forget(request.to().getParent(), request.to().getFileName().toString()));
      Clones.note(request.from(), request.to(), request.way() == CloneRequest.Way.SNAPSHOT);
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted");
    }
    partial.remove();
    partial.close();
  }

  /** Only overlays need the original's files; other snapshots are their store's own matter. */
  private static boolean isShared(Store store, Path own) {
    return store instanceof OverlayStore overlay
        && overlay.lowers().stream().anyMatch(lower -> !lower.startsWith(own));
  }

  private static Optional<Store> storage(
      CloneRequest request, CommandRunner runner, Partial partial, Undo undo) throws IOException {
    if (request.source().isEmpty()) {
      return Optional.empty();
    }
    CloneStorage storage = new CloneStorage(request, request.source().get(), runner);
    Store target = storage.plan();
    partial.note(target);
    partial.noteMount(request.to().resolve(".original"));
    partial.noteMount(request.to().resolve("rootfs"));
    undo.add(target::remove);
    storage.run(target);
    if (!request.keepsName()) {
      storage.replace(target, "etc/hostname", request.to().getFileName() + "\n");
    }
    storage.replace(target, "etc/machine-id", "");
    storage.replace(target, "var/lib/dbus/machine-id", "");
    return Optional.of(target);
  }

  /** Hooks, tables of mounts and the like, which a template or the user put there. */
  private static void copyBeside(CloneRequest request) throws IOException {
    try (var entries = Files.newDirectoryStream(request.from())) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)
            && !NOT_COPIED.contains(name)
            && !name.startsWith("config.")
            && !name.startsWith("lxc_snapshots") // others write it at this moment
            && !name.endsWith(".log")) {
          Files.copy(
              entry,
              request.to().resolve(name),
              StandardCopyOption.COPY_ATTRIBUTES,
              LinkOption.NOFOLLOW_LINKS);
        }
      }
    }
  }

  /** Root of the container must be able to reach its root file system. */
  private static void reach(CloneRequest request, MappedRoot root, CommandRunner runner) {
    new MappedFiles(root, runner).open(request.to());
  }

  private static void finish(
      CloneRequest request, Store target, Finishing finishing, Partial partial) throws IOException {
    Path rootfs = request.to().resolve("rootfs");
    if (target.directory().isEmpty()) {
      Undo.makeDirectory(rootfs);
    }
    try (OpenStore open = target.open(rootfs)) {
      finishing.run(open.root());
    }
  }
}
