package dev.coffer;

import dev.coffer.image.DestroyRequest;
import dev.coffer.image.Destroyer;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Sourced;
import java.nio.file.Path;
import java.util.Optional;

/** Deletes what a specification says belongs to a container. */
final class Destruction {
  private Destruction() {}

  static DestroyRequest request(ContainerSpec spec, boolean withSnapshots) {
    Optional<Path> storage =
        spec.rootfs()
            .path()
            .filter(_ -> spec.rootfs().type().equals("dir"))
            .map(Sourced::value)
            .map(Path::of);
    return new DestroyRequest(
        spec.name(), spec.lxcPath(), storage, spec.rootfs().managed(), withSnapshots);
  }

  static void ofEphemeral(ContainerSpec spec) {
    Destroyer.destroy(request(spec, false));
  }
}
