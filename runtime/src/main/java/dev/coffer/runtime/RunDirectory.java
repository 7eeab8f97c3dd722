package dev.coffer.runtime;

import dev.coffer.linux.HostFiles;
import dev.coffer.model.plan.Undo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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

/**
 * What must be known of a running container when its engine is gone: a directory below the run directory
 * with the undo journal, a memo, the configuration in use and the keeper's socket. It lives on a tmpfs, so
 * it is gone after a reboot, like the container.
 */
public final class RunDirectory {
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

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
    long hash = OFFSET_BASIS;
    for (byte octet : (lxcPath + "/" + name).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (octet & 0xff)) * PRIME;
    }
    return new RunDirectory(base.resolve("c").resolve(Long.toHexString(hash)));
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

  /** Makes the directory, for the caller alone. */
  public void create() {
    try {
      Files.createDirectories(
          path.getParent(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void writeJournal(List<Undo> undos) {
    StringBuilder text = new StringBuilder();
    for (Undo undo : undos) {
      text.append(undo.encode()).append('\n');
    }
    replace("journal", text.toString());
  }

  /** What is left to take back, in the order in which it was done. */
  public List<Undo> readJournal() {
    List<Undo> undos = new ArrayList<>();
    for (String line : read("journal").orElse("").split("\n")) {
      Undo.decode(line).ifPresent(undos::add);
    }
    return undos;
  }

  public void writeMemo(Map<String, String> memo) {
    StringBuilder text = new StringBuilder();
    memo.forEach(
        (key, value) -> text.append(key).append('=').append(escape(value)).append('\n'));
    replace("memo", text.toString());
  }

  public Map<String, String> readMemo() {
    Map<String, String> memo = new LinkedHashMap<>();
    for (String line : read("memo").orElse("").split("\n")) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        memo.put(line.substring(0, equals), unescape(line.substring(equals + 1)));
      }
    }
    return memo;
  }

  public void writeConfig(String text) {
    replace("config", text);
  }

  public Optional<String> readConfig() {
    return read("config");
  }

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

  private Optional<String> read(String name) {
    try {
      return Optional.of(Files.readString(path.resolve(name)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void replace(String name, String text) {
    try {
      Path fresh = path.resolve(name + ".new");
      Files.writeString(fresh, text);
      Files.move(
          fresh,
          path.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes it with all it holds. */
  public void remove() {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        HostFiles.unlink(entry);
      }
      HostFiles.rmdir(path);
    } catch (NoSuchFileException _) {
      // another clean-up was here first
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
