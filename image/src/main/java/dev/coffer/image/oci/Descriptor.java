package dev.coffer.image.oci;

import dev.coffer.image.json.JsonNode;
import dev.coffer.image.store.ObjectId;
import dev.coffer.model.CofferException;
import java.util.List;

/**
 * What a manifest says of something it refers to, OCI image specification "Descriptors".
 *
 * @param sha256 hexadecimal
 * @param size in bytes
 */
record Descriptor(String mediaType, String sha256, long size) {
  private static final String ALGORITHM = "sha256:";

  /**
   * @throws CofferException where the digest or the size is missing or of another kind
   */
  static Descriptor of(JsonNode node) {
    long size =
        node.member("size")
            .number()
            .filter(bytes -> bytes >= 0)
            .orElseThrow(() -> new CofferException("the image's manifest gives no size"));
    return new Descriptor(
        node.member("mediaType").text().orElse(""),
        sha256(node.member("digest").text().orElse("")),
        size);
  }

  static String sha256(String digest) {
    String hex = digest.startsWith(ALGORITHM) ? digest.substring(ALGORITHM.length()) : "";
    if (!ObjectId.isSha256(hex)) {
      throw new CofferException(
          "the image has a digest that is not understood: \"" + printable(digest) + "\"",
          List.of("hint  only sha256 is"));
    }
    return hex;
  }

  String digest() {
    return ALGORITHM + sha256;
  }

  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?").substring(0, Math.min(80, text.length()));
  }
}
