package dev.coffer.image;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** The kernel's words for what the JDK's file methods throw. */
final class Failures {
  private Failures() {}

  /** For instance {@code "/srv/x": Permission denied (EACCES)}. */
  static String describe(IOException e) {
    return e instanceof FileSystemException file && file.getFile() != null
        ? "\"" + file.getFile() + "\": " + reason(file)
        : String.valueOf(e.getMessage());
  }

  private static String reason(FileSystemException e) {
    return switch (e) {
      case NoSuchFileException _ -> "No such file or directory (ENOENT)";
      case AccessDeniedException _ -> "Permission denied (EACCES)";
      case FileAlreadyExistsException _ -> "File exists (EEXIST)";
      default -> String.valueOf(e.getReason());
    };
  }
}
