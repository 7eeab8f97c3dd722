package dev.coffer.runtime.command;

import java.nio.charset.StandardCharsets;

/** The abstract name of a container's command socket, without the leading NUL. */
public final class CommandSocketName {
  static final String HASHED = "lxc/";
  static final String SUFFIX = "/command";

  private static final int LONGEST = 105;
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private CommandSocketName() {}

  /** {@code LXCPATH/NAME/command}; where that is too long, a hash stands for LXCPATH/NAME. */
  public static String of(String lxcPath, String name) {
    String plain = lxcPath + "/" + name;
    if (bytes(plain + SUFFIX).length <= LONGEST) {
      return plain + SUFFIX;
    }
    return HASHED + String.format("%016x", hash(plain)) + SUFFIX;
  }

  /** FNV-1a with 64 bits. */
  private static long hash(String text) {
    long hash = OFFSET_BASIS;
    for (byte octet : bytes(text)) {
      hash = (hash ^ Byte.toUnsignedLong(octet)) * PRIME;
    }
    return hash;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
