package dev.coffer.image;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.OpenFlags;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * A container's configuration while the container is made. A template, or whoever owns the folder,
 * can put anything in its place: only a regular file is read, and never is an existing one written.
 */
final class NewConfig {
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-r-----");
  private static final int LONGEST = 16 << 20;

  private final Path file;

  NewConfig(Path file) {
    this.file = file;
  }

  /**
   * @throws CofferException if there is something of that name
   */
  void create(String text) throws IOException {
    try {
      write(file, text, MODE);
    } catch (FileAlreadyExistsException e) {
      throw new CofferException("Container already exists");
    }
  }

  /**
   * Up to 16 MiB.
   *
   * @throws CofferException if it is no regular file any more
   */
  String read() {
    // a pipe in its place would make an open wait for whoever writes into it
    int flags = OpenFlags.NO_FOLLOW | OpenFlags.NON_BLOCKING;
    try (Fd opened = HostFiles.open(file, flags, 0)) {
      Path same = Path.of("/proc/self/fd/" + opened.number());
      if (!Files.isRegularFile(same)) {
        throw replaced();
      }
      return HostFiles.readAtMost(same, LONGEST);
    } catch (KernelException e) {
      throw e.is(Errno.ELOOP) ? replaced() : e;
    }
  }

  /** Writes it beside and renames, so that the file is whole at every moment; it keeps its mode. */
  void replace(String text) throws IOException {
    Path whole = file.resolveSibling("config.new");
    Files.deleteIfExists(whole);
    write(whole, text, Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void write(Path path, String text, Set<PosixFilePermission> mode)
      throws IOException {
    FileAttribute<?> attribute = PosixFilePermissions.asFileAttribute(mode);
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    try (var channel = Files.newByteChannel(path, options, attribute)) {
      Failures.naming(
          path,
          () -> {
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          });
    }
  }

  private CofferException replaced() {
    return new CofferException(
        "\"" + file + "\" is no regular file any more",
        List.of(
            "hint  the template, or whoever may write to the folder, put something else there; it"
                + " was neither read nor changed"));
  }
}
