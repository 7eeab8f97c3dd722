package dev.coffer.image;

import dev.coffer.linux.DirectoryTree;
import dev.coffer.linux.Errno;
import dev.coffer.linux.KernelException;
import dev.coffer.model.CofferException;
import dev.coffer.storage.Store;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Deletes containers on disk, lxc-destroy(1). No link is followed and no mount is crossed. The
 * configuration goes last, so that a deletion that was interrupted can be finished by a second one.
 */
public final class Destroyer {
  private static final String CONFIG = "config";
  private static final String SNAPSHOTS = "snaps";

  private Destroyer() {}

  /**
   * Refuses what lxc-destroy refuses: a container that others are clones of, or that has snapshots.
   */
  public static void requireDestroyable(DestroyRequest request) {
    if (Clones.exist(request.directory())) {
      throw refused(request, "has clones", "destroy those named in its lxc_snapshots first");
    }
    if (!request.withSnapshots() && hasSnapshots(request.directory())) {
      throw refused(request, "has snapshots", "-s deletes them too");
    }
  }

  /** Deletes the container, which must not be running. */
  public static void destroy(DestroyRequest request) {
    requireDestroyable(request);
    Creator.discardAbandoned(request.directory());
    MountPoints.requireNoneBelow(request.directory());
    request.storage().flatMap(Store::place).ifPresent(MountPoints::requireNoneBelow);
    try {
      delete(request);
    } catch (KernelException e) {
      throw failure(request, e);
    } catch (IOException e) {
      throw new CofferException(
          "Destroying " + request.name() + " failed", List.of("cause  " + Failures.describe(e)));
    }
  }

  private static void delete(DestroyRequest request) throws IOException {
    Path directory = request.directory();
    if (request.managed()) {
      request.storage().ifPresent(Store::remove);
    }
    Clones.forget(request.lxcPath(), request.name());
    Set<String> kept = request.managed() ? Set.of(CONFIG) : unmanaged(request);
    DirectoryTree.clear(directory, kept);
    Files.deleteIfExists(directory.resolve(CONFIG));
    Undo.removeIfEmpty(directory);
  }

  /** What stays of the container's directory while storage that is not ours lies in it. */
  private static Set<String> unmanaged(DestroyRequest request) {
    return request
        .storage()
        .flatMap(Store::place)
        .filter(storage -> storage.startsWith(request.directory()))
        .map(storage -> request.directory().relativize(storage).getName(0).toString())
        .map(name -> Set.of(CONFIG, name))
        .orElse(Set.of(CONFIG));
  }

  private static boolean hasSnapshots(Path directory) {
    try (var entries = Files.newDirectoryStream(directory.resolve(SNAPSHOTS))) {
      return entries.iterator().hasNext();
    } catch (IOException | DirectoryIteratorException e) {
      return false; // there is no such directory
    }
  }

  private static CofferException refused(DestroyRequest request, String why, String hint) {
    String name = request.name();
    return new CofferException(
        "Destroying " + name + " failed: " + name + " " + why, List.of("hint  " + hint));
  }

  private static CofferException failure(DestroyRequest request, KernelException e) {
    boolean mount = e.is(Errno.EXDEV) || e.is(Errno.EBUSY);
    CofferException failure =
        new CofferException(
            "Destroying " + request.name() + " failed",
            mount
                ? List.of("cause  " + e.getMessage(), "hint  unmount what is mounted there first")
                : List.of("cause  " + e.getMessage(), "hint  destroy it again to delete the rest"));
    failure.initCause(e);
    return failure;
  }
}
