package dev.coffer.image;

import dev.coffer.image.server.Meter;
import dev.coffer.image.server.StoredImage;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The template {@code local}: an image in files, with the options of lxc-local. */
final class LocalTemplate implements ImageTemplate {
  private static final Map<String, String> VALUED =
      Map.of("-m", "metadata", "--metadata", "metadata", "-f", "fstree", "--fstree", "fstree");
  private static final Map<String, String> FLAGS = Map.of("--no-dev", "ignored");

  @Override
  public StoredImage obtain(CreateRequest request, Images images, CommandRunner runner, Meter meter)
      throws IOException {
    TemplateOptions options = TemplateOptions.parse("local", request.arguments(), VALUED, FLAGS);
    Optional<Path> metadata = options.value("metadata").map(request.cwd()::resolve);
    Path root =
        options
            .value("fstree")
            .map(request.cwd()::resolve)
            .orElseThrow(() ->
                new CofferException(
                    "The local template needs the root file system's archive",
                    List.of("hint  -- --fstree rootfs.tar.xz [--metadata meta.tar.xz]")));
    return images.importFiles(metadata, root, meter);
  }
}
