package dev.coffer;

import dev.coffer.image.DestroyRequest;
import dev.coffer.image.Destroyer;
import dev.coffer.image.Images;
import dev.coffer.image.MappedRoot;
import dev.coffer.image.MountPoints;
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
    Optional<Path> place = request.storage().flatMap(Store::place).filter(Files::isDirectory);
    if (!inside || place.isEmpty()) {
      return;
    }
    MountPoints.requireNoneBelow(place.get());
    List<String> command =
        List.of("find", place.get().toString(), "-xdev", "-mindepth", "1", "-delete");
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

  /** Deletes all of a container: through the user namespace where that is needed. */
  static void run(
      DestroyRequest request, ContainerSpec spec, IdRanges ranges, User user, Caller caller) {
    Destroyer.requireDestroyable(request);
    emptyInside(request, MakersMaps.of(spec.privileges().idMaps(), user), caller);
    Destroyer.destroy(request);
    if (request.storage().filter(OverlayStore.class::isInstance).isPresent()) {
      Images.of(caller.environment()).store().release(request.directory());
    }
    ranges.free(spec.lxcPath().resolve(spec.name()));
  }
}
