package dev.coffer.image.archive;

/** Paths inside archives. Texts are raw: each character is one byte. */
public final class EntryPath {
  /** What the kernel takes at once, PATH_MAX with its NUL. */
  static final int LONGEST = 4095;

  private static final int LONGEST_NAME = 255;

  private EntryPath() {}

  /**
   * The path without {@code ./}, doubled and trailing slashes; the tree's top is the empty text.
   *
   * @throws ArchiveException if the path is absolute, climbs ({@code ..}) or is too long
   */
  public static String normalize(String path) {
    if (path.startsWith("/")) {
      throw ArchiveException.refused(path, "its path is absolute");
    }
    if (path.length() > LONGEST) {
      throw ArchiveException.refused(path, "its path is longer than " + LONGEST + " bytes");
    }
    return isNormal(path) ? path : rebuilt(path);
  }

  /** How many directories lead to it; 0 for the top itself. */
  static int depth(String path) {
    return path.isEmpty() ? 0 : 1 + (int) path.chars().filter(c -> c == '/').count();
  }

  /** The directory it is in; the empty text for names in the top. */
  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  private static boolean isNormal(String path) {
    int start = 0;
    for (int i = 0; i <= path.length(); i++) {
      char c = i == path.length() ? '/' : path.charAt(i);
      if (c == '/') {
        int length = i - start;
        if (length == 0 || length > LONGEST_NAME || path.charAt(start) == '.' && length <= 2) {
          return false;
        }
        start = i + 1;
      } else if (c == 0) {
        return false;
      }
    }
    return true;
  }

  private static String rebuilt(String path) {
    StringBuilder result = new StringBuilder(path.length());
    for (String name : path.split("/")) {
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        throw ArchiveException.refused(path, "its path climbs out by \"..\"");
      }
      if (name.length() > LONGEST_NAME || name.indexOf('\0') >= 0) {
        throw ArchiveException.refused(path, "it has a name that no file can have");
      }
      result.append(result.isEmpty() ? "" : "/").append(name);
    }
    return result.toString();
  }
}
