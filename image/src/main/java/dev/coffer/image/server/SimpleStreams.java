package dev.coffer.image.server;

import dev.coffer.image.json.JsonNode;
import dev.coffer.image.json.JsonText;
import dev.coffer.image.server.RemoteImage.Part;
import dev.coffer.image.server.RemoteImage.Role;
import dev.coffer.image.store.ObjectId;
import dev.coffer.model.CofferException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The index of LXD's and Incus' image servers: products, their versions, and the files of each. */
final class SimpleStreams {
  private SimpleStreams() {}

  /** Where index.json says that the images are listed. */
  static String imagesPath(byte[] index) {
    for (JsonNode entry :
        JsonText.parse(index, "streams/v1/index.json").member("index").members().values()) {
      if (entry.member("datatype").text().equals(Optional.of("image-downloads"))) {
        return entry
            .member("path")
            .text()
            .filter(SimpleStreams::isPath)
            .orElseThrow(SimpleStreams::none);
      }
    }
    throw none();
  }

  private static CofferException none() {
    return new CofferException("the server's streams/v1/index.json lists no images");
  }

  private static boolean isPath(String path) {
    return !path.startsWith("/") && !path.contains("..") && path.matches("[A-Za-z0-9_./:%+~@-]+");
  }

  static List<RemoteImage> parse(URI base, InputStream text) {
    List<RemoteImage> images = new ArrayList<>();
    JsonText.members(
        text,
        "products",
        "the server's list of images",
        (_, product) -> image(base, product).ifPresent(images::add));
    return images;
  }

  private static Optional<RemoteImage> image(URI base, JsonNode product) {
    Map<String, JsonNode> versions = product.member("versions").members();
    Optional<String> newest = versions.keySet().stream().max(String::compareTo);
    Optional<String> os = product.member("os").text();
    if (newest.isEmpty() || os.isEmpty()) {
      return Optional.empty();
    }
    JsonNode items = versions.get(newest.get()).member("items");
    List<Part> parts = new ArrayList<>();
    Optional<JsonNode> metadata = item(items, "incus.tar.xz").or(() -> item(items, "lxd.tar.xz"));
    metadata.flatMap(item -> part(base, item, Role.LXD_METADATA)).ifPresent(parts::add);
    Optional<JsonNode> tar = item(items, "root.tar.xz");
    Optional<JsonNode> squashfs = item(items, "squashfs");
    tar.flatMap(item -> part(base, item, Role.ROOT_TAR)).ifPresent(parts::add);
    squashfs.flatMap(item -> part(base, item, Role.ROOT_SQUASHFS)).ifPresent(parts::add);
    if (metadata.isEmpty() || parts.size() < 2) {
      return Optional.empty(); // a virtual machine's
    }
    String root = tar.isPresent() ? "combined_rootxz_sha256" : "combined_squashfs_sha256";
    return Optional.of(
        new RemoteImage(
            os.get().toLowerCase(Locale.ROOT),
            product.member("release").text().orElse(""),
            RemoteImage.architecture(product.member("arch").text().orElse("")),
            product.member("variant").text().orElse(ImageQuery.USUAL_VARIANT),
            newest.get(),
            List.of(product.member("aliases").text().orElse("").split(",")),
            parts,
            metadata.get().member(root).text().filter(ObjectId::isSha256)));
  }

  private static Optional<JsonNode> item(JsonNode items, String type) {
    return items.members().values().stream()
        .filter(item -> item.member("ftype").text().equals(Optional.of(type)))
        .findFirst();
  }

  /** A file without a hash is not listed: nothing would tell whether it is the right one. */
  private static Optional<Part> part(URI base, JsonNode item, Role role) {
    Optional<String> path = item.member("path").text().filter(SimpleStreams::isPath);
    Optional<String> sha256 = item.member("sha256").text().filter(ObjectId::isSha256);
    OptionalLong size =
        item.member("size").number().map(OptionalLong::of).orElse(OptionalLong.empty());
    return path.isEmpty() || sha256.isEmpty()
        ? Optional.empty()
        : Optional.of(new Part(role, URI.create(base + "/" + path.get()), size, sha256));
  }
}
