package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.image.Images;
import dev.coffer.image.Images.Named;
import dev.coffer.image.Publishing;
import dev.coffer.image.Publishing.Shape;
import dev.coffer.image.archive.Compression;
import dev.coffer.image.oci.ImageReference;
import dev.coffer.image.oci.OciPull;
import dev.coffer.image.server.StoredImage;
import dev.coffer.image.server.TerminalMeter;
import dev.coffer.image.store.ObjectId;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.ContainerState;
import dev.coffer.model.IdMap;
import dev.coffer.model.Sourced;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.CommonOptions;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** {@code coffer image}: what containers are made of. */
public final class ImageTool implements Tool {
  static final String ARGUMENTS =
      "list [SERVER:] | pull [SERVER:]IMAGE | info IMAGE | import FILE [NAME] | publish CONTAINER"
          + " [NAME] | export IMAGE FILE | remove IMAGE | gc";

  private static final Option METADATA =
      Option.value("metadata", "FILE", "import: an archive with the image's metadata.").ours();
  private static final Option COMPRESSION =
      Option.value("compression", "TYPE", "publish: zst (default), xz, gz or none.").ours();
  private static final Option TYPE =
      Option.value(
              "type",
              "TYPE",
              "publish: lxd (default, one file), split, squashfs (both with separate metadata) or rootfs.")
          .ours();
  private static final Option ALL = Option.flag("all", "gc: also images that have a name.").ours();

  private static final CommandPage PAGE =
      new CommandPage(
          "coffer image",
          ARGUMENTS,
          "looks after the images that containers are made from",
          "list prints the images in the store; with images: those of images.linuxcontainers.org,"
              + " with https://HOST: those of another server (simplestreams, or LXC's index). pull"
              + " fetches one into the store: DISTRIBUTION/RELEASE[/ARCHITECTURE[/VARIANT]]. import"
              + " keeps an archive: of LXD (unified, or split with --metadata), or a root file"
              + " system. publish makes an image of a stopped container, export writes an image into"
              + " a file. remove forgets one, gc frees what nothing uses any more.\n\n"
              + "An image is named as list prints it, or by the first digits of its hash. Proxies are"
              + " taken from http_proxy, https_proxy and no_proxy; COFFER_CA_FILE names certificates"
              + " to believe instead of the system's.\n\n"
              + "--format json: list prints an array of objects with the members name, format,"
              + " sha256, size, made and properties, info one of them; list SERVER: has the members"
              + " name, build and aliases.",
          OptionTable.bare(
              CommonOptions.LXC_PATH, OutputFormat.OPTION, METADATA, COMPRESSION, TYPE, ALL),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean wantsName() {
    return false;
  }

  @Override
  public int run(Session session) {
    boolean json = OutputFormat.of(session) == OutputFormat.JSON;
    List<String> words = session.operands();
    String verb = words.isEmpty() ? "list" : words.getFirst();
    Images images = Images.of(session.invocation().environment());
    try {
      switch (verb) {
        case "list" -> list(session, images, json);
        case "pull" -> pull(session, images, word(words, 1, "which image?"));
        case "info" -> info(session, images, word(words, 1, "which image?"), json);
        case "import" -> importFile(session, images);
        case "publish" -> publish(session, images);
        case "export" -> export(session, images);
        case "remove" -> images.remove(word(words, 1, "which image?"));
        case "gc" -> gc(session, images);
        default -> throw new BadArgument("unknown command '" + verb + "'; use " + ARGUMENTS);
      }
    } catch (IOException e) {
      throw new CofferException("image " + verb + " failed", List.of("cause  " + e.getMessage()));
    }
    return Runner.OK;
  }

  private static void list(Session session, Images images, boolean json) {
    List<String> words = session.operands();
    if (words.size() > 1) {
      String server = words.get(1).replaceFirst(":$", "");
      var found = images.listed(server, Progress.of(session));
      session.out().print(json ? ImageText.jsonRemote(found) : ImageText.remote(found));
      return;
    }
    List<Named> stored =
        images.stored(problem -> session.log().error(problem.getMessage(), problem.details()));
    session.out().print(json ? ImageText.json(images, stored) : ImageText.list(images, stored));
  }

  private static void pull(Session session, Images images, String name) throws IOException {
    if (RunTool.isImage(name)) {
      ImageReference reference = ImageReference.parse(name, session.invocation().resolve("."));
      new OciPull(images.store(), session.invocation().environment(), Progress.of(session))
          .pull(reference, Optional.empty());
      session.out().print(reference.describe() + "\n");
      return;
    }
    String server = "images";
    String image = name;
    int colon = name.lastIndexOf(':');
    int slash = name.indexOf('/', name.indexOf("://") < 0 ? 0 : name.indexOf("://") + 3);
    if (name.startsWith("https://") || name.startsWith("http://")) {
      colon = name.indexOf(':', Math.max(slash, 0));
      if (colon < 0) {
        colon = name.lastIndexOf(':');
      }
    }
    if (colon > 0) {
      server = name.substring(0, colon);
      image = name.substring(colon + 1);
    }
    Named pulled = images.pull(server, image, Progress.of(session));
    session.out().print(pulled.name() + "\n");
  }

  private static void info(Session session, Images images, String name, boolean json) {
    StoredImage wanted = images.require(name);
    for (Named named : images.stored(_ -> {})) {
      if (named.image().id().equals(wanted.id())) {
        session.out().print(json ? ImageText.json(images, named) : ImageText.info(images, named));
        return;
      }
    }
  }

  private static void importFile(Session session, Images images) throws IOException {
    List<String> words = session.operands();
    Path file = session.invocation().resolve(word(words, 1, "which file?"));
    StoredImage image = images.importFiles(session.path(METADATA), file, Progress.of(session));
    named(session, images, image, words);
  }

  private static void named(Session session, Images images, StoredImage image, List<String> words) {
    if (words.size() > 2) {
      images.store().name(words.get(2), image.id());
    }
    String name = words.size() > 2 ? words.get(2) : image.id().sha256().substring(0, 12);
    session.out().print(name + "\n");
  }

  private static void publish(Session session, Images images) throws IOException {
    List<String> words = session.operands();
    Container container =
        session.coffer().container(word(words, 1, "which container?"), session.lxcPath());
    if (container.state() != ContainerState.STOPPED) {
      throw new CofferException(
          container.name() + " is running", List.of("hint  stop it first, so that its files rest"));
    }
    StoredImage image =
        new Publishing(images.store())
            .publish(source(container, images), shape(session), compression(session));
    named(session, images, image, words);
  }

  private static Publishing.Source source(Container container, Images images) throws IOException {
    if (!container.isDefined()) {
      throw new CofferException(container.name() + " does not exist");
    }
    ContainerSpec spec = container.config().spec(container.name(), container.lxcPath());
    Optional<Path> root =
        spec.rootfs().path().map(Sourced::value).map(Path::of).filter(Files::isDirectory);
    if (root.isEmpty() || !spec.rootfs().type().equals("dir")) {
      throw new CofferException(
          "the root file system of " + container.name() + " is not a plain directory",
          List.of("hint  only those can be published yet"));
    }
    // with an idmapped mount the files on disk have the container's own ids
    List<IdMap> maps =
        spec.rootfs().idmap().isEmpty()
            ? spec.privileges().idMaps().stream().map(Sourced::value).toList()
            : List.of();
    Path config = container.lxcPath().resolve(container.name()).resolve("config");
    return new Publishing.Source(
        container.name(),
        root.get(),
        images.architecture(),
        Files.getLastModifiedTime(config).toInstant().getEpochSecond(),
        maps);
  }

  private static Shape shape(Session session) {
    return switch (session.value(TYPE).orElse("lxd")) {
      case "lxd", "unified" -> Shape.UNIFIED;
      case "split" -> Shape.SPLIT;
      case "squashfs" -> Shape.SQUASHFS;
      case "rootfs" -> Shape.ROOTFS;
      default -> throw new BadArgument("--type: must be lxd, split, squashfs or rootfs");
    };
  }

  private static Compression compression(Session session) {
    return switch (session.value(COMPRESSION).orElse("zst")) {
      case "zst", "zstd" -> Compression.ZSTD;
      case "xz" -> Compression.XZ;
      case "gz", "gzip" -> Compression.GZIP;
      case "none" -> Compression.NONE;
      default -> throw new BadArgument("--compression: must be zst, xz, gz or none");
    };
  }

  private static void export(Session session, Images images) throws IOException {
    List<String> words = session.operands();
    Path target = session.invocation().resolve(word(words, 2, "into which file?"));
    for (Path file : new Publishing(images.store()).export(images.require(words.get(1)), target)) {
      session.out().print(file + "\n");
    }
  }

  private static void gc(Session session, Images images) {
    Collection<ObjectId> freed = images.gc(session.has(ALL));
    freed.forEach(id -> session.out().print("deleted " + id.describe() + "\n"));
  }

  private static String word(List<String> words, int index, String question) {
    if (words.size() <= index) {
      throw new BadArgument(question + " use " + ARGUMENTS);
    }
    return words.get(index);
  }

  /** For instance {@code 98.2 MiB}. */
  static String size(long bytes) {
    return TerminalMeter.size(bytes);
  }
}
