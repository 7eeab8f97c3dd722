package dev.coffer.image;

import dev.coffer.linux.HostFiles;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is mounted where, proc_pid_mountinfo(5). */
public final class MountPoints {
  private static final Path TABLE = Path.of("/proc/self/mountinfo");
  private static final int FIELD = 4;
  private static final int MOST_SHOWN = 3;

  private MountPoints() {}

  /** Fails if anything is mounted on the directory or below it. */
  public static void requireNoneBelow(Path directory) {
    List<Path> found = below(directory, HostFiles.readSmall(TABLE));
    if (!found.isEmpty()) {
      List<String> details = new ArrayList<>();
      found.stream().limit(MOST_SHOWN).forEach(path -> details.add("mount  " + path));
      details.add("hint  unmount it first; nothing has been deleted");
      throw new CofferException("\"" + directory + "\" holds a mounted file system", details);
    }
  }

  static List<Path> below(Path directory, String table) {
    Path real = real(directory);
    return table
        .lines()
        .map(line -> line.split(" "))
        .filter(fields -> fields.length > FIELD)
        .map(fields -> Path.of(unescape(fields[FIELD])))
        .filter(path -> path.startsWith(real))
        .toList();
  }

  private static Path real(Path directory) {
    try {
      return directory.toRealPath();
    } catch (IOException e) {
      return directory; // not there, so nothing is mounted on it
    }
  }

  /** Blanks and backslashes are three octal digits behind a backslash. */
  private static String unescape(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 3 < field.length()) {
        text.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
