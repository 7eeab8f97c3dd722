package dev.coffer.runtime;

import java.nio.charset.StandardCharsets;

/** The 64-bit FNV-1a hash, which LXC and the launcher name sockets by. */
public final class Fnv1a {
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private long hash = OFFSET_BASIS;

  Fnv1a() {}

  /** The hash of a text's UTF-8 bytes. */
  public static long of(String text) {
    Fnv1a hash = new Fnv1a();
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      hash.add(octet);
    }
    return hash.hash;
  }

  /** Sixteen hexadecimal digits. */
  public static String hex(long hash) {
    String digits = Long.toHexString(hash);
    return "0".repeat(16 - digits.length()) + digits;
  }

  /** Adds a number as eight bytes, the lowest first. */
  void addLong(long value) {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      add((byte) (value >>> shift));
    }
  }

  private void add(byte octet) {
    hash = (hash ^ (octet & 0xff)) * PRIME;
  }

  long value() {
    return hash;
  }
}
