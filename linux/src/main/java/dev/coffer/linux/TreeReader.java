package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Goes through a directory tree whose content is not trusted, in the order of names. No symbolic
 * link is followed and no mount entered. Paths are raw, as {@link TreeWriter}'s.
 */
public final class TreeReader {
  private static final int EMPTY_PATH = 0x1000; // AT_EMPTY_PATH
  private static final int BASIC_STATS = 0x7ff;
  private static final int STATX_SIZE = 256;
  private static final int LONGEST_TARGET = 4096;
  private static final int LONGEST_LIST = 64 << 10;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int BLOCK = 512;

  /** One descriptor is open for each level. */
  private static final int DEEPEST = 500;

  private final Visitor visitor;

  private TreeReader(Visitor visitor) {
    this.visitor = visitor;
  }

  /** What a file is. */
  public enum Type {
    FILE(0100000),
    DIRECTORY(0040000),
    SYMBOLIC_LINK(0120000),
    CHARACTER_DEVICE(0020000),
    BLOCK_DEVICE(0060000),
    FIFO(0010000),
    SOCKET(0140000);

    private static final int MASK = 0170000;

    private final int bits;

    Type(int bits) {
      this.bits = bits;
    }

    private static Type of(int mode) {
      return Arrays.stream(values())
          .filter(type -> type.bits == (mode & MASK))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("mode " + Integer.toOctalString(mode)));
    }
  }

  /**
   * A file of the tree.
   *
   * @param path empty for the top
   * @param mode permission bits
   * @param links how many names it has
   * @param identity tells files of one tree apart
   * @param blocks of 512 bytes that it occupies
   * @param target of a symbolic link, raw
   */
  public record Node(
      String path,
      Type type,
      int mode,
      long uid,
      long gid,
      long size,
      long seconds,
      int nanos,
      int major,
      int minor,
      long links,
      String identity,
      long blocks,
      String target,
      Map<String, byte[]> attributes) {
    /** Whether it has holes. */
    public boolean isSparse() {
      return blocks * BLOCK < size;
    }
  }

  /** Gets each file, a directory before what it holds. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * @param content the open file, for reading, where it is a regular one; null otherwise
     */
    void visit(Node node, Fd content) throws IOException;
  }

  /** Goes through the tree, beginning with the directory itself. */
  public static void walk(Path directory, Visitor visitor) throws IOException {
    try (Fd top = HostFiles.open(directory, OpenFlags.DIRECTORY, 0)) {
      long device = device(top);
      TreeReader reader = new TreeReader(visitor);
      visitor.visit(node("", top, Type.DIRECTORY), null);
      reader.children(top, "", device, 0);
    }
  }

  private void children(Fd directory, String path, long device, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new IOException(
          "\"" + TreeWriter.describe(path) + "\" is deeper than " + DEEPEST + " directories");
    }
    List<byte[]> names = new ArrayList<>();
    Directory.entries(directory).forEach(entry -> names.add(entry.name()));
    names.sort(Arrays::compareUnsigned);
    for (byte[] name : names) {
      String own = (path.isEmpty() ? "" : path + "/") + new String(name, ISO_8859_1);
      try (Fd place = Directory.open(directory, name, OpenFlags.PATH)) {
        if (device(place) == device) {
          visit(own, place, device, depth);
        }
      } catch (KernelException e) {
        if (!e.is(Errno.ENOENT)) { // it was deleted meanwhile
          throw e;
        }
      }
    }
  }

  private void visit(String path, Fd place, long device, int depth) throws IOException {
    Type type = type(place);
    switch (type) {
      case FILE -> {
        try (Fd content = again(place, 0)) {
          visitor.visit(node(path, place, type), content);
        }
      }
      case DIRECTORY -> {
        visitor.visit(node(path, place, type), null);
        try (Fd opened = again(place, OpenFlags.DIRECTORY)) {
          children(opened, path, device, depth + 1);
        }
      }
      case SYMBOLIC_LINK, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO, SOCKET ->
          visitor.visit(node(path, place, type), null);
    }
  }

  /** The very file, now for reading: by its descriptor no name can lead elsewhere. */
  private static Fd again(Fd place, int flags) {
    return HostFiles.open(link(place), flags | OpenFlags.READ_ONLY, 0);
  }

  private static Path link(Fd place) {
    return Path.of("/proc/self/fd/" + place.number());
  }

  /**
   * The parts of an open file that are not holes, as offset and length in turn.
   *
   * @param size of the file
   */
  public static List<long[]> extents(Fd file, long size) {
    List<long[]> extents = new ArrayList<>();
    try (Call call = new Call()) {
      for (long at = 0; at < size; ) {
        long start = call.run(Sys.LSEEK, file.number(), at, SEEK_DATA);
        if (start < 0 || start >= size) {
          break; // ENXIO: only a hole is left
        }
        long end = Math.min(call.check(Sys.LSEEK, file.number(), start, SEEK_HOLE), size);
        extents.add(new long[] {start, end - start});
        at = end;
      }
      call.check(Sys.LSEEK, file.number(), 0, 0);
    }
    return extents;
  }

  /** Goes to a place of an open file, from its start. */
  public static void seek(Fd file, long position) {
    try (Call call = new Call()) {
      call.check(Sys.LSEEK, file.number(), position, 0);
    }
  }

  private static Type type(Fd place) {
    try (Call call = new Call()) {
      return Type.of(number(status(call, place), "stx_mode"));
    }
  }

  private static long device(Fd place) {
    try (Call call = new Call()) {
      MemorySegment status = status(call, place);
      return (long) number(status, "stx_dev_major") << 32 | number(status, "stx_dev_minor");
    }
  }

  private static Node node(String path, Fd place, Type type) {
    try (Call call = new Call()) {
      MemorySegment status = status(call, place);
      return new Node(
          path,
          type,
          number(status, "stx_mode") & 07777,
          number(status, "stx_uid") & 0xffff_ffffL,
          number(status, "stx_gid") & 0xffff_ffffL,
          type == Type.FILE ? status.get(JAVA_LONG, offset("stx_size")) : 0,
          status.get(JAVA_LONG, offset("stx_mtime.tv_sec")),
          number(status, "stx_mtime.tv_nsec"),
          number(status, "stx_rdev_major"),
          number(status, "stx_rdev_minor"),
          number(status, "stx_nlink"),
          Long.toString(status.get(JAVA_LONG, offset("stx_ino"))),
          status.get(JAVA_LONG, offset("stx_blocks")),
          type == Type.SYMBOLIC_LINK ? target(place) : "",
          type == Type.SYMBOLIC_LINK ? Map.of() : attributes(place));
    }
  }

  private static MemorySegment status(Call call, Fd place) {
    MemorySegment status = call.allocate(STATX_SIZE);
    call.check(Sys.STATX, place.number(), call.text(""), EMPTY_PATH, BASIC_STATS, status.address());
    return status;
  }

  private static int number(MemorySegment status, String field) {
    return field.equals("stx_mode")
        ? Short.toUnsignedInt(status.get(JAVA_SHORT, offset(field)))
        : status.get(JAVA_INT, offset(field));
  }

  private static long offset(String field) {
    return Layouts.offset(Layouts.STATX, field);
  }

  private static String target(Fd place) {
    try (Call call = new Call()) {
      MemorySegment target = call.allocate(LONGEST_TARGET);
      long length =
          call.check(
              Sys.READLINKAT, place.number(), call.text(""), target.address(), LONGEST_TARGET);
      return new String(target.asSlice(0, length).toArray(JAVA_BYTE), ISO_8859_1);
    }
  }

  private static Map<String, byte[]> attributes(Fd place) {
    Map<String, byte[]> found = new TreeMap<>();
    try (Call call = new Call()) {
      long file = call.path(link(place));
      MemorySegment names = call.allocate(LONGEST_LIST);
      long length = call.run(Sys.LISTXATTR, file, names.address(), LONGEST_LIST);
      if (length <= 0) {
        return found; // none, or a file system without them
      }
      String all = new String(names.asSlice(0, length).toArray(JAVA_BYTE), ISO_8859_1);
      MemorySegment value = call.allocate(LONGEST_LIST);
      for (String name : all.split("\0")) {
        long size = call.run(Sys.GETXATTR, file, call.text(name), value.address(), LONGEST_LIST);
        if (size >= 0) {
          found.put(name, value.asSlice(0, size).toArray(JAVA_BYTE));
        }
      }
    }
    return found;
  }
}
