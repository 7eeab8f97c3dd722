package dev.coffer.image.oci;

import dev.coffer.image.archive.Compression;
import dev.coffer.image.archive.UnpackOptions;
import dev.coffer.image.archive.Unpacked;
import dev.coffer.image.archive.Unpacker;
import dev.coffer.image.json.JsonNode;
import dev.coffer.image.json.JsonText;
import dev.coffer.image.server.Meter;
import dev.coffer.image.server.StoredImage;
import dev.coffer.image.store.ImageStore;
import dev.coffer.image.store.ObjectId;
import dev.coffer.image.store.ObjectId.Kind;
import dev.coffer.image.store.StoredObject;
import dev.coffer.model.CofferException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings an image of the OCI or Docker form into the store: each layer once, unpacked, under the
 * hash of its content. Whatever a source sends is compared with the digest by which it was asked
 * for before it is used.
 */
public final class OciPull {
  private static final Set<String> INDEXES =
      Set.of(
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json");
  private static final String DIGEST = "digest";
  private static final int MOST_LAYERS = 200;
  private static final int LONGEST_CONFIG = 8 << 20;

  private final ImageStore store;
  private final Map<String, String> environment;
  private final Meter meter;

  /**
   * @param environment of the caller: proxies, certificates, where passwords are kept, {@link
   *     RegistrySource#INSECURE}
   */
  public OciPull(ImageStore store, Map<String, String> environment, Meter meter) {
    this.store = store;
    this.environment = Map.copyOf(environment);
    this.meter = meter;
  }

  /** One that was fetched before, under the reference; empty where there is none, or not all. */
  public Optional<OciImage> find(ImageReference reference) {
    return store
        .named(reference.describe())
        .flatMap(store::find)
        .flatMap(StoredImage::read)
        .filter(image -> image.format() == StoredImage.Format.OCI)
        .map(kept -> read(reference, kept))
        .filter(image -> image.layers().stream().allMatch(layer -> store.find(layer).isPresent()));
  }

  private OciImage read(ImageReference reference, StoredImage kept) {
    StoredObject description = store.find(kept.metadata().orElseThrow()).orElseThrow();
    try {
      byte[] text = Files.readAllBytes(description.content());
      JsonNode config = JsonText.parse(text, "the image's configuration");
      List<ObjectId> layers =
          diffIds(config).stream().map(hex -> new ObjectId(Kind.LAYER, hex)).toList();
      String digest = kept.properties().getOrDefault(DIGEST, "");
      return new OciImage(reference.describe(), digest, layers, config);
    } catch (IOException e) {
      throw new CofferException("cannot read " + description.content() + ": " + e.getMessage());
    }
  }

  /**
   * Fetches it, and gives it its reference as its name.
   *
   * @param account {@code NAME:PASSWORD} for its registry
   */
  public OciImage pull(ImageReference reference, Optional<String> account) throws IOException {
    try (OciSource source = source(reference, account)) {
      byte[] bytes = source.named();
      Optional<String> digest =
          reference instanceof ImageReference.Registry registry
              ? registry.digest()
              : Optional.empty();
      digest.ifPresent(wanted -> check(bytes, Descriptor.sha256(wanted), reference));
      return pull(reference, source, manifest(source, bytes, reference));
    }
  }

  private OciSource source(ImageReference reference, Optional<String> account) {
    return switch (reference) {
      case ImageReference.Registry registry ->
          new RegistrySource(registry, new Credentials(account, environment), environment);
      case ImageReference.Local local -> {
        if (local.form() != ImageReference.Form.LAYOUT_DIRECTORY) {
          throw new CofferException(
              "images in archives are not read yet",
              List.of("hint  skopeo copy " + local.describe() + " oci:DIRECTORY:NAME"));
        }
        yield new LayoutSource(local.path(), local.name());
      }
    };
  }

  /** A manifest, with its own digest. */
  private record Manifest(String sha256, JsonNode node) {}

  private Manifest manifest(OciSource source, byte[] bytes, ImageReference reference)
      throws IOException {
    JsonNode node = JsonText.parse(bytes, "the manifest of " + reference.describe());
    boolean index =
        node.member("mediaType").text().filter(INDEXES::contains).isPresent()
            || !node.member("manifests").elements().isEmpty();
    if (!index) {
      return new Manifest(sha256(bytes), node);
    }
    Descriptor fitting = fitting(node, reference);
    byte[] chosen = source.manifest(fitting);
    check(chosen, fitting.sha256(), reference);
    JsonNode manifest = JsonText.parse(chosen, "the manifest of " + reference.describe());
    if (!manifest.member("manifests").elements().isEmpty()) {
      throw new CofferException("the index of " + reference.describe() + " leads to another index");
    }
    return new Manifest(fitting.sha256(), manifest);
  }

  private static Descriptor fitting(JsonNode index, ImageReference reference) {
    List<String> others = new ArrayList<>();
    for (JsonNode each : index.member("manifests").elements()) {
      JsonNode platform = each.member("platform");
      String system = platform.member("os").text().orElse("linux");
      String processor = platform.member("architecture").text().orElse(architecture());
      if (system.equals("linux") && processor.equals(architecture())) {
        return Descriptor.of(each);
      }
      others.add(system + "/" + processor);
    }
    throw new CofferException(
        reference.describe() + " has no image for linux/" + architecture(),
        List.of("hint  it is for " + String.join(", ", others)));
  }

  /** As Go calls it. */
  private static String architecture() {
    String here = System.getProperty("os.arch");
    return here.equals("aarch64") ? "arm64" : here;
  }

  private OciImage pull(ImageReference reference, OciSource source, Manifest manifest)
      throws IOException {
    Descriptor described = Descriptor.of(manifest.node().member("config"));
    if (described.size() > LONGEST_CONFIG) {
      throw new CofferException("the image's configuration is too long");
    }
    byte[] bytes;
    try (InputStream in = source.blob(described)) {
      bytes = in.readNBytes((int) described.size() + 1);
    }
    check(bytes, described.sha256(), reference);
    JsonNode config = JsonText.parse(bytes, "the configuration of " + reference.describe());
    List<Descriptor> layers =
        manifest.node().member("layers").elements().stream().map(Descriptor::of).toList();
    List<String> diffIds = diffIds(config);
    if (layers.size() != diffIds.size() || layers.isEmpty() || layers.size() > MOST_LAYERS) {
      throw new CofferException(
          reference.describe() + " is no image of a root file system",
          List.of("cause  it has " + layers.size() + " layers, and hashes of " + diffIds.size()));
    }
    List<ObjectId> stored = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      stored.add(layer(source, layers.get(i), diffIds.get(i), i + 1 + " of " + layers.size()));
    }
    StoredObject kept =
        store.addFile(
            Kind.METADATA,
            Optional.of(described.sha256()),
            Map.of(),
            new ByteArrayInputStream(bytes));
    String digest = "sha256:" + manifest.sha256();
    StoredImage image =
        StoredImage.add(
            store,
            StoredImage.Format.OCI,
            Optional.of(kept.id()),
            stored.getLast(),
            Map.of(DIGEST, digest, "reference", reference.describe()),
            stored);
    store.name(reference.describe(), image.id());
    return new OciImage(reference.describe(), digest, stored, config);
  }

  private static List<String> diffIds(JsonNode config) {
    return config.member("rootfs").member("diff_ids").texts().stream()
        .map(Descriptor::sha256)
        .toList();
  }

  private ObjectId layer(OciSource source, Descriptor layer, String diffId, String which)
      throws IOException {
    ObjectId id = new ObjectId(Kind.LAYER, diffId);
    if (store.find(id).isPresent()) {
      return id;
    }
    meter.say("Fetching layer " + which);
    store.addTree(
        id, Map.of("blob", layer.digest()), directory -> unpack(source, layer, diffId, directory));
    return id;
  }

  private static long unpack(OciSource source, Descriptor layer, String diffId, Path directory)
      throws IOException {
    MessageDigest sent = digest();
    MessageDigest content = digest();
    try (InputStream in = new DigestInputStream(source.blob(layer), sent);
        InputStream plain = new DigestInputStream(Compression.decompress(in), content)) {
      Unpacked unpacked =
          Unpacker.unpack(plain, directory, UnpackOptions.USUAL.withRule(new LayerRule()));
      require(HexFormat.of().formatHex(content.digest()), diffId, "a layer's content");
      require(HexFormat.of().formatHex(sent.digest()), layer.sha256(), "a layer");
      return unpacked.bytes();
    }
  }

  private static void check(byte[] bytes, String wanted, ImageReference reference) {
    require(sha256(bytes), wanted, "the description of " + reference.describe());
  }

  private static void require(String found, String wanted, String what) {
    if (!found.equals(wanted)) {
      throw new CofferException(
          what + " is not what was asked for",
          List.of(
              "expected  sha256:" + wanted,
              "found  sha256:" + found,
              "hint  the source or the connection damaged it; nothing of it is kept"));
    }
  }

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
