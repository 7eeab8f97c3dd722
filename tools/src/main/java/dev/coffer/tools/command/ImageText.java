package dev.coffer.tools.command;

import dev.coffer.image.Images;
import dev.coffer.image.Images.Named;
import dev.coffer.image.server.RemoteImage;
import dev.coffer.image.server.StoredImage;
import dev.coffer.image.store.StoredObject;
import dev.coffer.model.CofferException;
import dev.coffer.tools.text.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What is printed about images. */
final class ImageText {
  private static final int SHORT = 12;
  private static final int LABEL_WIDTH = 16;

  private ImageText() {}

  static String list(Images images, List<Named> all) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NAME", "FORMAT", "SIZE", "SHA256"));
    for (Named one : all) {
      rows.add(
          List.of(
              clean(one.name()),
              format(one),
              ImageTool.size(size(images, one.image())),
              one.image().id().sha256().substring(0, SHORT)));
    }
    return NetworkText.table(rows);
  }

  static String remote(List<RemoteImage> all) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("DIST", "RELEASE", "ARCH", "VARIANT", "BUILD"));
    for (RemoteImage one : all) {
      rows.add(
          List.of(
              clean(one.distribution()),
              clean(one.release()),
              clean(one.architecture()),
              clean(one.variant()),
              clean(one.build())));
    }
    return NetworkText.table(rows);
  }

  static String jsonRemote(List<RemoteImage> all) {
    Json json = new Json().array();
    for (RemoteImage one : all) {
      json.object().member("name", one.name()).member("build", one.build());
      json.member("aliases", one.aliases()).endObject();
    }
    return json.endArray().text();
  }

  static String json(Images images, List<Named> all) {
    Json json = new Json().array();
    for (Named one : all) {
      object(json, images, one);
    }
    return json.endArray().text();
  }

  static String json(Images images, Named one) {
    Json json = new Json();
    object(json, images, one);
    return json.text();
  }

  private static void object(Json json, Images images, Named one) {
    json.object()
        .member("name", one.name())
        .member("format", format(one))
        .member("sha256", one.image().id().sha256())
        .member("size", size(images, one.image()))
        .member("made", one.description().made().toString());
    json.name("properties").object();
    new TreeMap<>(one.image().properties()).forEach(json::member);
    json.endObject().endObject();
  }

  static String info(Images images, Named one) {
    StringBuilder out = new StringBuilder();
    line(out, "Name", clean(one.name()));
    line(out, "Format", format(one));
    line(out, "SHA256", one.image().id().sha256());
    line(out, "Size", ImageTool.size(size(images, one.image())));
    line(out, "Made", one.description().made().toString());
    new TreeMap<>(one.image().properties())
        .forEach((key, value) -> line(out, clean(key), clean(value)));
    images.store().users(one.image().id()).forEach(user -> line(out, "Used by", user.toString()));
    return out.toString();
  }

  private static void line(StringBuilder out, String label, String value) {
    out.append(label).append(':').repeat(' ', Math.max(1, LABEL_WIDTH - label.length() - 1));
    out.append(value).append('\n');
  }

  private static String format(Named one) {
    return one.image().format().name().toLowerCase(Locale.ROOT);
  }

  /** Of its files together; those that are broken or gone count nothing. */
  private static long size(Images images, StoredImage image) {
    long size = 0;
    for (var id : Stream.concat(image.metadata().stream(), Stream.of(image.root())).toList()) {
      try {
        size += images.store().find(id).map(StoredObject::size).orElse(0L);
      } catch (CofferException e) {
        // list says so of the object itself
      }
    }
    return size;
  }

  /** What a server says must not steer the terminal. */
  private static String clean(String text) {
    return text.isEmpty() ? "-" : text.replaceAll("\\p{Cntrl}", "?");
  }
}
