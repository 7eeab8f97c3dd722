package dev.coffer.image.server;

import dev.coffer.image.server.Download.RemoteFile;
import dev.coffer.image.server.RemoteImage.Part;
import dev.coffer.image.server.RemoteImage.Role;
import dev.coffer.image.store.ImageStore;
import dev.coffer.image.store.ObjectId;
import dev.coffer.image.store.ObjectId.Kind;
import dev.coffer.image.store.StoredObject;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Brings an image of a server into the store, each file verified before anyone sees it. */
public final class ImagePull {
  private static final int LONGEST_SUMS = 64 << 10;

  private final Web web;
  private final ImageStore store;
  private final Meter meter;

  public ImagePull(Web web, ImageStore store, Meter meter) {
    this.web = web;
    this.store = store;
    this.meter = meter;
  }

  /**
   * Fetches what the store does not have yet.
   *
   * @return the image's description in the store
   */
  public StoredImage pull(RemoteImage image) throws IOException {
    Part root = choose(image);
    Part metadata =
        image.part(Role.LXD_METADATA).or(() -> image.part(Role.LXC_METADATA)).orElseThrow();
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("distribution", image.distribution());
    properties.put("release", image.release());
    properties.put("architecture", image.architecture());
    properties.put("variant", image.variant());
    properties.put("build", image.build());
    image.fingerprint().ifPresent(text -> properties.put("fingerprint", text));
    Optional<String> sums = sums(metadata);
    StoredObject first = fetch(metadata, sums);
    StoredObject second = fetch(root, sums);
    return StoredImage.add(
        store,
        metadata.role() == Role.LXC_METADATA ? StoredImage.Format.LXC : StoredImage.Format.LXD,
        Optional.of(first.id()),
        second.id(),
        properties);
  }

  private static Part choose(RemoteImage image) {
    return image
        .part(Role.ROOT_TAR)
        .or(() -> image.part(Role.ROOT_SQUASHFS))
        .orElseThrow(() -> new CofferException(image.name() + " has no root file system"));
  }

  /** LXC's index has hashes in a file of its own, or none: then TLS alone speaks for the server. */
  private Optional<String> sums(Part part) {
    if (part.sha256().isPresent()) {
      return Optional.empty();
    }
    try {
      URI uri = part.uri().resolve("SHA256SUMS");
      return Optional.of(new String(web.read(uri, LONGEST_SUMS), StandardCharsets.UTF_8));
    } catch (Web.Missing e) {
      if (!"https".equals(part.uri().getScheme())) {
        throw new CofferException(
            "the server has neither TLS nor hashes: nothing tells whether its images are its own",
            List.of("hint  use https://, or a server with SHA256SUMS beside its images"));
      }
      return Optional.empty();
    }
  }

  private StoredObject fetch(Part part, Optional<String> sums) throws IOException {
    RemoteFile file = new RemoteFile(part.uri(), part.size(), part.sha256());
    if (sums.isPresent()) {
      String hash =
          ClassicIndex.hash(sums.get(), file.name())
              .orElseThrow(() ->
                  new CofferException("the server's SHA256SUMS has no hash of " + part.uri()));
      file = new RemoteFile(part.uri(), OptionalLong.empty(), Optional.of(hash));
    }
    if (file.sha256().isPresent()) {
      Optional<StoredObject> there = store.find(new ObjectId(Kind.BLOB, file.sha256().get()));
      if (there.isPresent()) {
        return there.get();
      }
    }
    Optional<String> expected = file.sha256();
    Path folder = store.root().resolve("downloads");
    return new Download(web, folder, meter)
        .fetch(
            file,
            done -> {
              try (InputStream in = Files.newInputStream(done)) {
                return store.addFile(Kind.BLOB, expected, Map.of(), in);
              }
            });
  }
}
