package dev.coffer.runtime;

import java.util.Arrays;
import java.util.Optional;

/**
 * The path of something to be made: the directory, and its name there. Bytes, because a name need
 * not be text.
 */
record CallerPath(byte[] directory, byte[] name) {
  /** PATH_MAX. */
  static final int LONGEST = 4096;

  private static final byte[] DOTS = {'.', '.'};

  /** AT_FDCWD. */
  static final int WORKING_DIRECTORY = -100;

  boolean isAbsolute() {
    return directory[0] == '/';
  }

  /** Empty where nothing can be made: no name, {@code .}, {@code ..} or a slash at the end. */
  static Optional<CallerPath> split(byte[] path) {
    int slash = path.length - 1;
    while (slash >= 0 && path[slash] != '/') {
      slash--;
    }
    byte[] name = Arrays.copyOfRange(path, slash + 1, path.length);
    boolean dots = name.length <= 2 && Arrays.equals(name, Arrays.copyOf(DOTS, name.length));
    if (dots) { // or empty
      return Optional.empty();
    }
    byte[] directory = slash < 0 ? new byte[] {'.'} : Arrays.copyOf(path, slash + 1);
    return Optional.of(new CallerPath(directory, name));
  }
}
