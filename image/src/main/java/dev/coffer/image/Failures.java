package dev.coffer.image;

import dev.coffer.linux.Errno;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kernel's words for what the JDK's file methods throw. */
final class Failures {
  /** Something that writes one file. */
  @FunctionalInterface
  interface Writing {
    void run() throws IOException;
  }

  private Failures() {}

  /** Writes a file; what the JDK tells without its name, a full disk for instance, gets it. */
  static void naming(Path written, Writing writing) throws IOException {
    try {
      writing.run();
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      FileSystemException named = new FileSystemException(written.toString(), null, e.getMessage());
      named.initCause(e);
      throw named;
    }
  }

  /** For instance {@code "/srv/x": Permission denied (EACCES)}. */
  static String describe(IOException e) {
    if (!(e instanceof FileSystemException file) || file.getFile() == null) {
      return describe(String.valueOf(e.getMessage()));
    }
    String both = file.getOtherFile() == null ? "" : " to \"" + file.getOtherFile() + "\"";
    return "\"" + file.getFile() + "\"" + both + ": " + reason(file);
  }

  /** The lines below a failure: its cause, and what can be done about it. */
  static List<String> details(IOException e) {
    List<String> lines = new ArrayList<>(List.of("cause  " + describe(e)));
    errno(reason(e)).flatMap(Failures::hint).ifPresent(hint -> lines.add("hint  " + hint));
    return lines;
  }

  private static Optional<String> hint(Errno errno) {
    return switch (errno) {
      case ENOSPC ->
          Optional.of("its file system is full: free some of it, or choose another by -P or --dir");
      case EDQUOT -> Optional.of("the quota there is used up; choose another place by -P or --dir");
      default -> Optional.empty();
    };
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> Errno.ENOENT.describe();
      case AccessDeniedException _ -> Errno.EACCES.describe();
      case FileAlreadyExistsException _ -> Errno.EEXIST.describe();
      case FileSystemException file -> describe(String.valueOf(file.getReason()));
      default -> describe(String.valueOf(e.getMessage()));
    };
  }

  /** With the errno's name, where it is the kernel's text alone. */
  private static String describe(String reason) {
    return errno(reason).map(Errno::describe).orElse(reason);
  }

  private static Optional<Errno> errno(String reason) {
    return Arrays.stream(Errno.values())
        .filter(errno ->
            errno.describe().equals(reason) || errno.describe().equals(reason + " (" + errno + ")"))
        .findFirst();
  }
}
