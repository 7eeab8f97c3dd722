package dev.coffer.image.archive;

import dev.coffer.linux.Programs;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An archive in a file, as a tar stream: tar in any compression, or a squashfs file system, which
 * sqfs2tar(1) turns into tar. So everything passes the same {@link Unpacker}.
 */
public final class ArchiveFile {
  private static final String SQUASHFS = "hsqs";

  /** Metadata stand at an archive's beginning; further in nobody looks. */
  private static final int FIRST = 64;

  private static final long LONGEST_BEFORE = 16 << 20;

  /** Whoever looks for small files goes through no more than this. */
  private static final long LONGEST = 1L << 30;

  private ArchiveFile() {}

  /** The stream, to be given to {@link Unpacker#unpack}. */
  public static InputStream open(Path file) throws IOException {
    if (!isSquashfs(file)) {
      return Files.newInputStream(file);
    }
    Path program =
        Programs.find("sqfs2tar")
            .orElseThrow(() ->
                new CofferException(
                    "the program sqfs2tar is missing, which reads squashfs",
                    List.of("hint  apt install squashfs-tools-ng")));
    return FilteredInput.of(
        List.of(program.toString(), file.toAbsolutePath().toString()),
        InputStream.nullInputStream());
  }

  /** Takes a tar stream and makes a squashfs file system of it in a file, tar2sqfs(1). */
  public static OutputStream createSquashfs(Path file) throws IOException {
    Path program =
        Programs.find("tar2sqfs")
            .orElseThrow(() ->
                new CofferException(
                    "the program tar2sqfs is missing, which writes squashfs",
                    List.of("hint  apt install squashfs-tools-ng")));
    return FilteredOutput.of(
        List.of(program.toString(), "-q", "-c", "zstd", file.toAbsolutePath().toString()),
        OutputStream.nullOutputStream());
  }

  public static boolean isSquashfs(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(4), StandardCharsets.ISO_8859_1).equals(SQUASHFS);
    }
  }

  /** Whether a file of this path is among an archive's first entries. */
  public static boolean has(Path file, String path) throws IOException {
    try (TarReader reader = new TarReader(Compression.decompress(open(file)), LONGEST)) {
      Optional<TarEntry> entry = reader.next();
      for (int i = 0; i < FIRST && entry.isPresent(); i++, entry = reader.next()) {
        if (EntryPath.normalize(entry.get().path()).equals(path)) {
          return true;
        }
        if (entry.get().size() > LONGEST_BEFORE) {
          return false;
        }
      }
      return false;
    }
  }

  /**
   * The small files of an archive by their paths.
   *
   * @param wanted those that are read
   * @param most bytes of each
   */
  public static Map<String, byte[]> read(Path file, Set<String> wanted, int most)
      throws IOException {
    Map<String, byte[]> found = new HashMap<>();
    try (TarReader reader = new TarReader(Compression.decompress(open(file)), LONGEST)) {
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        String path = EntryPath.normalize(next.get().path());
        if (wanted.contains(path) && next.get().kind() == TarEntry.Kind.FILE) {
          if (next.get().size() > most) {
            throw ArchiveException.beyond(path, "it is longer than " + most + " bytes");
          }
          found.put(path, reader.content().readAllBytes());
        }
      }
    }
    return found;
  }
}
