package dev.coffer.image.archive;

import java.util.List;
import java.util.Map;

/**
 * One entry of a tar archive. Its texts are raw: each character is one byte (ISO 8859-1).
 *
 * @param path as the archive has it, or what {@link EntryPath} made of it
 * @param mode permission bits, {@code 07777}
 * @param uid in the container, 0 to 2^32-2
 * @param gid as {@code uid}
 * @param size of a regular file, with its holes; 0 for everything else
 * @param seconds when it was modified, since 1970
 * @param target of a hard or symbolic link, else empty
 * @param major of a device
 * @param minor of a device
 * @param attributes extended attributes by name, xattr(7), with their exact bytes
 * @param extents what a sparse file holds; its content is these one after another. Empty for files
 *     that hold everything
 */
public record TarEntry(
    String path,
    Kind kind,
    int mode,
    long uid,
    long gid,
    long size,
    long seconds,
    int nanos,
    String target,
    int major,
    int minor,
    Map<String, byte[]> attributes,
    List<Extent> extents) {
  /** What an entry is. */
  public enum Kind {
    FILE,
    HARD_LINK,
    SYMBOLIC_LINK,
    DIRECTORY,
    CHARACTER_DEVICE,
    BLOCK_DEVICE,
    FIFO
  }

  /** A part of a sparse file, in bytes. */
  public record Extent(long offset, long length) {
    public Extent {
      if (offset < 0 || length < 0 || offset + length < 0) {
        throw new IllegalArgumentException("extent " + offset + " " + length);
      }
    }
  }

  public TarEntry {
    attributes = Map.copyOf(attributes);
    extents = List.copyOf(extents);
  }

  /** An entry of root's, modified in 1970, with nothing else. */
  public static TarEntry of(String path, Kind kind, int mode) {
    return new TarEntry(path, kind, mode, 0, 0, 0, 0, 0, "", 0, 0, Map.of(), List.of());
  }

  public TarEntry withPath(String other) {
    return new TarEntry(
        other,
        kind,
        mode,
        uid,
        gid,
        size,
        seconds,
        nanos,
        target,
        major,
        minor,
        attributes,
        extents);
  }

  public TarEntry withTarget(String other) {
    return new TarEntry(
        path, kind, mode, uid, gid, size, seconds, nanos, other, major, minor, attributes, extents);
  }

  public TarEntry withSize(long other) {
    return new TarEntry(
        path,
        kind,
        mode,
        uid,
        gid,
        other,
        seconds,
        nanos,
        target,
        major,
        minor,
        attributes,
        extents);
  }

  public TarEntry withOwner(long otherUid, long otherGid) {
    return new TarEntry(
        path,
        kind,
        mode,
        otherUid,
        otherGid,
        size,
        seconds,
        nanos,
        target,
        major,
        minor,
        attributes,
        extents);
  }

  public TarEntry withModified(long otherSeconds, int otherNanos) {
    return new TarEntry(
        path,
        kind,
        mode,
        uid,
        gid,
        size,
        otherSeconds,
        otherNanos,
        target,
        major,
        minor,
        attributes,
        extents);
  }

  public TarEntry withAttributes(Map<String, byte[]> others) {
    return new TarEntry(
        path, kind, mode, uid, gid, size, seconds, nanos, target, major, minor, others, extents);
  }

  /** The same with holes between these. */
  public TarEntry withExtents(List<Extent> others) {
    return new TarEntry(
        path, kind, mode, uid, gid, size, seconds, nanos, target, major, minor, attributes, others);
  }

  /** The same as a device; both numbers as mknod(2) takes them. */
  public TarEntry withDevice(int otherMajor, int otherMinor) {
    return new TarEntry(
        path,
        kind,
        mode,
        uid,
        gid,
        size,
        seconds,
        nanos,
        target,
        otherMajor,
        otherMinor,
        attributes,
        extents);
  }

  public boolean isDirectory() {
    return kind == Kind.DIRECTORY;
  }

  public boolean isDevice() {
    return kind == Kind.CHARACTER_DEVICE || kind == Kind.BLOCK_DEVICE;
  }
}
