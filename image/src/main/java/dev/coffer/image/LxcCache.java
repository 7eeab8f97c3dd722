package dev.coffer.image;

import dev.coffer.image.archive.TarEntry;
import dev.coffer.image.archive.TarWriter;
import dev.coffer.image.archive.UnpackOptions;
import dev.coffer.image.archive.Unpacker;
import dev.coffer.image.server.RemoteImage;
import dev.coffer.image.server.StoredImage;
import dev.coffer.image.server.StoredImage.Format;
import dev.coffer.image.store.ImageStore;
import dev.coffer.image.store.ObjectId;
import dev.coffer.image.store.ObjectId.Kind;
import dev.coffer.image.store.StoredObject;
import dev.coffer.linux.DirectoryTree;
import dev.coffer.linux.LockFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The folder in which lxc-download keeps images, so that both programs fetch each build once:
 * {@code download/DIST/RELEASE/ARCH/VARIANT} with the files of the metadata, the root file system's
 * archive, and {@code build_id}.
 */
record LxcCache(Path folder) {
  private static final String VARIABLE = "LXC_CACHE_PATH";
  private static final String ROOT = "rootfs.tar.xz";
  private static final String BUILD = "build_id";
  private static final int LONGEST_FILE = 1 << 20;

  static LxcCache of(Map<String, String> environment) {
    String given = environment.getOrDefault(VARIABLE, "");
    Path home = Path.of(environment.getOrDefault("HOME", "/nonexistent"));
    Path usual = Images.isRoot() ? Path.of("/var/cache/lxc") : home.resolve(".cache/lxc");
    return new LxcCache((given.isEmpty() ? usual : Path.of(given)).resolve("download"));
  }

  /** The build of this image, if it is there and was put there by the caller or root. */
  Optional<StoredImage> read(RemoteImage image, ImageStore store) throws IOException {
    Optional<Path> place = place(image);
    if (place.isEmpty() || !isComplete(place.get(), image)) {
      return Optional.empty();
    }
    ObjectId metadata =
        store.addWritten(Kind.BLOB, Map.of(), file -> packMetadata(place.get(), file)).id();
    ObjectId root = store.addCopy(Kind.BLOB, Map.of(), place.get().resolve(ROOT)).id();
    return Optional.of(
        StoredImage.add(store, Format.LXC, Optional.of(metadata), root, properties(image)));
  }

  private static boolean isComplete(Path place, RemoteImage image) throws IOException {
    Path build = place.resolve(BUILD);
    return Ownership.isTrusted(place, LinkOption.NOFOLLOW_LINKS)
        && Files.isRegularFile(place.resolve(ROOT), LinkOption.NOFOLLOW_LINKS)
        && Files.isRegularFile(build, LinkOption.NOFOLLOW_LINKS)
        && Files.readString(build).strip().equals(image.build());
  }

  private static Map<String, String> properties(RemoteImage image) {
    return Map.of(
        "distribution", image.distribution(),
        "release", image.release(),
        "architecture", image.architecture(),
        "variant", image.variant(),
        "build", image.build());
  }

  private static void packMetadata(Path place, Path to) throws IOException {
    try (TarWriter writer = new TarWriter(Files.newOutputStream(to))) {
      for (String name : new TreeSet<>(LxcMetadata.FILES)) {
        Path file = place.resolve(name);
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && Files.size(file) <= LONGEST_FILE) {
          byte[] text = Files.readAllBytes(file);
          writer.add(TarEntry.of(name, TarEntry.Kind.FILE, 0644).withSize(text.length));
          writer.write(text, 0, text.length);
        }
      }
    }
  }

  /** Puts an image of LXC's form there, whole or not at all. */
  void write(RemoteImage image, StoredImage stored, ImageStore store) throws IOException {
    Optional<Path> place = place(image);
    Optional<StoredObject> metadata = stored.metadata().flatMap(store::find);
    Optional<StoredObject> root = store.find(stored.root());
    boolean fits = stored.format() == Format.LXC && metadata.isPresent() && root.isPresent();
    if (!fits || place.isEmpty() || isComplete(place.get(), image)) {
      return;
    }
    Path parent = Files.createDirectories(place.get().getParent());
    // one name, so that the next writer finds and deletes what a killed one left
    Path fresh = parent.resolve(".coffer-" + image.variant());
    Path lock = Files.createDirectories(store.root().resolve("downloads")).resolve("lxc.lock");
    try (LockFile _ = LockFile.acquire(lock, LockFile.Kind.RECORD)) {
      DirectoryTree.remove(fresh);
      Files.createDirectory(fresh);
      UnpackOptions plain = UnpackOptions.USUAL.withOwners(UnpackOptions.Owners.CALLERS);
      Unpacker.unpack(Files.newInputStream(metadata.get().content()), fresh, plain);
      Files.copy(root.get().content(), fresh.resolve(ROOT));
      Files.writeString(fresh.resolve(BUILD), image.build() + "\n");
      DirectoryTree.remove(place.get());
      Files.move(fresh, place.get());
    } catch (IOException | RuntimeException e) {
      DirectoryTree.remove(fresh);
      throw e;
    }
  }

  /** Empty where the server's words could lead elsewhere. */
  private Optional<Path> place(RemoteImage image) {
    List<String> words =
        List.of(image.distribution(), image.release(), image.architecture(), image.variant());
    boolean plain = words.stream().allMatch(word -> word.matches("[A-Za-z0-9][A-Za-z0-9._+-]*"));
    return plain ? Optional.of(folder.resolve(String.join("/", words))) : Optional.empty();
  }
}
