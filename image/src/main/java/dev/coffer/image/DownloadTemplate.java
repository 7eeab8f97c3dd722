package dev.coffer.image;

import dev.coffer.image.server.ImageQuery;
import dev.coffer.image.server.ImageServer;
import dev.coffer.image.server.Meter;
import dev.coffer.image.server.RemoteImage;
import dev.coffer.image.server.StoredImage;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The template {@code download}, with the options of lxc-download. */
final class DownloadTemplate implements ImageTemplate {
  private static final Map<String, String> VALUED =
      Map.ofEntries(
          Map.entry("-d", "dist"),
          Map.entry("--dist", "dist"),
          Map.entry("-r", "release"),
          Map.entry("--release", "release"),
          Map.entry("-a", "arch"),
          Map.entry("--arch", "arch"),
          Map.entry("--variant", "variant"),
          Map.entry("--server", "server"),
          Map.entry("--keyid", "ignored"),
          Map.entry("--keyserver", "ignored"));
  private static final Map<String, String> FLAGS =
      Map.of(
          "-l", "list",
          "--list", "list",
          "--flush-cache", "flush",
          "--force-cache", "cached",
          "--no-validate", "ignored");

  @Override
  public StoredImage obtain(CreateRequest request, Images images, CommandRunner runner, Meter meter)
      throws IOException {
    TemplateOptions options = TemplateOptions.parse("download", request.arguments(), VALUED, FLAGS);
    if (options.has("list")) {
      throw new CofferException(
          "--list makes no container", List.of("hint  coffer image list SERVER: lists the images"));
    }
    ImageQuery query = query(options, images);
    String server = options.value("server").orElse(ImageServer.USUAL);
    String name = Images.cachedName(server, query);
    if (options.has("flush")) {
      images.store().removeName(name);
    }
    if (options.has("cached")) {
      return images
          .find(name)
          .orElseThrow(() ->
              new CofferException(
                  "There is no image " + name + " in the cache",
                  List.of("hint  leave --force-cache out")));
    }
    return images.pullFor(server, query, meter);
  }

  private static ImageQuery query(TemplateOptions options, Images images) {
    String variant = options.value("variant").orElse(ImageQuery.USUAL_VARIANT);
    if (!options.has("dist") || !options.has("release")) {
      throw new CofferException(
          "The download template needs to know what to fetch",
          List.of(
              "hint  -- --dist debian --release bookworm [--arch amd64]; coffer image list"
                  + " images: tells what there is"));
    }
    return new ImageQuery(
        options.value("dist").orElseThrow(),
        options.value("release").orElseThrow(),
        options.value("arch").map(RemoteImage::architecture).orElse(images.architecture()),
        variant);
  }
}
