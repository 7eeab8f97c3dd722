package dev.coffer.image.server;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The newest build of one image of a server.
 *
 * @param architecture as Debian calls it, for instance {@code amd64}
 * @param build what tells builds apart; later ones sort behind
 * @param aliases further names, such as {@code debian/12}
 * @param parts its files; exactly one holds the root file system
 * @param fingerprint what LXD calls the image by, where the server says it
 */
public record RemoteImage(
    String distribution,
    String release,
    String architecture,
    String variant,
    String build,
    List<String> aliases,
    List<Part> parts,
    Optional<String> fingerprint) {
  /** A file of an image. */
  public record Part(Role role, URI uri, OptionalLong size, Optional<String> sha256) {}

  /** What a file is for. */
  public enum Role {
    /** LXD's metadata.yaml and templates, as a tar archive. */
    LXD_METADATA,
    /** LXC's config, templates, excludes and more, as a tar archive. */
    LXC_METADATA,
    /** The root file system, as a tar archive. */
    ROOT_TAR,
    /** The root file system, as a squashfs file system. */
    ROOT_SQUASHFS
  }

  public RemoteImage {
    aliases = List.copyOf(aliases);
    parts = List.copyOf(parts);
  }

  /** For instance {@code debian/bookworm/amd64/default}. */
  public String name() {
    return distribution + "/" + release + "/" + architecture + "/" + variant;
  }

  public Optional<Part> part(Role role) {
    return parts.stream().filter(part -> part.role() == role).findFirst();
  }

  private static final Map<String, String> DEBIAN =
      Map.of(
          "x86_64", "amd64", "aarch64", "arm64", "armv7l", "armhf", "i686", "i386", "ppc64le",
          "ppc64el");

  /** An architecture by Debian's name, whoever's name was given. */
  public static String architecture(String name) {
    return DEBIAN.getOrDefault(name, name);
  }
}
