package dev.coffer.config;

import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds and opens what lxc.include names, and stops files that include themselves. */
final class IncludeReader {
  // Far more than anybody writes; ends files that include each other many times over.
  private static final int MOST_FILES = 2000;

  /** Takes the text of an included file. */
  @FunctionalInterface
  interface Reader {
    void read(String text, Path file, List<Problem> problems);
  }

  private final Reader reader;
  private final Deque<Path> open = new ArrayDeque<>();
  private final Set<Path> looked = new LinkedHashSet<>();
  private int count;

  IncludeReader(Optional<Path> mainFile, Reader reader) {
    this.reader = reader;
    mainFile.ifPresent(file -> open.push(file.toAbsolutePath().normalize()));
  }

  /** Reads a file, or all files of a directory that end in .conf, in the order of their names. */
  void include(String name, Origin origin, List<Problem> problems) {
    try {
      Path path = resolve(name);
      looked.add(path);
      if (Files.isDirectory(path)) {
        for (Path file : configsIn(path)) {
          includeFile(file, origin, problems);
        }
      } else if (Files.exists(path) || !name.endsWith("/")) {
        includeFile(path, origin, problems);
      }
    } catch (IOException e) {
      problems.add(Problem.error(origin, cannotOpen(name, e), ""));
    } catch (InvalidPathException e) {
      problems.add(Problem.error(origin, "\"" + name + "\" cannot be a file name", ""));
    }
  }

  /** Every file and directory that was looked at. */
  Set<Path> looked() {
    return looked;
  }

  // A relative name counts from the including file: an engine has no useful working directory.
  private Path resolve(String name) {
    Path parent = open.isEmpty() ? null : open.peek().getParent();
    return parent == null ? Path.of(name) : parent.resolve(name);
  }

  private static List<Path> configsIn(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*.conf")) {
      entries.forEach(files::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    files.sort(null);
    return files;
  }

  private void includeFile(Path file, Origin origin, List<Problem> problems) {
    try {
      readFile(file, origin, problems);
    } catch (IOException e) {
      problems.add(Problem.error(origin, cannotOpen(file.toString(), e), ""));
    }
  }

  private void readFile(Path file, Origin origin, List<Problem> problems) throws IOException {
    Path path = file.toAbsolutePath().normalize();
    if (open.contains(path)) {
      problems.add(Problem.error(origin, "\"" + file + "\" includes itself", ""));
      return;
    }
    if (++count > MOST_FILES) {
      problems.add(Problem.error(origin, "more than " + MOST_FILES + " files are included", ""));
      return;
    }
    looked.add(file);
    TextFile text = TextFile.read(file);
    open.push(path);
    reader.read(text.text(), file, problems);
    open.pop();
  }

  /** {@code Failed to open file "F": No such file or directory (ENOENT)}. */
  static String cannotOpen(String file, IOException e) {
    return "Failed to open file \"" + file + "\": " + reason(e);
  }

  /** The kernel's word as far as the JDK passes it on. */
  static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "No such file or directory (ENOENT)";
    }
    if (e instanceof AccessDeniedException) {
      return "Permission denied (EACCES)";
    }
    String message = String.valueOf(e.getMessage());
    return e instanceof FileSystemException file && file.getReason() != null
        ? file.getReason()
        : message;
  }
}
