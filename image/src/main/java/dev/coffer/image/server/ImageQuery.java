package dev.coffer.image.server;

import dev.coffer.model.CofferException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which image is wanted; empty texts match all.
 *
 * @param variant {@code default} unless something else is asked for
 */
public record ImageQuery(String distribution, String release, String architecture, String variant) {
  public static final String USUAL_VARIANT = "default";

  /** Reads {@code debian/bookworm[/amd64[/cloud]]} or {@code debian/bookworm[/cloud]}. */
  public static ImageQuery parse(String name, String hostArchitecture, List<RemoteImage> images) {
    String[] words = name.split("/");
    if (words.length < 1 || words.length > 4) {
      throw new CofferException(
          "\"" + name + "\" names no image",
          List.of("hint  images are called DISTRIBUTION/RELEASE[/ARCHITECTURE[/VARIANT]]"));
    }
    String release = words.length > 1 ? words[1] : "";
    String third = words.length > 2 ? RemoteImage.architecture(words[2]) : hostArchitecture;
    boolean isArchitecture = images.stream().anyMatch(image -> image.architecture().equals(third));
    String variant = USUAL_VARIANT;
    if (words.length == 4) {
      variant = words[3];
    } else if (words.length == 3 && !isArchitecture) {
      return new ImageQuery(words[0], release, hostArchitecture, words[2]);
    }
    return new ImageQuery(words[0], release, third, variant);
  }

  public boolean matches(RemoteImage image) {
    return is(distribution, image.distribution())
        && (is(release, image.release())
            || image.aliases().stream()
                .anyMatch(alias -> alias.equals(distribution + "/" + release)))
        && is(architecture, image.architecture())
        && is(variant, image.variant());
  }

  /**
   * The newest that matches.
   *
   * @throws CofferException if none does, naming what there is
   */
  public RemoteImage choose(List<RemoteImage> images) {
    Optional<RemoteImage> found =
        images.stream().filter(this::matches).max(Comparator.comparing(RemoteImage::build));
    return found.orElseThrow(() ->
        new CofferException(
            "the server has no image " + describe(), List.of("hint  " + alternatives(images))));
  }

  private String alternatives(List<RemoteImage> images) {
    List<String> near =
        images.stream()
            .filter(image -> is(distribution, image.distribution()))
            .map(RemoteImage::name)
            .distinct()
            .limit(8)
            .toList();
    return near.isEmpty()
        ? "it has "
            + String.join(
                ", ", images.stream().map(RemoteImage::distribution).distinct().limit(20).toList())
        : "it has " + String.join(", ", near);
  }

  private String describe() {
    return String.join("/", List.of(distribution, release, architecture, variant));
  }

  private static boolean is(String wanted, String found) {
    return wanted.isEmpty() || wanted.equals(found);
  }
}
