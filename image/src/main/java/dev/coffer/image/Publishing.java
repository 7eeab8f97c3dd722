package dev.coffer.image;

import dev.coffer.image.archive.ArchiveFile;
import dev.coffer.image.archive.Compression;
import dev.coffer.image.archive.IdShift;
import dev.coffer.image.archive.Packer;
import dev.coffer.image.archive.TarEntry;
import dev.coffer.image.archive.TarEntry.Kind;
import dev.coffer.image.archive.TarWriter;
import dev.coffer.image.server.StoredImage;
import dev.coffer.image.server.StoredImage.Format;
import dev.coffer.image.store.ImageStore;
import dev.coffer.image.store.ObjectId;
import dev.coffer.image.store.StoredObject;
import dev.coffer.model.CofferException;
import dev.coffer.model.IdMap;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes images of containers, and files of images. */
public final class Publishing {
  private final ImageStore store;

  public Publishing(ImageStore store) {
    this.store = store;
  }

  /**
   * A container's root file system.
   *
   * @param made when the image is said to be made, in seconds since 1970: fixed where nothing has
   *     changed, so that the same container gives the same image
   * @param maps of ids that files on disk have; empty where they have those of the container
   */
  public record Source(
      String name, Path rootfs, String architecture, long made, List<IdMap> maps) {}

  /** Which files an image has. */
  public enum Shape {
    /** LXD's metadata and the root file system in one archive. */
    UNIFIED,
    /** LXD's metadata and the root file system in an archive each. */
    SPLIT,
    /** As {@link #SPLIT}, the root file system as squashfs. */
    SQUASHFS,
    /** The root file system's archive alone. */
    ROOTFS
  }

  /** Packs a container, which must not be running, into an image in the store. */
  public StoredImage publish(Source source, Shape shape, Compression compression)
      throws IOException {
    Optional<ObjectId> metadata =
        shape == Shape.SPLIT || shape == Shape.SQUASHFS
            ? Optional.of(
                written(file -> {
                  try (TarWriter writer = new TarWriter(open(file, Compression.XZ))) {
                    addMetadata(writer, source);
                  }
                }))
            : Optional.empty();
    ObjectId root = written(file -> pack(source, shape, compression, file));
    Format format =
        switch (shape) {
          case UNIFIED -> Format.UNIFIED;
          case SPLIT, SQUASHFS -> Format.LXD;
          case ROOTFS -> Format.ROOTFS;
        };
    return StoredImage.add(
        store,
        format,
        metadata,
        root,
        Map.of(
            "architecture", source.architecture(),
            "compression", shape == Shape.SQUASHFS ? "squashfs" : compression.suffix(),
            "description", source.name()));
  }

  private ObjectId written(ImageStore.Writing writing) throws IOException {
    return store.addWritten(ObjectId.Kind.BLOB, Map.of(), writing).id();
  }

  private static OutputStream open(Path file, Compression compression) throws IOException {
    return compression.compress(Files.newOutputStream(file));
  }

  private static void pack(Source source, Shape shape, Compression compression, Path file)
      throws IOException {
    IdShift ids = source.maps().isEmpty() ? IdShift.NONE : IdShift.back(source.maps());
    try (OutputStream out =
            shape == Shape.SQUASHFS ? ArchiveFile.createSquashfs(file) : open(file, compression);
        TarWriter writer = new TarWriter(out)) {
      if (shape == Shape.UNIFIED) {
        addMetadata(writer, source);
      }
      Packer.add(writer, source.rootfs(), shape == Shape.UNIFIED ? "rootfs" : "", ids);
    }
  }

  private static void addMetadata(TarWriter writer, Source source) throws IOException {
    byte[] text =
        """
        architecture: "%s"
        creation_date: %d
        properties:
          architecture: "%1$s"
          description: "%s"
        """
            .formatted(
                source.architecture().equals("amd64") ? "x86_64" : source.architecture(),
                source.made(),
                source.name().replaceAll("[\"\\\\]", "_"))
            .getBytes(StandardCharsets.UTF_8);
    writer.add(
        TarEntry.of("metadata.yaml", Kind.FILE, 0644)
            .withModified(source.made(), 0)
            .withSize(text.length));
    writer.write(text, 0, text.length);
  }

  /**
   * Writes an image's files: {@code TARGET}, and where it has separate metadata {@code
   * TARGET.meta}.
   *
   * @return what was written
   */
  public List<Path> export(StoredImage image, Path target) throws IOException {
    Path first = write(image.root(), target);
    if (image.metadata().isEmpty()) {
      return List.of(first);
    }
    Path beside = target.resolveSibling(target.getFileName() + ".meta");
    try {
      return List.of(first, write(image.metadata().get(), beside));
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(first);
      throw e;
    }
  }

  private Path write(ObjectId id, Path target) throws IOException {
    StoredObject object =
        store
            .find(id)
            .orElseThrow(
                () -> new CofferException("the image's file " + id.describe() + " is gone"));
    store.verify(object);
    if (Files.exists(target)) {
      throw new CofferException("\"" + target + "\" exists already");
    }
    Path fresh = target.resolveSibling("." + target.getFileName() + ".new");
    try {
      Files.copy(object.content(), fresh);
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException e) {
      throw new CofferException("\"" + fresh + "\" is being written by somebody else");
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
    return target;
  }
}
