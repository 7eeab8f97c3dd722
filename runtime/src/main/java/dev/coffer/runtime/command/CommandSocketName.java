package dev.coffer.runtime.command;

import dev.coffer.runtime.Fnv1a;
import java.nio.charset.StandardCharsets;

/** The abstract name of a container's command socket, without the leading NUL. */
public final class CommandSocketName {
  static final String HASHED = "lxc/";
  static final String SUFFIX = "/command";

  private static final int LONGEST = 105;

  private CommandSocketName() {}

  /** {@code LXCPATH/NAME/command}; where that is too long, a hash stands for LXCPATH/NAME. */
  public static String of(String lxcPath, String name) {
    String plain = lxcPath + "/" + name;
    if (bytes(plain + SUFFIX).length <= LONGEST) {
      return plain + SUFFIX;
    }
    return HASHED + Fnv1a.hex(Fnv1a.of(plain)) + SUFFIX;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
