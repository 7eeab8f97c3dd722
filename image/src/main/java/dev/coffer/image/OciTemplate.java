package dev.coffer.image;

import dev.coffer.image.oci.ImageReference;
import dev.coffer.image.oci.OciImage;
import dev.coffer.image.oci.OciPull;
import dev.coffer.image.server.Meter;
import dev.coffer.image.store.ImageStore;
import dev.coffer.image.store.ObjectId;
import dev.coffer.image.store.StoredObject;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The template {@code oci}, with the options of lxc-oci. */
final class OciTemplate {
  private static final Map<String, String> VALUED =
      Map.of("-u", "url", "--url", "url", "--username", "username", "--password", "password");
  private static final Map<String, String> FLAGS =
      Map.of("--no-cache", "fresh", "--dhcp", "ignored");

  private final ImageStore store;
  private final CreateRequest request;

  OciTemplate(ImageStore store, CreateRequest request) {
    this.store = store;
    this.request = request;
  }

  /** Fetches the image, unless it is there. */
  OciImage obtain(Meter meter) throws IOException {
    if (request.mappedRoot().isPresent() || !Images.isRoot()) {
      throw new CofferException(
          "containers from OCI images need id-mapped mounts, as root has them",
          List.of(
              "hint  their layers are shared and stay the host root's: leave out lxc.idmap and"
                  + " coffer.idmap, and let coffer.security = default choose"));
    }
    TemplateOptions options = TemplateOptions.parse("oci", request.arguments(), VALUED, FLAGS);
    String url =
        options
            .value("url")
            .orElseThrow(() ->
                new CofferException(
                    "The oci template needs an image",
                    List.of("hint  -- --url docker://debian:bookworm, or oci:DIRECTORY:NAME")));
    ImageReference reference = ImageReference.parse(url, request.cwd());
    OciPull pull = new OciPull(store, request.environment(), meter);
    if (!options.has("fresh")) {
      Optional<OciImage> there = pull.find(reference);
      if (there.isPresent()) {
        return there.get();
      }
    }
    Optional<String> account =
        options.value("username").map(name -> name + ":" + options.value("password").orElse(""));
    return pull.pull(reference, account);
  }

  /** The directories of its layers, the uppermost first. */
  List<Path> layers(OciImage image) {
    return image.layers().reversed().stream().map(this::content).toList();
  }

  private Path content(ObjectId layer) {
    return store
        .find(layer)
        .map(StoredObject::content)
        .orElseThrow(() ->
            new CofferException(
                "a layer of the image is not in the store any more",
                List.of("hint  fetch it again: --no-cache")));
  }

  /** Keeps the image's layers for the container. */
  void use(OciImage image) {
    store.use(request.directory(), image.layers());
  }
}
