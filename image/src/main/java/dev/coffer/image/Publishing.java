package dev.coffer.image;

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

  /** Packs a container, which must not be running, into an image of one file (LXD's unified). */
  public StoredImage publish(Source source, Format format, Compression compression)
      throws IOException {
    ObjectId root =
        store
            .addWritten(
                ObjectId.Kind.BLOB, Map.of(), file -> pack(source, format, compression, file))
            .id();
    return StoredImage.add(
        store,
        format,
        Optional.empty(),
        root,
        Map.of(
            "architecture", source.architecture(),
            "compression", compression.suffix(),
            "description", source.name()));
  }

  private static void pack(Source source, Format format, Compression compression, Path file)
      throws IOException {
    try (OutputStream out = compression.compress(Files.newOutputStream(file));
        TarWriter writer = new TarWriter(out)) {
      boolean unified = format == Format.UNIFIED;
      if (unified) {
        addMetadata(writer, source);
      }
      IdShift ids = source.maps().isEmpty() ? IdShift.NONE : IdShift.back(source.maps());
      Packer.add(writer, source.rootfs(), unified ? "rootfs" : "", ids);
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
