package dev.coffer.image.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** The fields of a tar header, tar(5): 512 bytes in the forms of POSIX, GNU and the old Unix. */
final class TarHeader {
  static final int BLOCK = 512;

  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_LENGTH = 8;
  private static final int TYPE = 156;
  private static final int MAGIC = 257;
  private static final int PREFIX = 345;
  private static final int PREFIX_LENGTH = 155;

  private final byte[] block;

  TarHeader(byte[] block) {
    this.block = block;
  }

  static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** Fails where the header's sum is not that of its bytes. */
  void check() {
    long said = number(CHECKSUM, CHECKSUM_LENGTH);
    long unsigned = 0;
    long signed = 0; // as some old programs added
    for (int i = 0; i < BLOCK; i++) {
      boolean own = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH;
      unsigned += own ? ' ' : block[i] & 0xff;
      signed += own ? ' ' : block[i];
    }
    if (said != unsigned && said != signed) {
      throw ArchiveException.damaged("a header's checksum is wrong, or this is no tar archive");
    }
  }

  char type() {
    return (char) (block[TYPE] & 0xff);
  }

  String name() {
    String name = text(0, 100);
    boolean posix = text(MAGIC, 8).equals("ustar"); // GNU has "ustar  ", and no prefix
    String prefix = posix ? text(PREFIX, PREFIX_LENGTH) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  String linkName() {
    return text(157, 100);
  }

  int mode() {
    return (int) number(100, 8) & 07777;
  }

  long uid() {
    return number(108, 8);
  }

  long gid() {
    return number(116, 8);
  }

  long size() {
    return number(124, 12);
  }

  long modified() {
    return number(136, 12);
  }

  int major() {
    return (int) number(329, 8);
  }

  int minor() {
    return (int) number(337, 8);
  }

  String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return new String(block, offset, end - offset, ISO_8859_1);
  }

  byte at(int offset) {
    return block[offset];
  }

  /** Octal digits, or where the first bit is set GNU's big-endian binary number. */
  long number(int offset, int length) {
    return (block[offset] & 0x80) != 0 ? binary(offset, length) : octal(offset, length);
  }

  private long octal(int offset, int length) {
    String digits = text(offset, length).strip();
    if (digits.isEmpty()) {
      return 0;
    }
    try {
      return Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw ArchiveException.damaged("a header has \"" + printable(digits) + "\" for a number");
    }
  }

  private long binary(int offset, int length) {
    boolean negative = (block[offset] & 0x40) != 0;
    long value = negative ? block[offset] : block[offset] & 0x7f;
    for (int i = offset + 1; i < offset + length; i++) {
      if (value > Long.MAX_VALUE >> 8 || value < Long.MIN_VALUE >> 8) {
        throw ArchiveException.damaged("a header has a number beyond 64 bits");
      }
      value = value << 8 | block[i] & 0xff;
    }
    return value;
  }

  private static String printable(String text) {
    return text.replaceAll("[^ -~]", "?");
  }
}
