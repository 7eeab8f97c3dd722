package dev.coffer;

import dev.coffer.image.DestroyRequest;
import dev.coffer.image.Destroyer;
import dev.coffer.image.MappedRoot;
import dev.coffer.image.MountPoints;
import dev.coffer.image.store.ImageStore;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Sourced;
import dev.coffer.plan.HostFacts.User;
import dev.coffer.runtime.Caller;
import dev.coffer.runtime.HostCommand;
import dev.coffer.storage.OverlayStore;
import dev.coffer.storage.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Deletes what a specification says belongs to a container. */
final class Destruction {
  private Destruction() {}

  static DestroyRequest request(ContainerSpec spec, boolean withSnapshots) {
    Optional<Store> storage =
        spec.rootfs()
            .path()
            .map(Sourced::value)
            .flatMap(path -> Store.of(spec.rootfs().type(), path));
    return new DestroyRequest(
        spec.name(), spec.lxcPath(), storage, spec.rootfs().managed(), withSnapshots);
  }

  /**
   * Deletes what belongs to ids of the container and not to its owner, who is no root: a command
   * inside a user namespace does it, which follows no link and crosses no mount.
   */
  private static void emptyInside(DestroyRequest request, MakersMaps maps, Caller caller) {
    boolean inside =
        request.managed()
            && maps.root().filter(root -> root.giving() == MappedRoot.Giving.INSIDE).isPresent();
    List<Path> places =
        request
            .storage()
            .map(store -> places(store, request.directory()))
            .orElse(List.of())
            .stream()
            .filter(Files::isDirectory)
            .toList();
    if (!inside || places.isEmpty()) {
      return;
    }
    places.forEach(MountPoints::requireNoneBelow);
    List<String> command = new ArrayList<>(List.of("find"));
    places.forEach(place -> command.add(place.toString()));
    command.addAll(List.of("-xdev", "-mindepth", "1", "-delete"));
    int status =
        HostCommand.run(command, Map.of("LANG", "C.UTF-8"), Path.of("/"), maps.steps(), caller);
    if (status != 0) {
      throw new CofferException(
          "Destroying " + request.name() + " failed",
          List.of(
              "cause  the deletion inside a user namespace ended with status " + status,
              "hint  destroy it again to delete the rest"));
    }
  }

  /** The layers of an image that it needed. */
  private static void release(Store store, Path directory) {
    if (store instanceof OverlayStore overlay) {
      overlay.lowers().stream()
          .findFirst()
          .flatMap(ImageStore::holding)
          .ifPresent(images -> images.release(directory));
    }
  }

  /** What of it the container's ids own. */
  private static List<Path> places(Store store, Path directory) {
    if (!(store instanceof OverlayStore overlay)) {
      return store.place().stream().toList();
    }
    List<Path> places = new ArrayList<>(List.of(overlay.upper(), overlay.work()));
    overlay.lowers().stream().filter(lower -> lower.startsWith(directory)).forEach(places::add);
    return places;
  }

  /** Deletes all of a container: through the user namespace where that is needed. */
  static void run(
      DestroyRequest request, ContainerSpec spec, IdRanges ranges, User user, Caller caller) {
    Destroyer.requireDestroyable(request);
    emptyInside(request, MakersMaps.of(spec.privileges().idMaps(), user), caller);
    Destroyer.destroy(request);
    request.storage().ifPresent(store -> release(store, request.directory()));
    ranges.free(spec.lxcPath().resolve(spec.name()));
  }
}
