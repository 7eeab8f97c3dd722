package dev.coffer;

import dev.coffer.linux.Beneath;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The shell a container's passwd names; read beneath the container's root, trusting nothing there.
 */
final class LoginShell {
  private static final int LONGEST = 1 << 20;

  private LoginShell() {}

  static Optional<String> of(int initPid, long uid) {
    Optional<byte[]> content = Beneath.read("/proc/" + initPid + "/root", "etc/passwd", LONGEST);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    for (String line : new String(content.get(), StandardCharsets.UTF_8).split("\n")) {
      String[] fields = line.split(":", -1);
      if (fields.length == 7 && fields[2].equals(Long.toString(uid)) && fields[6].startsWith("/")) {
        return Optional.of(fields[6]);
      }
    }
    return Optional.empty();
  }
}
