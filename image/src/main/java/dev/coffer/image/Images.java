package dev.coffer.image;

import dev.coffer.image.archive.ArchiveFile;
import dev.coffer.image.server.ImagePull;
import dev.coffer.image.server.ImageQuery;
import dev.coffer.image.server.ImageServer;
import dev.coffer.image.server.IndexCache;
import dev.coffer.image.server.Meter;
import dev.coffer.image.server.RemoteImage;
import dev.coffer.image.server.StoredImage;
import dev.coffer.image.server.StoredImage.Format;
import dev.coffer.image.server.Web;
import dev.coffer.image.store.ImageStore;
import dev.coffer.image.store.ObjectId;
import dev.coffer.image.store.ObjectId.Kind;
import dev.coffer.image.store.StoredObject;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Images of one user: fetched, imported, named, listed, deleted. */
public final class Images {
  private static final String SELF = "/proc/self";

  private final ImageStore store;
  private final Map<String, String> environment;

  private Images(ImageStore store, Map<String, String> environment) {
    this.store = store;
    this.environment = environment;
  }

  /**
   * @param environment of the caller: {@link ImageStore#VARIABLE}, proxies, {@link
   *     Web#CERTIFICATES}
   */
  public static Images of(Map<String, String> environment) {
    return new Images(ImageStore.of(environment, isRoot()), environment);
  }

  static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of(SELF), "unix:uid").equals(0);
    } catch (IOException e) {
      return false;
    }
  }

  public ImageStore store() {
    return store;
  }

  /** This machine's, by Debian's name. */
  public String architecture() {
    return RemoteImage.architecture(
        System.getProperty("os.arch").equals("amd64") ? "amd64" : System.getProperty("os.arch"));
  }

  /** An image with the name it is kept under. */
  public record Named(String name, StoredImage image, StoredObject description) {}

  /** All images in the store; one without a name is called by the start of its hash. */
  public List<Named> stored(Consumer<CofferException> problems) {
    Map<ObjectId, String> names = new TreeMap<>();
    store.names().forEach((name, id) -> names.put(id, name));
    List<Named> images = new ArrayList<>();
    for (StoredObject object : store.objects(problems)) {
      try {
        StoredImage.read(object)
            .ifPresent(image -> {
              String name = names.getOrDefault(image.id(), image.id().sha256().substring(0, 12));
              images.add(new Named(name, image, object));
            });
      } catch (CofferException e) {
        problems.accept(e);
      }
    }
    return images;
  }

  /** By its name, its hash or the start of that with at least 6 digits. */
  public Optional<StoredImage> find(String name) {
    Optional<ObjectId> named = store.named(name);
    if (named.isPresent()) {
      return store.find(named.get()).flatMap(StoredImage::read);
    }
    List<StoredImage> found = new ArrayList<>();
    if (name.matches("[0-9a-f]{6,64}")) {
      stored(_ -> {}).stream()
          .map(Named::image)
          .filter(image -> image.id().sha256().startsWith(name))
          .forEach(found::add);
    }
    if (found.size() > 1) {
      throw new CofferException("\"" + name + "\" is the start of several images' hashes");
    }
    return found.stream().findFirst();
  }

  /** As {@link #find}; fails where there is none. */
  public StoredImage require(String name) {
    return find(name)
        .orElseThrow(() ->
            new CofferException(
                "there is no image \"" + name + "\" in the store",
                List.of("hint  coffer image list: tells those there are")));
  }

  /** What a server has. */
  public List<RemoteImage> listed(String server, Meter meter) {
    try (Web web = Web.of(environment)) {
      return server(server, web).images(meter);
    }
  }

  /** Fetches {@code DISTRIBUTION/RELEASE[/ARCHITECTURE[/VARIANT]]} of a server. */
  public Named pull(String server, String name, Meter meter) throws IOException {
    try (Web web = Web.of(environment)) {
      List<RemoteImage> images = server(server, web).images(meter);
      ImageQuery query = ImageQuery.parse(name, architecture(), images);
      return pull(web, server, query.choose(images), meter);
    }
  }

  /**
   * As lxc-download does, by LXC's index where the server has it; by what was fetched before where
   * the server does not answer.
   */
  StoredImage pullFor(String server, ImageQuery query, Meter meter) throws IOException {
    try (Web web = Web.of(environment)) {
      List<RemoteImage> images = server(server, web).imagesForLxc(meter);
      RemoteImage chosen = query.choose(images);
      LxcCache cache = LxcCache.of(environment);
      Optional<StoredImage> there = cache.read(chosen, store);
      if (there.isPresent()) {
        store.name(cachedName(server, query), there.get().id());
        return there.get();
      }
      StoredImage pulled = pull(web, server, chosen, meter).image();
      share(cache, chosen, pulled, meter);
      return pulled;
    } catch (CofferException e) {
      Optional<StoredImage> old = find(cachedName(server, query));
      if (old.isEmpty()) {
        throw e;
      }
      meter.say(e.getMessage() + "; using the image fetched before");
      return old.get();
    }
  }

  /** What LXC's program would fetch again is no reason to fail. */
  private void share(LxcCache cache, RemoteImage image, StoredImage pulled, Meter meter) {
    try {
      cache.write(image, pulled, store);
    } catch (IOException | CofferException e) {
      meter.say("not put into LXC's cache " + cache.folder() + ": " + e.getMessage());
    }
  }

  private Named pull(Web web, String server, RemoteImage image, Meter meter) throws IOException {
    StoredImage stored = new ImagePull(web, store, meter).pull(image);
    ImageQuery exact =
        new ImageQuery(
            image.distribution(), image.release(), image.architecture(), image.variant());
    String name = cachedName(server, exact);
    store.name(name, stored.id());
    return new Named(name, stored, store.find(stored.id()).orElseThrow());
  }

  private ImageServer server(String name, Web web) {
    String address = name.isEmpty() || name.equals("images") ? ImageServer.USUAL : name;
    return new ImageServer(address, web, new IndexCache(store.root().resolve("index")));
  }

  /** The name under which a server's image is kept. */
  static String cachedName(String server, ImageQuery query) {
    String address = server.isEmpty() || server.equals("images") ? ImageServer.USUAL : server;
    String prefix =
        address.equals(ImageServer.USUAL) || ("https://" + address).equals(ImageServer.USUAL)
            ? "images"
            : address.replaceFirst("^https://", "");
    return prefix
        + ":"
        + String.join(
            "/", query.distribution(), query.release(), query.architecture(), query.variant());
  }

  /**
   * Keeps an image that is in files.
   *
   * @param metadata a separate archive with metadata.yaml (LXD) or config (LXC)
   * @param root an archive of the root file system, or a unified one of LXD
   */
  public StoredImage importFiles(Optional<Path> metadata, Path root, Meter meter)
      throws IOException {
    Format format =
        metadata.isPresent()
            ? ArchiveFile.has(metadata.get(), "metadata.yaml") ? Format.LXD : Format.LXC
            : ArchiveFile.has(root, "metadata.yaml") ? Format.UNIFIED : Format.ROOTFS;
    Optional<ObjectId> first = Optional.empty();
    if (metadata.isPresent()) {
      first = Optional.of(keep(metadata.get()));
    }
    return StoredImage.add(
        store, format, first, keep(root), Map.of("architecture", architecture()));
  }

  /** Keeps an archive of a root file system that is yet to be written, under a name. */
  StoredImage addRoot(ImageStore.Writing archive, Map<String, String> properties, String name)
      throws IOException {
    ObjectId root = store.addWritten(Kind.BLOB, Map.of(), archive).id();
    StoredImage image = StoredImage.add(store, Format.ROOTFS, Optional.empty(), root, properties);
    store.name(name, image.id());
    return image;
  }

  private ObjectId keep(Path file) throws IOException {
    return store.addCopy(Kind.BLOB, Map.of(), file).id();
  }

  /** Forgets an image; {@link #gc} frees what only it needed. */
  public void remove(String name) {
    StoredImage image = require(name);
    store.remove(image.id());
  }

  /** Deletes what nothing uses. */
  public Collection<ObjectId> gc(boolean all) {
    return store.gc(all);
  }

  static String hash(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
