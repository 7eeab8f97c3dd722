package dev.coffer.image.store;

import dev.coffer.image.Ownership;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.LockFile;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The folders of a store and the ways of changing them. Only their owner may look inside: old
 * programs with the set-user-id bit lie there.
 */
final class Shelf {
  private final Path root;

  Shelf(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  Path folder(String name) {
    Path folder = root.resolve(name);
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw failure("cannot make the image store's folder \"" + folder + "\"", e);
    }
    if (!Ownership.isTrusted(root)) {
      throw new CofferException(
          "the image store \"" + root + "\" belongs to another user",
          List.of("hint  name one of your own by COFFER_IMAGES"));
    }
    return folder;
  }

  /** Held for moments only: renaming, naming, collecting. */
  LockFile lock() {
    return LockFile.acquire(folder("").resolve("lock"), LockFile.Kind.RECORD);
  }

  /** The names in a folder, sorted; none where it does not exist. */
  List<String> names(Path folder) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw failure("cannot read the image store's folder \"" + folder + "\"", e);
    }
    names.sort(null);
    return names;
  }

  Optional<String> read(Path file) {
    return HostFiles.readIfThere(file);
  }

  /** Replaces a small file at once: whoever reads sees the old text or the new one. */
  void replace(Path file, String text) {
    Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
    try {
      Files.writeString(fresh, text);
      sync(fresh);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      sync(file.getParent());
    } catch (IOException e) {
      throw failure("cannot write \"" + file + "\"", e);
    }
  }

  void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      sync(to.getParent());
    } catch (IOException e) {
      throw failure("cannot put \"" + to + "\" into place", e);
    }
  }

  void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw failure("cannot delete \"" + file + "\"", e);
    }
  }

  /** A file or directory and its names reach the disk. */
  static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static void mode(Path file, int mode) {
    HostFiles.chmod(file, mode);
  }

  static CofferException failure(String what, IOException e) {
    CofferException failure =
        new CofferException(
            what, List.of("cause  " + e.getClass().getSimpleName() + ": " + e.getMessage()));
    failure.initCause(new UncheckedIOException(e));
    return failure;
  }

  /** Whether something stands at this place, without following links. */
  static boolean stands(Path path) {
    return HostFiles.existsItself(path);
  }
}
