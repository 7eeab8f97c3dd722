package dev.coffer.image.archive;

import dev.coffer.linux.Programs;
import dev.coffer.model.CofferException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * How an archive is compressed, told by its first bytes. gzip is the JDK's; xz, zstd and bzip2 are
 * the programs of those names, with all processors where they can: they decode hostile bytes, and
 * need their memory, outside of the engine.
 */
public enum Compression {
  NONE("", "", new int[] {}),
  GZIP("gz", "", new int[] {0x1f, 0x8b}),
  XZ("xz", "xz-utils", new int[] {0xfd, '7', 'z', 'X', 'Z', 0}),
  ZSTD("zst", "zstd", new int[] {0x28, 0xb5, 0x2f, 0xfd}),
  BZIP2("bz2", "bzip2", new int[] {'B', 'Z', 'h'});

  private static final int LONGEST_MAGIC = 6;
  private static final int BUFFER = 256 << 10;

  private final String suffix;
  private final String debianPackage;
  private final int[] magic;

  Compression(String suffix, String debianPackage, int[] magic) {
    this.suffix = suffix;
    this.debianPackage = debianPackage;
    this.magic = magic;
  }

  /** As in file names, without the point; empty for {@link #NONE}. */
  public String suffix() {
    return suffix;
  }

  /**
   * What a stream decompresses to, whatever its compression is.
   *
   * @return a stream that fails at its end where the compressed one was damaged; closing it closes
   *     {@code in}
   */
  public static InputStream decompress(InputStream in) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, BUFFER);
    buffered.mark(LONGEST_MAGIC);
    byte[] start = buffered.readNBytes(LONGEST_MAGIC);
    buffered.reset();
    return of(start).decompressKnown(buffered);
  }

  /** The compression of a stream that begins so. */
  public static Compression of(byte[] start) {
    for (Compression compression : values()) {
      if (compression != NONE && compression.begins(start)) {
        return compression;
      }
    }
    return NONE;
  }

  private InputStream decompressKnown(InputStream in) throws IOException {
    return switch (this) {
      case NONE -> in;
      case GZIP -> new GZIPInputStream(in, BUFFER);
      // a window of 128 MiB is what zstd accepts by itself; xz bounds its memory alike
      case XZ -> FilteredInput.of(argv("-dcq", "-T0", "--memlimit-decompress=1GiB"), in);
      case ZSTD, BZIP2 -> FilteredInput.of(argv("-dcq"), in);
    };
  }

  /**
   * A stream that compresses what is written to it. The same input gives the same output.
   *
   * @return closing it ends the compressed stream, and closes {@code out}
   */
  public OutputStream compress(OutputStream out) throws IOException {
    return switch (this) {
      case NONE -> out;
      case GZIP -> new GZIPOutputStream(out, BUFFER);
      // with blocks of a fixed size the number of threads does not show in the output
      case XZ -> FilteredOutput.of(argv("-cq", "-T0", "--block-size=8MiB"), out);
      case ZSTD -> FilteredOutput.of(argv("-cq", "-T0"), out);
      case BZIP2 -> FilteredOutput.of(argv("-cq"), out);
    };
  }

  private List<String> argv(String... options) {
    String name = name().toLowerCase(Locale.ROOT);
    Path program =
        Programs.find(name)
            .orElseThrow(() ->
                new CofferException(
                    "the program " + name + " is missing",
                    List.of("hint  apt install " + debianPackage)));
    List<String> argv = new ArrayList<>(List.of(program.toString()));
    argv.addAll(List.of(options));
    return argv;
  }

  private boolean begins(byte[] start) {
    if (start.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((start[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
