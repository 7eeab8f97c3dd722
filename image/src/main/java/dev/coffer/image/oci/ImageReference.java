package dev.coffer.image.oci;

import dev.coffer.model.CofferException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which image is meant, spelt as skopeo and podman spell it (containers-transports(5)). Only reads
 * the text: neither a registry nor a file is asked whether the image is there.
 */
public sealed interface ImageReference {

  /**
   * An image of a registry.
   *
   * @param registry host and port as the user names it; {@code docker.io} where none is given
   * @param repository the name below it; {@code library/…} for a single word of docker.io
   * @param tag there, unless only a digest is given; {@code latest} where neither is
   * @param digest {@code sha256:HEX} or {@code sha512:HEX}; decides where both are given
   */
  record Registry(String registry, String repository, Optional<String> tag, Optional<String> digest)
      implements ImageReference {
    @Override
    public String describe() {
      return "docker://"
          + registry
          + "/"
          + repository
          + tag.map(word -> ":" + word).orElse("")
          + digest.map(word -> "@" + word).orElse("");
    }
  }

  /** What kind of file or directory holds an image. */
  enum Form {
    LAYOUT_DIRECTORY("oci"),
    LAYOUT_ARCHIVE("oci-archive"),
    DOCKER_ARCHIVE("docker-archive");

    final String word;

    Form(String word) {
      this.word = word;
    }
  }

  /**
   * An image in a file or directory.
   *
   * @param path absolute
   * @param name the one meant of several images; empty for the only one
   */
  record Local(Form form, Path path, Optional<String> name) implements ImageReference {
    @Override
    public String describe() {
      return form.word + ":" + path + name.map(word -> ":" + word).orElse("");
    }
  }

  /** The same image in full, as {@link #parse} reads it. */
  String describe();

  /**
   * @param text {@code docker://[REGISTRY/]NAME[:TAG][@DIGEST]}, {@code oci:PATH[:NAME]}, {@code
   *     oci-archive:PATH[:NAME]} or {@code docker-archive:PATH[:NAME]}
   * @param directory the caller's, which a relative path starts from
   * @throws CofferException if the text names no image
   */
  static ImageReference parse(String text, Path directory) {
    return ReferenceGrammar.parse(text, directory);
  }
}
