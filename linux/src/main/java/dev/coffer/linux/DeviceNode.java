package dev.coffer.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A device node of the host.
 *
 * @param mode as in st_mode, with its type
 */
public record DeviceNode(int mode, int major, int minor) {
  private static final int TYPE = 0170000;
  private static final int BLOCK = 0060000;
  private static final int CHARACTER = 0020000;

  /** Empty where there is no such node. */
  public static Optional<DeviceNode> read(Path path) {
    try {
      long number = ((Number) Files.getAttribute(path, "unix:rdev")).longValue();
      int mode = ((Number) Files.getAttribute(path, "unix:mode")).intValue();
      int type = mode & TYPE;
      long major = ((number >>> 8) & 0xfff) | ((number >>> 32) & ~0xfffL);
      long minor = (number & 0xff) | ((number >>> 12) & ~0xffL);
      return type == BLOCK || type == CHARACTER
          ? Optional.of(new DeviceNode(mode, (int) major, (int) minor))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /** Who may do everything with it, or nothing. */
  public DeviceRule rule(boolean allow) {
    return new DeviceRule((mode & TYPE) == BLOCK ? 'b' : 'c', major, minor, "rwm", allow);
  }

  /** As mknod(2) of the kernel takes it. */
  long number() {
    return (minor & 0xffL) | ((long) major & 0xfff) << 8 | (minor & ~0xffL) << 12;
  }
}
