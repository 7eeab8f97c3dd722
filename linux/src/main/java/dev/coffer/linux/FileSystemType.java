package dev.coffer.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * The type of the file system that a block device or a file holds, by the magic numbers of
 * libblkid(3)'s that a root file system can have.
 */
public final class FileSystemType {
  private static final int ENOUGH = 0x10048;

  private static final List<Magic> MAGICS =
      List.of(
          Magic.bytes("ext4", 0x438, 0x53, 0xEF),
          Magic.text("xfs", 0, "XFSB"),
          Magic.text("btrfs", 0x10040, "_BHRfS_M"),
          Magic.bytes("f2fs", 0x400, 0x10, 0x20, 0xF5, 0xF2),
          Magic.text("squashfs", 0, "hsqs"),
          Magic.bytes("erofs", 0x400, 0xE2, 0xE1, 0xF5, 0xE0));

  private FileSystemType() {}

  /** As in filesystems(5); ext2 and ext3 count as ext4, which mounts them. Empty for none known. */
  public static Optional<String> probe(Path source) {
    ByteBuffer begin = ByteBuffer.allocate(ENOUGH);
    try (FileChannel channel = FileChannel.open(source, StandardOpenOption.READ)) {
      while (begin.hasRemaining() && channel.read(begin) > 0) {
        continue;
      }
    } catch (IOException _) {
      return Optional.empty(); // what cannot be read cannot be mounted either, which says why
    }
    return of(begin.array());
  }

  /** The same of the first bytes of one. */
  static Optional<String> of(byte[] begin) {
    return MAGICS.stream().filter(magic -> magic.fits(begin)).map(Magic::type).findFirst();
  }

  /** The type of the file system that a path lies on, as statfs(2) and the JDK tell it. */
  public static String below(Path path) {
    try {
      return Files.getFileStore(path).type();
    } catch (IOException _) {
      return "";
    }
  }

  /** Whether two paths lie on one file system. */
  public static boolean isOne(Path a, Path b) {
    try {
      return Files.getFileStore(a).name().equals(Files.getFileStore(b).name());
    } catch (IOException _) {
      return false; // one of them is not there
    }
  }

  private record Magic(String type, int offset, byte[] bytes) {
    static Magic text(String type, int offset, String text) {
      return new Magic(type, offset, text.getBytes(StandardCharsets.US_ASCII));
    }

    static Magic bytes(String type, int offset, int... values) {
      byte[] bytes = new byte[values.length];
      for (int i = 0; i < values.length; i++) {
        bytes[i] = (byte) values[i];
      }
      return new Magic(type, offset, bytes);
    }

    boolean fits(byte[] begin) {
      if (begin.length < offset + bytes.length) {
        return false;
      }
      for (int i = 0; i < bytes.length; i++) {
        if (begin[offset + i] != bytes[i]) {
          return false;
        }
      }
      return true;
    }
  }
}
