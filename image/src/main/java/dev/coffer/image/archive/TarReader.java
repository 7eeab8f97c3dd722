package dev.coffer.image.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.coffer.image.archive.TarEntry.Extent;
import dev.coffer.image.archive.TarEntry.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a tar archive entry by entry: ustar, POSIX.1-2001 (pax) and GNU, with long names, big
 * numbers, attributes and sparse files. It believes no length that it has not seen arrive, and what
 * it keeps in memory is bounded.
 */
public final class TarReader implements AutoCloseable {
  /** A path of 4096 bytes, attributes of up to 64 KiB each: what the kernel allows is far below. */
  private static final int LONGEST_EXTENSION = 4 << 20;

  private static final int LONGEST_NAME = 64 << 10;
  private static final int MOST_HEADERS = 4;
  private static final long MOST_ID = 0xffff_fffeL;
  private static final int BLOCK = TarHeader.BLOCK;

  private final ArchiveInput in;
  private PaxRecords global = new PaxRecords();
  private long left;
  private long padding;

  /** Reads from a stream that is not compressed. */
  public TarReader(InputStream in) {
    this(in, Long.MAX_VALUE);
  }

  /**
   * As above.
   *
   * @param most bytes of the stream, also of what is passed over and of what stands behind the end
   */
  public TarReader(InputStream in, long most) {
    this.in = new ArchiveInput(in, most);
  }

  /**
   * The next entry; what was not read of the last one's content is passed over.
   *
   * @return empty at the archive's end, after which the stream was read to its own end
   * @throws ArchiveException if the archive is damaged
   */
  public Optional<TarEntry> next() throws IOException {
    in.skip(left + padding);
    left = 0;
    padding = 0;
    Extension extension = new Extension();
    while (true) {
      byte[] block = in.block();
      if (block == null || TarHeader.isZero(block)) {
        if (extension.any) {
          throw ArchiveException.damaged("it ends after an extended header");
        }
        in.skipRest();
        return Optional.empty();
      }
      TarHeader header = new TarHeader(block);
      header.check();
      switch (header.type()) {
        case 'x' -> extension.pax().read(extended(header, LONGEST_EXTENSION));
        case 'g' -> {
          global = new PaxRecords(); // of several the last counts: none can use memory up
          global.read(extended(header, LONGEST_EXTENSION));
        }
        case 'L' -> extension.name(longName(header));
        case 'K' -> extension.target(longName(header));
        case 'V' -> in.skip(padded(size(header.size()))); // the volume's label
        default -> {
          return Optional.of(entry(header, extension));
        }
      }
    }
  }

  /**
   * Reads content of the current entry; of a sparse file its extents, one after another.
   *
   * @return -1 at the content's end
   */
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    int count = in.read(bytes, offset, (int) Math.min(length, left));
    left -= count;
    return count;
  }

  /** The current entry's content, as a stream that need not be closed. */
  public InputStream content() {
    return new InputStream() {
      private final byte[] one = new byte[1];

      @Override
      public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return length == 0 ? 0 : TarReader.this.read(bytes, offset, length);
      }
    };
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** What stands before an entry and belongs to it. */
  private static final class Extension {
    private final PaxRecords pax = new PaxRecords();
    private Optional<String> name = Optional.empty();
    private Optional<String> target = Optional.empty();
    private boolean any;
    private int headers;

    PaxRecords pax() {
      if (++headers > MOST_HEADERS) {
        throw ArchiveException.damaged("one entry has many extended headers");
      }
      any = true;
      return pax;
    }

    void name(String text) {
      any = true;
      name = Optional.of(text);
    }

    void target(String text) {
      any = true;
      target = Optional.of(text);
    }
  }

  private byte[] extended(TarHeader header, int most) throws IOException {
    long size = size(header.size());
    if (size > most) {
      throw ArchiveException.damaged("an extended header is longer than " + most + " bytes");
    }
    byte[] bytes = in.exactly((int) size);
    in.skip(padded(size) - size);
    return bytes;
  }

  private String longName(TarHeader header) throws IOException {
    String text = new String(extended(header, LONGEST_NAME), ISO_8859_1);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  private TarEntry entry(TarHeader header, Extension extension) throws IOException {
    PaxRecords pax = extension.pax;
    String path =
        pax.text("GNU.sparse.name")
            .or(() -> pax.text("path"))
            .or(() -> extension.name)
            .orElseGet(header::name);
    Kind kind = kind(header.type(), path);
    boolean holds = kind == Kind.FILE;
    long stored = size(pax.number("size", header.size()));
    left = stored;
    padding = padded(stored) - stored;
    Sparse sparse = holds ? sparse(header, pax) : new Sparse(0, List.of());
    boolean device = kind == Kind.CHARACTER_DEVICE || kind == Kind.BLOCK_DEVICE;
    boolean link = kind == Kind.HARD_LINK || kind == Kind.SYMBOLIC_LINK;
    return new TarEntry(
        path,
        kind,
        header.mode(),
        id(path, pax.number("uid", header.uid())),
        id(path, pax.number("gid", header.gid())),
        holds ? sparse.size() : 0,
        pax.seconds(global.seconds(header.modified())),
        pax.nanos(),
        link ? pax.text("linkpath").or(() -> extension.target).orElseGet(header::linkName) : "",
        device ? header.major() : 0,
        device ? header.minor() : 0,
        pax.attributes(),
        sparse.extents());
  }

  private static Kind kind(char type, String path) {
    return switch (type) {
      case '0', '\0', '7', 'S' -> path.endsWith("/") ? Kind.DIRECTORY : Kind.FILE;
      case '1' -> Kind.HARD_LINK;
      case '2' -> Kind.SYMBOLIC_LINK;
      case '3' -> Kind.CHARACTER_DEVICE;
      case '4' -> Kind.BLOCK_DEVICE;
      case '5' -> Kind.DIRECTORY;
      case '6' -> Kind.FIFO;
      default -> throw ArchiveException.refused(path, "entries of its type have no meaning here");
    };
  }

  private static long id(String path, long id) {
    if (id < 0 || id > MOST_ID) {
      throw ArchiveException.refused(path, "it belongs to an id that cannot be: " + id);
    }
    return id;
  }

  private static long size(long size) {
    if (size < 0 || size > Long.MAX_VALUE - BLOCK) {
      throw ArchiveException.damaged("an entry has a size that cannot be");
    }
    return size;
  }

  private static long padded(long size) {
    return (size + BLOCK - 1) / BLOCK * BLOCK;
  }

  /** A file's size with its holes, and what it holds. */
  private record Sparse(long size, List<Extent> extents) {}

  private Sparse sparse(TarHeader header, PaxRecords pax) throws IOException {
    Sparse found;
    if (header.type() == 'S') {
      found = oldSparse(header);
    } else if (pax.number("GNU.sparse.major", 0) == 1) {
      found = new Sparse(pax.number("GNU.sparse.realsize", 0), mapInContent());
    } else {
      Optional<List<Extent>> map = pax.sparseMap();
      if (map.isEmpty()) {
        return new Sparse(left, List.of());
      }
      long size = pax.number("GNU.sparse.size", pax.number("GNU.sparse.realsize", 0));
      found = new Sparse(size, map.get());
    }
    SparseMaps.check(found.extents(), found.size(), left);
    // "holds everything" is what an empty list means elsewhere
    return found.extents().isEmpty() && found.size() > 0
        ? new Sparse(found.size(), List.of(new Extent(0, 0)))
        : found;
  }

  /** GNU's old form: four extents in the header, more in blocks that follow it. */
  private Sparse oldSparse(TarHeader header) throws IOException {
    List<Extent> extents = new ArrayList<>();
    addOld(header, 386, 4, extents);
    boolean more = header.at(482) != 0;
    while (more) {
      TarHeader block = new TarHeader(in.exactly(BLOCK));
      addOld(block, 0, 21, extents);
      more = block.at(504) != 0;
      if (extents.size() > SparseMaps.MOST) {
        throw SparseMaps.damaged();
      }
    }
    return new Sparse(header.number(483, 12), extents);
  }

  private static void addOld(TarHeader block, int offset, int count, List<Extent> extents) {
    for (int i = 0; i < count; i++) {
      int at = offset + 24 * i;
      if (block.at(at) == 0) {
        return;
      }
      extents.add(SparseMaps.extent(block.number(at, 12), block.number(at + 12, 12)));
    }
  }

  /** Version 1.0: decimal numbers, one a line, in whole blocks before the content. */
  private List<Extent> mapInContent() throws IOException {
    MapLines lines = new MapLines();
    long count = lines.next();
    if (count > SparseMaps.MOST) {
      throw SparseMaps.damaged();
    }
    List<Long> numbers = new ArrayList<>();
    for (long i = 0; i < 2 * count; i++) {
      numbers.add(lines.next());
    }
    return SparseMaps.pairs(numbers);
  }

  private final class MapLines {
    private byte[] block = new byte[0];
    private int at;

    long next() throws IOException {
      long value = 0;
      int digits = 0;
      for (char c; (c = character()) != '\n'; digits++) {
        if (c < '0' || c > '9' || digits > 17) {
          throw SparseMaps.damaged();
        }
        value = 10 * value + (c - '0');
      }
      return value;
    }

    private char character() throws IOException {
      if (at == block.length) {
        if (left < BLOCK) {
          throw SparseMaps.damaged();
        }
        block = in.exactly(BLOCK);
        left -= BLOCK;
        at = 0;
      }
      return (char) (block[at++] & 0xff);
    }
  }
}
