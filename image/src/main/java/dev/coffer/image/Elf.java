package dev.coffer.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What the program headers of an ELF executable say, elf(5). */
record Elf(boolean isStatic) {
  private static final int MAGIC = 0x464c457f;
  private static final int HEADER_SIZE = 64;
  private static final int CLASS = 4;
  private static final int CLASS_64 = 2;
  private static final int DATA = 5;
  private static final int BIG_ENDIAN = 2;
  private static final int PT_INTERP = 3;
  private static final int MAX_HEADERS = 4096;

  static Elf read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer header = bytes(channel, 0, HEADER_SIZE).order(ByteOrder.LITTLE_ENDIAN);
      if (header.getInt(0) != MAGIC) {
        throw new IOException("not an ELF executable");
      }
      header.order(header.get(DATA) == BIG_ENDIAN ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      boolean wide = header.get(CLASS) == CLASS_64;
      long offset = wide ? header.getLong(32) : Integer.toUnsignedLong(header.getInt(28));
      int size = Short.toUnsignedInt(header.getShort(wide ? 54 : 42));
      int count = Short.toUnsignedInt(header.getShort(wide ? 56 : 44));
      if (size < 4 || count > MAX_HEADERS) {
        throw new IOException("damaged ELF header");
      }
      ByteBuffer table = bytes(channel, offset, size * count).order(header.order());
      for (int i = 0; i < count; i++) {
        if (table.getInt(i * size) == PT_INTERP) {
          return new Elf(false);
        }
      }
      return new Elf(true);
    }
  }

  private static ByteBuffer bytes(FileChannel channel, long offset, int size) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining()) {
      if (offset < 0 || channel.read(buffer, offset + buffer.position()) < 0) {
        throw new EOFException("damaged ELF file");
      }
    }
    return buffer;
  }
}
