package dev.coffer.image;

import dev.coffer.image.archive.ArchiveFile;
import dev.coffer.image.archive.EntryPath;
import dev.coffer.image.archive.EntryRule;
import dev.coffer.image.archive.IdShift;
import dev.coffer.image.archive.UnpackOptions;
import dev.coffer.image.archive.Unpacker;
import dev.coffer.image.server.Meter;
import dev.coffer.image.server.StoredImage;
import dev.coffer.image.server.StoredImage.Format;
import dev.coffer.image.store.ImageStore;
import dev.coffer.image.store.ObjectId;
import dev.coffer.image.store.StoredObject;
import dev.coffer.linux.Beneath;
import dev.coffer.linux.Fd;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.TreeWriter;
import dev.coffer.linux.TreeWriter.Access;
import dev.coffer.model.CofferException;
import dev.coffer.model.IdMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Fills a container's root file system and configuration from an image in the store. */
final class ImageRoot {
  private static final int LONGEST_FILE = 1 << 20;
  private static final int FILE_MODE = 0644;

  private final ImageStore store;
  private final Meter meter;

  ImageRoot(ImageStore store, Meter meter) {
    this.store = store;
    this.meter = meter;
  }

  /** Other users' files can only be made by root, or inside a user namespace. */
  static void requireUnpackable(Optional<MappedRoot> root) {
    if (root.isPresent() && root.get().giving() == MappedRoot.Giving.INSIDE) {
      throw new CofferException(
          "an image cannot be unpacked for other ids by an ordinary user yet",
          List.of(
              "hint  use -t busybox, or the script /usr/share/lxc/templates/lxc-download by its"
                  + " path, or create the container as root"));
    }
  }

  void fill(StoredImage image, CreateRequest request, NewConfig config) throws IOException {
    Map<String, byte[]> metadata = metadata(image);
    IdShift ids = request.mappedRoot().map(root -> IdShift.by(root.maps())).orElse(IdShift.NONE);
    meter.say("Unpacking the root file system");
    Path archive = content(image.root());
    UnpackOptions options =
        UnpackOptions.USUAL.withIds(ids).withRule(rule(image.format(), metadata));
    if (!Images.isRoot()) {
      options = options.withOwners(UnpackOptions.Owners.CALLERS);
    }
    Unpacker.unpack(ArchiveFile.open(archive), request.rootfs(), options);
    LxcMetadata lxc = new LxcMetadata(metadata, request);
    try (TreeWriter tree = TreeWriter.at(request.rootfs())) {
      for (String path : lxc.templates()) {
        fillIn(tree, request.rootfs(), path, lxc, ids);
      }
    }
    config.replace(
        TemplateHeader.of(request.template() + ", built in", request.arguments())
            + lxc.config(config.read()));
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

  private static EntryRule rule(Format format, Map<String, byte[]> metadata) {
    EntryRule rule = format == Format.UNIFIED ? EntryRule.below("rootfs") : EntryRule.ALL;
    Set<String> excluded = new TreeSet<>();
    for (String line : LxcMetadata.lines(metadata, "excludes")) {
      String path = EntryPath.normalize(line.replaceFirst("^/+", ""));
      if (!path.isEmpty()) {
        excluded.add(path);
      }
    }
    return excluded.isEmpty() ? rule : rule.without(excluded);
  }

  /** A file of the image in which LXC_NAME and the like stand for the container's own. */
  private static void fillIn(
      TreeWriter tree, Path rootfs, String line, LxcMetadata metadata, IdShift ids) {
    String raw = new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    String path = EntryPath.normalize(raw.replaceFirst("^/+", ""));
    Optional<byte[]> text = Beneath.read(rootfs.toString(), line, LONGEST_FILE);
    if (path.isEmpty() || text.isEmpty()) {
      return;
    }
    byte[] filled =
        metadata
            .substitute(new String(text.get(), StandardCharsets.ISO_8859_1))
            .getBytes(StandardCharsets.ISO_8859_1);
    try {
      tree.unlink(path);
      try (Fd file = tree.createFile(path)) {
        file.writeFully(filled);
        long uid = Images.isRoot() ? ids.apply(IdMap.Kind.USER, 0) : -1;
        long gid = Images.isRoot() ? ids.apply(IdMap.Kind.GROUP, 0) : -1;
        tree.applyAccessOfOpen(file, path, new Access(uid, gid, FILE_MODE));
      }
    } catch (KernelException e) {
      throw new CofferException(
          "cannot fill in the image's file \"" + line + "\"", List.of("cause  " + e.getMessage()));
    }
  }
}
