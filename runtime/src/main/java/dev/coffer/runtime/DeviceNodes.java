package dev.coffer.runtime;

import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Device nodes of the host by path, as lxc.cgroup.devices.allow accepts them besides numbers. */
final class DeviceNodes {
  private static final int TYPE = 0170000;
  private static final int BLOCK = 0060000;

  private DeviceNodes() {}

  /** {@code /dev/fuse rwm} as {@code c 10:229 rwm}. */
  static String rule(String text) {
    String[] words = text.strip().split("\\s+");
    Path path = Path.of(words[0]);
    try {
      long number = ((Number) Files.getAttribute(path, "unix:rdev")).longValue();
      int mode = ((Number) Files.getAttribute(path, "unix:mode")).intValue();
      long major = ((number >>> 8) & 0xfff) | ((number >>> 32) & ~0xfffL);
      long minor = (number & 0xff) | ((number >>> 12) & ~0xffL);
      char type = (mode & TYPE) == BLOCK ? 'b' : 'c';
      return type + " " + major + ":" + minor + " " + (words.length > 1 ? words[1] : "rwm");
    } catch (IOException e) {
      throw new CofferException(
          "no device \"" + words[0] + "\" on this host", List.of("hint  give its numbers instead"));
    }
  }
}
