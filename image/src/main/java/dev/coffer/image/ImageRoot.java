package dev.coffer.image;

import dev.coffer.image.archive.ArchiveFile;
import dev.coffer.image.archive.IdShift;
import dev.coffer.image.server.Meter;
import dev.coffer.image.server.StoredImage;
import dev.coffer.image.server.StoredImage.Format;
import dev.coffer.image.store.ImageStore;
import dev.coffer.image.store.ObjectId;
import dev.coffer.image.store.StoredObject;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Fills a container's root file system and configuration from an image in the store. */
final class ImageRoot {
  private static final int LONGEST_FILE = 1 << 20;

  private final ImageStore store;
  private final CommandRunner runner;
  private final Meter meter;

  ImageRoot(ImageStore store, CommandRunner runner, Meter meter) {
    this.store = store;
    this.runner = runner;
    this.meter = meter;
  }

  /** The root file system's directory belongs to the container's root already. */
  void fill(StoredImage image, CreateRequest request, NewConfig config) throws IOException {
    Map<String, byte[]> metadata = metadata(image);
    TemplateWords words =
        new TemplateWords(
            request.name(), request.directory(), request.rootfs(), !metadata.isEmpty());
    LxcMetadata lxc = new LxcMetadata(metadata, words, request.mappedRoot().isPresent());
    meter.say("Unpacking the root file system");
    RootFilling filling =
        new RootFilling(
            content(image.root()),
            request.rootfs(),
            image.format() == Format.UNIFIED,
            lxc.excluded(),
            words,
            lxc.templates());
    run(filling, request.mappedRoot());
    config.replace(
        TemplateHeader.of(request.template() + ", built in", request.arguments())
            + lxc.config(config.read()));
  }

  private void run(RootFilling filling, Optional<MappedRoot> mapped) throws IOException {
    if (mapped.isPresent() && mapped.get().giving() == MappedRoot.Giving.INSIDE) {
      MappedUnpack.run(filling, runner);
    } else {
      IdShift ids = mapped.map(root -> IdShift.by(root.maps())).orElse(IdShift.NONE);
      filling.run(ids, Images.isRoot());
    }
  }

  private Map<String, byte[]> metadata(StoredImage image) throws IOException {
    return image.format() == Format.LXC && image.metadata().isPresent()
        ? ArchiveFile.read(content(image.metadata().get()), LxcMetadata.FILES, LONGEST_FILE)
        : Map.of();
  }

  private Path content(ObjectId id) {
    return store
        .find(id)
        .map(StoredObject::content)
        .orElseThrow(() ->
            new CofferException(
                "the image's file " + id.describe() + " is not in the store any more",
                List.of("hint  fetch the image again")));
  }
}
