package dev.coffer.image;

import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * Whose a file is. A folder of containers may be another user's, whose links and notes must not
 * lead root elsewhere: only one's own and root's are believed.
 */
public final class Ownership {
  private static final Path SELF = Path.of("/proc/self");

  private Ownership() {}

  /** Whether the file is the caller's or root's. */
  public static boolean isTrusted(Path file, LinkOption... options) {
    try {
      int owner = owner(file, options);
      return owner == 0 || owner == owner(SELF);
    } catch (IOException e) {
      return false;
    }
  }

  /** Fails where the path is a link that somebody else has made. */
  static void requireNoForeignLink(Path path) {
    if (Files.isSymbolicLink(path) && !isTrusted(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new CofferException(
          "\"" + path + "\" is a symbolic link that belongs to another user",
          List.of("hint  it could lead anywhere; remove it, or make it yours: chown -h"));
    }
  }

  private static int owner(Path file, LinkOption... options) throws IOException {
    return (int) Files.getAttribute(file, "unix:uid", options);
  }
}
