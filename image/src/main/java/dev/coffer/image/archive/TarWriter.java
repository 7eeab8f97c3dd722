package dev.coffer.image.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.coffer.image.archive.TarEntry.Extent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a tar archive: ustar, with extended headers of POSIX.1-2001 where that is not enough. The
 * same entries give the same bytes. It writes what it is told, without judging paths.
 */
public final class TarWriter implements AutoCloseable {
  private static final int BLOCK = TarHeader.BLOCK;
  private static final long OCTAL_7 = 07777777;
  private static final long OCTAL_11 = 077777777777L;
  private static final int NAME = 100;

  private final OutputStream out;
  private long left;
  private long padding;

  /** Writes to a stream, which is closed with this. */
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /**
   * Begins an entry. Its content, of exactly the size that the entry says (of a sparse file: its
   * extents together), comes by {@link #write}.
   */
  public void add(TarEntry entry) throws IOException {
    requireComplete();
    byte[] map = entry.extents().isEmpty() ? new byte[0] : sparseMap(entry);
    left = map.length + held(entry);
    padding = -left & (BLOCK - 1);
    writeExtended(entry);
    out.write(header(path(entry), entry, left, type(entry.kind())));
    write(map, 0, map.length);
  }

  /** Writes a part of the current entry's content. */
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > left) {
      throw new IllegalArgumentException("more content than the entry's size");
    }
    out.write(bytes, offset, length);
    left -= length;
  }

  /** Ends the archive and closes the stream. */
  @Override
  public void close() throws IOException {
    try (out) {
      requireComplete();
      out.write(new byte[2 * BLOCK]);
    }
  }

  private void requireComplete() throws IOException {
    if (left != 0) {
      throw new IOException("an entry's content is shorter than its size");
    }
    out.write(new byte[(int) padding]);
    padding = 0;
  }

  private static long held(TarEntry entry) {
    return entry.extents().isEmpty()
        ? entry.size()
        : entry.extents().stream().mapToLong(Extent::length).sum();
  }

  private void writeExtended(TarEntry entry) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (Map.Entry<String, String> record : extended(entry).entrySet()) {
      records.writeBytes(record(record.getKey(), record.getValue()));
    }
    if (records.size() > 0) {
      TarEntry carrier = TarEntry.of("", TarEntry.Kind.FILE, 0644);
      out.write(header("././@PaxHeader", carrier, records.size(), 'x'));
      records.writeTo(out);
      out.write(new byte[-records.size() & (BLOCK - 1)]);
    }
  }

  private Map<String, String> extended(TarEntry entry) {
    Map<String, String> records = new TreeMap<>();
    entry
        .attributes()
        .forEach(
            (name, value) -> records.put("SCHILY.xattr." + name, new String(value, ISO_8859_1)));
    if (entry.nanos() != 0 || entry.seconds() < 0 || entry.seconds() > OCTAL_11) {
      records.put("mtime", time(entry));
    }
    putIf(records, "uid", entry.uid(), OCTAL_7);
    putIf(records, "gid", entry.gid(), OCTAL_7);
    putIf(records, "size", left, OCTAL_11);
    if (entry.target().length() > NAME) {
      records.put("linkpath", entry.target());
    }
    if (!entry.extents().isEmpty()) {
      records.put("GNU.sparse.major", "1");
      records.put("GNU.sparse.minor", "0");
      records.put("GNU.sparse.name", entry.path());
      records.put("GNU.sparse.realsize", Long.toString(entry.size()));
    } else if (path(entry).length() > NAME) {
      records.put("path", path(entry));
    }
    return records;
  }

  private static void putIf(Map<String, String> records, String key, long value, long most) {
    if (value > most) {
      records.put(key, Long.toString(value));
    }
  }

  private static String time(TarEntry entry) {
    boolean before = entry.seconds() < 0 && entry.nanos() != 0;
    long seconds = before ? entry.seconds() + 1 : entry.seconds();
    int nanos = before ? 1_000_000_000 - entry.nanos() : entry.nanos();
    String sign = before && seconds == 0 ? "-" : "";
    return nanos == 0 ? "" + seconds : sign + seconds + String.format(".%09d", nanos);
  }

  /** The length at a record's beginning counts its own digits. */
  private static byte[] record(String key, String value) {
    String rest = " " + key + "=" + value + "\n";
    int length = rest.length() + 1;
    while (String.valueOf(length).length() + rest.length() != length) {
      length = String.valueOf(length).length() + rest.length();
    }
    return (length + rest).getBytes(ISO_8859_1);
  }

  private static byte[] sparseMap(TarEntry entry) {
    StringBuilder map = new StringBuilder().append(entry.extents().size()).append('\n');
    for (Extent extent : entry.extents()) {
      map.append(extent.offset()).append('\n').append(extent.length()).append('\n');
    }
    map.repeat('\0', -map.length() & (BLOCK - 1));
    return map.toString().getBytes(ISO_8859_1);
  }

  private static String path(TarEntry entry) {
    boolean slash = entry.isDirectory() && !entry.path().endsWith("/");
    return (entry.path().isEmpty() ? "." : entry.path()) + (slash ? "/" : "");
  }

  private static byte[] header(String path, TarEntry entry, long size, char type) {
    byte[] block = new byte[BLOCK];
    put(block, 0, NAME, path);
    octal(block, 100, 8, entry.mode());
    octal(block, 108, 8, entry.uid() > OCTAL_7 ? 0 : entry.uid());
    octal(block, 116, 8, entry.gid() > OCTAL_7 ? 0 : entry.gid());
    octal(block, 124, 12, size > OCTAL_11 ? 0 : size);
    boolean dated = entry.seconds() >= 0 && entry.seconds() <= OCTAL_11;
    octal(block, 136, 12, dated ? entry.seconds() : 0);
    block[156] = (byte) type;
    put(block, 157, NAME, entry.target());
    put(block, 257, 8, "ustar\00000");
    octal(block, 329, 8, entry.major());
    octal(block, 337, 8, entry.minor());
    int sum = 8 * ' ';
    for (byte b : block) {
      sum += b & 0xff;
    }
    put(block, 148, 8, String.format("%06o\0 ", sum));
    return block;
  }

  private static void octal(byte[] block, int offset, int length, long value) {
    put(block, offset, length, String.format("%0" + (length - 1) + "o", value));
  }

  private static void put(byte[] block, int offset, int length, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    System.arraycopy(bytes, 0, block, offset, Math.min(bytes.length, length));
  }

  private static char type(TarEntry.Kind kind) {
    return switch (kind) {
      case FILE -> '0';
      case HARD_LINK -> '1';
      case SYMBOLIC_LINK -> '2';
      case CHARACTER_DEVICE -> '3';
      case BLOCK_DEVICE -> '4';
      case DIRECTORY -> '5';
      case FIFO -> '6';
    };
  }
}
