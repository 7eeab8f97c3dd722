package dev.coffer.image.store;

import java.util.Locale;
import java.util.Optional;

/**
 * What an object is, and the SHA-256 of what it was made from.
 *
 * @param sha256 64 hexadecimal digits in lower case
 */
public record ObjectId(Kind kind, String sha256) implements Comparable<ObjectId> {
  /** Kinds of objects. */
  public enum Kind {
    /** An unpacked root file system, by the hash of its archive; a directory. */
    ROOTFS,
    /** An unpacked layer of an OCI image, by its diff id; a directory. */
    LAYER,
    /** A file by its own hash. */
    BLOB,
    /** A file by its own hash, small, that describes other objects. */
    METADATA;

    /** Whether such objects are directories. */
    public boolean isTree() {
      return this == ROOTFS || this == LAYER;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int DIGITS = 64;

  public ObjectId {
    if (!isSha256(sha256)) {
      throw new IllegalArgumentException("not a SHA-256: \"" + sha256 + "\"");
    }
  }

  /** Whether the text is a SHA-256 as it is written here. */
  public static boolean isSha256(String text) {
    return text.length() == DIGITS
        && text.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
  }

  /** As {@link #describe} writes it; empty for anything else. */
  public static Optional<ObjectId> parse(String text) {
    int space = text.indexOf(' ');
    if (space < 0 || !isSha256(text.substring(space + 1))) {
      return Optional.empty();
    }
    for (Kind kind : Kind.values()) {
      if (kind.word().equals(text.substring(0, space))) {
        return Optional.of(new ObjectId(kind, text.substring(space + 1)));
      }
    }
    return Optional.empty();
  }

  /** For instance {@code rootfs 01ba…}. */
  public String describe() {
    return kind.word() + " " + sha256;
  }

  @Override
  public int compareTo(ObjectId other) {
    return describe().compareTo(other.describe());
  }
}
