package dev.coffer.image.server;

import dev.coffer.image.store.ImageStore;
import dev.coffer.image.store.ObjectId;
import dev.coffer.image.store.ObjectId.Kind;
import dev.coffer.image.store.StoredObject;
import dev.coffer.model.CofferException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An image in the store: a small object of {@code key=value} lines that names its files.
 *
 * @param metadata the file with the image's own configuration or templates, where it has one
 * @param root the file with the root file system
 */
public record StoredImage(
    ObjectId id,
    Format format,
    Optional<ObjectId> metadata,
    ObjectId root,
    Map<String, String> properties) {
  /** Whose conventions its metadata follow. */
  public enum Format {
    /** A metadata.yaml, beside the root file system. */
    LXD,
    /** A config, templates, excludes. */
    LXC,
    /** One archive with metadata.yaml and {@code rootfs/}. */
    UNIFIED,
    /** The root file system alone. */
    ROOTFS,
    /** Layers, of which the root is the uppermost; metadata is the image's configuration. */
    OCI
  }

  private static final String PROPERTY = "property.";

  public StoredImage {
    properties = new TreeMap<>(properties);
  }

  /** Describes files that are in the store already. */
  public static StoredImage add(
      ImageStore store,
      Format format,
      Optional<ObjectId> metadata,
      ObjectId root,
      Map<String, String> properties)
      throws IOException {
    return add(store, format, metadata, root, properties, List.of());
  }

  /**
   * As above.
   *
   * @param further objects without which the image is of no use
   */
  public static StoredImage add(
      ImageStore store,
      Format format,
      Optional<ObjectId> metadata,
      ObjectId root,
      Map<String, String> properties,
      List<ObjectId> further)
      throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("image=").append(format.name().toLowerCase(Locale.ROOT)).append('\n');
    metadata.ifPresent(id -> text.append("metadata=").append(id.describe()).append('\n'));
    text.append("root=").append(root.describe()).append('\n');
    new TreeMap<>(properties)
        .forEach((key, value) ->
            text.append(PROPERTY)
                .append(key)
                .append('=')
                .append(value.replaceAll("\\p{Cntrl}", " "))
                .append('\n'));
    StringBuilder needs = new StringBuilder(root.describe());
    metadata.ifPresent(id -> needs.append(',').append(id.describe()));
    further.forEach(id -> needs.append(',').append(id.describe()));
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    StoredObject object =
        store.addFile(
            Kind.METADATA,
            Optional.empty(),
            Map.of("needs", needs.toString(), "what", "image"),
            new ByteArrayInputStream(bytes));
    return new StoredImage(object.id(), format, metadata, root, properties);
  }

  /** Reads a description; empty where the object describes something else. */
  public static Optional<StoredImage> read(StoredObject object) {
    if (!object.facts().getOrDefault("what", "").equals("image")) {
      return Optional.empty();
    }
    Map<String, String> own = new TreeMap<>();
    Map<String, String> properties = new TreeMap<>();
    try {
      for (String line : Files.readString(object.content()).split("\n")) {
        String[] pair = line.split("=", 2);
        if (pair.length == 2 && pair[0].startsWith(PROPERTY)) {
          properties.put(pair[0].substring(PROPERTY.length()), pair[1]);
        } else if (pair.length == 2) {
          own.put(pair[0], pair[1]);
        }
      }
      Format format = Format.valueOf(own.getOrDefault("image", "").toUpperCase(Locale.ROOT));
      return ObjectId.parse(own.getOrDefault("root", ""))
          .map(root ->
              new StoredImage(
                  object.id(),
                  format,
                  Optional.ofNullable(own.get("metadata")).flatMap(ObjectId::parse),
                  root,
                  properties));
    } catch (IOException | IllegalArgumentException e) {
      throw new CofferException("the image " + object.id().sha256() + " cannot be read");
    }
  }
}
