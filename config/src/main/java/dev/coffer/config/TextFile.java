package dev.coffer.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A configuration file's text and the encoding that gives its bytes back unchanged: UTF-8, or
 * Latin-1 where the bytes are not UTF-8.
 */
record TextFile(String text, Charset charset) {
  // A device file given by mistake must not fill the memory.
  private static final int LARGEST = 16 << 20;
  private static final Set<PosixFilePermission> NEW_FILE =
      PosixFilePermissions.fromString("rw-r-----");

  static TextFile read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST + 1);
    }
    if (bytes.length > LARGEST) {
      throw new IOException("File too large for a configuration");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return new TextFile(text, StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      // Not an error: LXC has no encoding, and Latin-1 maps every byte.
      return new TextFile(
          new String(bytes, StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
    }
  }

  /**
   * Replaces {@code file} in one step, so that no reader and no crash sees half of it. A new file
   * gets mode 0640; an old one keeps mode and owner, and a symbolic link keeps pointing at it.
   */
  void write(Path file) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path temporary =
        Files.createTempFile(
            target.getParent(),
            "." + target.getFileName(),
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(charset));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        copyAttributes(target, temporary);
        channel.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void copyAttributes(Path from, Path to) throws IOException {
    if (!Files.exists(from)) {
      Files.setPosixFilePermissions(to, NEW_FILE);
      return;
    }
    for (String id : new String[] {"unix:gid", "unix:uid"}) {
      Object wanted = Files.getAttribute(from, id);
      if (!wanted.equals(Files.getAttribute(to, id))) {
        Files.setAttribute(to, id, wanted);
      }
    }
    Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
  }
}
