package dev.coffer.image;

import dev.coffer.model.CofferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where templates are looked for.
 *
 * @param directory holds {@code lxc-NAME}
 */
record Templates(Path directory) {
  /** Instead of the default directory. */
  static final String VARIABLE = "LXC_TEMPLATE_PATH";

  private static final Path DEFAULT = Path.of("/usr/share/lxc/templates");

  static Templates of(Map<String, String> environment) {
    String chosen = environment.getOrDefault(VARIABLE, "");
    return new Templates(chosen.isEmpty() ? DEFAULT : Path.of(chosen));
  }

  /** What {@code -t NAME} stands for. */
  Template find(String name) {
    return switch (name) {
      case "none" -> new Template.None();
      case "busybox" -> isChosen(name) ? executable(name) : new Template.BuiltIn();
      case "download" ->
          isChosen(name) ? executable(name) : new Template.Image(new DownloadTemplate());
      case "local" -> isChosen(name) ? executable(name) : new Template.Image(new LocalTemplate());
      case "debian" -> isChosen(name) ? executable(name) : new Template.Image(new DebianTemplate());
      case "oci" -> isChosen(name) ? executable(name) : new Template.Oci();
      default -> executable(name);
    };
  }

  /** A template of the user's own directory goes before the one that is built in. */
  private boolean isChosen(String name) {
    return !directory.equals(DEFAULT) && Files.isExecutable(file(name));
  }

  private Template executable(String name) {
    Path path = file(name);
    if (Files.isRegularFile(path) && Files.isExecutable(path)) {
      return new Template.Executable(path);
    }
    String remedy =
        name.startsWith("/")
            ? "the path must name an executable file"
            : "built in are busybox, debian, download, local, oci and none; others are looked for in "
                + directory;
    throw new CofferException("Template \"" + name + "\" not found", List.of("hint  " + remedy));
  }

  private Path file(String name) {
    return name.startsWith("/") ? Path.of(name) : directory.resolve("lxc-" + name);
  }

  /** What fills a root file system. */
  sealed interface Template {
    /** Configuration only. */
    record None() implements Template {}

    /** {@link BuiltInImage}. */
    record BuiltIn() implements Template {}

    /** An image that is fetched or made first, and unpacked. */
    record Image(ImageTemplate source) implements Template {}

    /** An OCI image, whose layers are shared; {@link OciTemplate}. */
    record Oci() implements Template {}

    /** A program of LXC's calling convention. */
    record Executable(Path path) implements Template {}
  }
}
