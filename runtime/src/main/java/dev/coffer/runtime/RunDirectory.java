package dev.coffer.runtime;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.LockFile;
import dev.coffer.linux.OpenFlags;
import dev.coffer.model.CofferException;
import dev.coffer.model.plan.Undo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * What must be known of a running container when its engine is gone: a directory below the run
 * directory with the undo journal, a memo, the configuration in use and the keeper's socket. It
 * lives on a tmpfs, so it is gone after a reboot, like the container.
 */
public final class RunDirectory {

  private static final String NOTE = "note";
  private static final String LOCK = "lock";
  private static final int MOST_TRIES = 500;
  private static final long PAUSE_NANOS = 10_000_000;
  private static final String UNDO = "undo ";
  private static final String CONFIG = "config:";

  private final Path path;

  private RunDirectory(Path path) {
    this.path = path;
  }

  /** The caller's run directory: COFFER_RUN, /run/coffer for root, else below XDG_RUNTIME_DIR. */
  public static Path base(Map<String, String> environment, long uid) {
    String given = environment.get("COFFER_RUN");
    if (given != null && !given.isEmpty()) {
      return Path.of(given);
    }
    if (uid == 0) {
      return Path.of("/run/coffer");
    }
    String runtime = environment.get("XDG_RUNTIME_DIR");
    return runtime != null && !runtime.isEmpty()
        ? Path.of(runtime, "coffer")
        : Path.of("/tmp/coffer-" + uid);
  }

  public static RunDirectory of(Path base, Path lxcPath, String name) {
    return new RunDirectory(base.resolve("c").resolve(Fnv1a.hex(Fnv1a.of(lxcPath + "/" + name))));
  }

  /** All that exist below a run directory. */
  public static List<RunDirectory> all(Path base) {
    List<RunDirectory> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(base.resolve("c"))) {
      entries.forEach(entry -> found.add(new RunDirectory(entry)));
    } catch (NoSuchFileException _) {
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  public Path path() {
    return path;
  }

  public Path keeperSocket() {
    return path.resolve("keeper");
  }

  /** Makes the directory, for the caller alone, and locks it. */
  LockFile create() {
    for (int i = 0; i < MOST_TRIES; i++) {
      makeDirectory();
      Optional<LockFile> lock = tryLock(OpenFlags.CREATE);
      // who cleaned up here until now may have removed the file that was locked
      if (lock.isPresent() && HostFiles.exists(path.resolve(LOCK))) {
        return lock.get();
      }
      lock.ifPresent(LockFile::close);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    throw new CofferException("another process is cleaning up after it just now");
  }

  /**
   * Takes the lock that whoever starts, stops or takes over the container holds meanwhile; it ends
   * with its process. Empty when another process holds it, or when there is nothing to lock.
   */
  Optional<LockFile> tryLock() {
    return tryLock(0);
  }

  private Optional<LockFile> tryLock(int create) {
    int flags = OpenFlags.READ_WRITE | OpenFlags.NO_FOLLOW | create;
    try {
      return LockFile.tryAcquire(path.resolve(LOCK), LockFile.Kind.WHOLE_FILE, flags, 0600);
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Removes a directory without a note, unless someone is about to write one. */
  void removeUnused() {
    try (LockFile unused = tryLock().orElse(null)) {
      if (unused != null) {
        remove();
      } else {
        HostFiles.rmdir(path);
      }
    } catch (KernelException e) {
      if (!e.is(Errno.ENOTEMPTY) && !e.is(Errno.ENOENT)) {
        throw e;
      }
    }
  }

  boolean exists() {
    return HostFiles.exists(path);
  }

  /**
   * Notes everything in one file by one write: a note that is cut short was followed by no step, so
   * there is nothing to take back.
   */
  public void note(Map<String, String> memo, List<Undo> undos, String config) {
    StringBuilder text = new StringBuilder();
    memo.forEach((key, value) -> text.append(key).append('=').append(escape(value)).append('\n'));
    for (Undo undo : undos) {
      text.append(UNDO).append(undo.encode()).append('\n');
    }
    text.append(CONFIG).append('\n').append(config);
    write(path.resolve(NOTE), text.toString());
  }

  /** A container that starts again with its keeper is never without a note. */
  private static void write(Path file, String text) {
    boolean again = HostFiles.exists(file);
    Path written = again ? file.resolveSibling(NOTE + ".new") : file;
    int flags = OpenFlags.WRITE_ONLY | OpenFlags.CREATE | OpenFlags.TRUNCATE;
    try (Fd note = HostFiles.open(written, flags, 0600)) {
      note.writeFully(text);
    }
    try {
      if (again) {
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void makeDirectory() {
    try {
      HostFiles.mkdir(path, 0700);
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT)) {
        makeParents();
        HostFiles.mkdir(path, 0700);
      } else if (!e.is(Errno.EEXIST)) {
        throw e;
      }
    }
  }

  private void makeParents() {
    try {
      Files.createDirectories(
          path.getParent(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Written when a life begins. */
  Path noteFile() {
    return path.resolve(NOTE);
  }

  /** What was noted; all empty for a directory without a complete note. */
  public Note read() {
    Map<String, String> memo = new LinkedHashMap<>();
    List<Undo> undos = new ArrayList<>();
    String text;
    try {
      text = Files.readString(path.resolve(NOTE));
    } catch (NoSuchFileException _) {
      text = "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int config = text.indexOf("\n" + CONFIG + "\n");
    if (config < 0) {
      return new Note(memo, undos, "");
    }
    for (String line : text.substring(0, config).split("\n")) {
      if (line.startsWith(UNDO)) {
        Undo.decode(line.substring(UNDO.length())).ifPresent(undos::add);
        continue;
      }
      int equals = line.indexOf('=');
      if (equals > 0) {
        memo.put(line.substring(0, equals), unescape(line.substring(equals + 1)));
      }
    }
    return new Note(memo, undos, text.substring(config + CONFIG.length() + 2));
  }

  /**
   * What is noted of a running container.
   *
   * @param memo what the next engine must know
   * @param undos what is to be taken back, in the order in which it was done
   * @param config the configuration in use
   */
  public record Note(Map<String, String> memo, List<Undo> undos, String config) {}

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\n");
  }

  private static String unescape(String value) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char letter = value.charAt(i);
      if (letter == '\\' && i + 1 < value.length()) {
        i++;
        text.append(value.charAt(i) == 'n' ? '\n' : value.charAt(i));
      } else {
        text.append(letter);
      }
    }
    return text.toString();
  }

  /** Removes it with all it holds. */
  public void remove() {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        Files.deleteIfExists(entry);
      }
      Files.deleteIfExists(path);
    } catch (NoSuchFileException _) {
      // another clean-up was here first
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
