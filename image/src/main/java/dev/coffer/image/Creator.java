package dev.coffer.image;

import dev.coffer.image.Templates.Template;
import dev.coffer.image.oci.OciImage;
import dev.coffer.image.server.Meter;
import dev.coffer.image.server.StoredImage;
import dev.coffer.linux.DirectoryTree;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.HostMount;
import dev.coffer.linux.RootFiles;
import dev.coffer.model.CofferException;
import dev.coffer.storage.BtrfsStore;
import dev.coffer.storage.DirectoryStore;
import dev.coffer.storage.OpenStore;
import dev.coffer.storage.OverlayStore;
import dev.coffer.storage.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/**
 * Makes containers on disk, lxc-create(1). A failure, an interrupt of the thread included, leaves
 * nothing behind; what a killed engine leaves is deleted by the next creation or start of that
 * name.
 */
public final class Creator {
  private static final String DIRECTORY_MODE = "rwxrwx---";

  private final BuiltInImage builtIn;

  public Creator(BuiltInImage builtIn) {
    this.builtIn = builtIn;
  }

  /**
   * Makes the container.
   *
   * @param runner runs a template that is a program
   * @param check looks at the finished configuration file, and throws if it cannot be used
   */
  public void create(CreateRequest request, CommandRunner runner, Consumer<Path> check) {
    create(request, runner, check, Meter.NONE);
  }

  /**
   * As above.
   *
   * @param meter told how fetching and unpacking proceed
   */
  public void create(
      CreateRequest request, CommandRunner runner, Consumer<Path> check, Meter meter) {
    Template template = Templates.of(request.environment()).find(request.template());
    discardAbandoned(request.directory());
    Undo undo = new Undo();
    try {
      make(request, template, runner, check, undo, meter);
    } catch (RuntimeException | IOException e) {
      undo.run(e);
      throw e instanceof CofferException | e instanceof CancellationException
          ? (RuntimeException) e
          : failure(request, e);
    }
  }

  /**
   * Deletes what a killed creation left in the container's directory; nothing happens if there is
   * none.
   *
   * @throws CofferException if that creation is still at work
   */
  public static void discardAbandoned(Path directory) {
    Partial.takeOver(directory).ifPresent(abandoned -> discard(directory, abandoned));
  }

  private static void discard(Path directory, Partial abandoned) {
    try (abandoned) {
      abandoned.mounts().forEach(HostMount::remove);
      abandoned.noted().forEach(DirectoryTree::remove);
      abandoned.stores().forEach(Store::remove);
      DirectoryTree.clear(directory, Set.of(Partial.NAME));
      abandoned.remove();
      Undo.removeIfEmpty(directory);
    } catch (IOException e) {
      throw new CofferException(
          "Cannot delete what an interrupted creation left in \"" + directory + "\"",
          List.of("cause  " + Failures.describe(e)));
    }
  }

  private void make(
      CreateRequest request,
      Template template,
      CommandRunner runner,
      Consumer<Path> check,
      Undo undo,
      Meter meter)
      throws IOException {
    boolean fresh = createDirectory(request, undo);
    Partial partial = Partial.create(request.directory());
    undo.add(partial::close);
    undo.add(partial::remove);
    if (fresh) {
      // From here on the directory is ours: whatever a template put there goes with it.
      undo.clearing(request.directory(), Set.of(Partial.NAME));
    }
    fill(request, template, runner, partial, undo, meter);
    check.accept(request.directory().resolve("config"));
    requireNoInterrupt();
    partial.remove();
    partial.close();
  }

  private void fill(
      CreateRequest request,
      Template template,
      CommandRunner runner,
      Partial partial,
      Undo undo,
      Meter meter)
      throws IOException {
    if (template instanceof Template.Oci) {
      fillOci(request, partial, undo, meter);
      return;
    }
    Path file = request.directory().resolve("config");
    NewConfig config = new NewConfig(file);
    boolean hasRoot = !(template instanceof Template.None);
    config.create(hasRoot ? request.withRoot() : request.config());
    undo.add(() -> Files.deleteIfExists(file));
    Optional<OpenStore> open =
        hasRoot ? Optional.of(createRoot(request, partial, undo)) : Optional.empty();
    Optional<MappedFiles> mapped =
        request.mappedRoot().map(root -> new MappedFiles(root, runner)).filter(_ -> hasRoot);
    mapped.ifPresent(files -> undo.add(() -> files.empty(request.rootfs())));
    switch (template) {
      case Template.None _, Template.Oci _ -> {}
      case Template.BuiltIn _ -> {
        fillBuiltIn(request, config);
        mapped.ifPresent(files -> files.giveAll(request.rootfs(), request.directory()));
      }
      case Template.Image(ImageTemplate source) -> {
        Images images = Images.of(request.environment());
        StoredImage image = source.obtain(request, images, runner, meter);
        mapped.ifPresent(files -> files.give(request.rootfs(), request.directory()));
        new ImageRoot(images.store(), runner, meter).fill(image, request, config);
      }
      case Template.Executable(Path path) -> {
        mapped.ifPresent(files -> files.give(request.rootfs(), request.directory()));
        runTemplate(request, path, runner);
        config.replace(TemplateHeader.of(path.toString(), request.arguments()) + config.read());
      }
    }
    open.ifPresent(OpenStore::close);
    if (hasRoot && request.store() instanceof OverlayStore overlay) {
      mapped.ifPresent(files -> {
        files.give(overlay.upper(), request.directory());
        files.give(overlay.work(), request.directory());
      });
    }
  }

  private static void fillOci(CreateRequest plain, Partial partial, Undo undo, Meter meter)
      throws IOException {
    OciTemplate template = new OciTemplate(Images.of(plain.environment()).store(), plain);
    OciImage image = template.obtain(meter);
    List<Path> layers = template.layers(image);
    CreateRequest request = plain.over(layers);
    Path file = request.directory().resolve("config");
    String text =
        TemplateHeader.of("oci, built in", List.of("--url", image.reference()))
            + request.withRoot()
            + String.join("\n", new OciConfig(image, layers).lines(request.name()))
            + "\n";
    template.use(image);
    undo.add(() -> Images.of(plain.environment()).store().release(plain.directory()));
    new NewConfig(file).create(text);
    undo.add(() -> Files.deleteIfExists(file));
    OverlayStore store = (OverlayStore) request.store();
    partial.note(store);
    undo.add(store::remove);
    store.create(request.storage().format());
    RootFiles.likeDirectory(layers.getFirst(), store.upper());
  }

  private void fillBuiltIn(CreateRequest request, NewConfig config) throws IOException {
    BuiltInArguments arguments = BuiltInArguments.parse(request.arguments());
    Owner owner = request.mappedRoot().map(MappedRoot::maker).orElse(Owner.CALLER);
    builtIn.create(request.rootfs(), request.name(), owner, arguments.busyBox());
    List<String> lines = new ArrayList<>(List.of("lxc.uts.name = " + request.name()));
    lines.addAll(BuiltInImage.configLines());
    String text =
        TemplateHeader.of("busybox, built in", request.arguments())
            + config.read()
            + String.join("\n", lines)
            + "\n";
    config.replace(text);
  }

  private static void runTemplate(CreateRequest request, Path template, CommandRunner runner) {
    List<String> argv = new ArrayList<>();
    argv.add(template.toString());
    argv.add("--path=" + request.directory());
    argv.add("--name=" + request.name());
    argv.add("--rootfs=" + request.rootfs());
    request
        .mappedRoot()
        .ifPresent(root -> {
          argv.addAll(List.of("--mapped-uid", String.valueOf(root.caller().uid())));
          argv.addAll(List.of("--mapped-gid", String.valueOf(root.caller().gid())));
        });
    argv.addAll(request.arguments());
    int status =
        runner.run(argv, request.environment(), request.cwd(), request.mappedRoot().isPresent());
    requireNoInterrupt();
    if (status != 0) {
      throw new CofferException(
          "Failed to create container from template",
          List.of("cause  \"" + template + "\" ended with status " + status));
    }
  }

  /** Whether the directory is new. */
  private static boolean createDirectory(CreateRequest request, Undo undo) throws IOException {
    Path directory = request.directory();
    undo.createDirectories(request.lxcPath());
    Ownership.requireNoForeignLink(directory);
    if (Files.exists(directory.resolve("config"), LinkOption.NOFOLLOW_LINKS)) {
      throw new CofferException(
          "Container already exists",
          List.of("hint  its configuration is " + directory + "/config"));
    }
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    undo.createDirectory(directory, DIRECTORY_MODE);
    return true;
  }

  private static OpenStore createRoot(CreateRequest request, Partial partial, Undo undo)
      throws IOException {
    Path own = request.directory().resolve("rootfs");
    Store store = request.store();
    if (store instanceof BtrfsStore) {
      Undo.removeIfEmpty(own);
    } else if (!Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)) {
      undo.createDirectory(own, "rwxr-xr-x");
      undo.clearing(own, Set.of());
    }
    if (store instanceof DirectoryStore) {
      Path root = request.rootfs();
      if (!Files.isDirectory(root)) {
        partial.note(firstMissing(root));
        undo.createDirectories(root);
        undo.clearing(root, Set.of());
      }
      return store.open(root);
    }
    partial.note(store);
    undo.add(store::remove);
    store.create(request.storage().format());
    if (store instanceof OverlayStore) { // what is made first goes below
      return new DirectoryStore(own).open(own);
    }
    OpenStore open = store.open(own);
    if (open.mounted()) {
      partial.noteMount(own);
      undo.add(open::close);
    }
    HostFiles.chmod(open.root(), 0755);
    return open;
  }

  private static Path firstMissing(Path path) {
    Path missing = path;
    while (!Files.exists(missing.getParent())) {
      missing = missing.getParent();
    }
    return missing;
  }

  private static void requireNoInterrupt() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted");
    }
  }

  private static CofferException failure(CreateRequest request, Exception e) {
    CofferException failure =
        new CofferException("Failed to create container " + request.name(), details(e));
    failure.initCause(e);
    return failure;
  }

  private static List<String> details(Exception e) {
    return e instanceof IOException io ? Failures.details(io) : List.of("cause  " + e.getMessage());
  }
}
