package dev.coffer.image.server;

import dev.coffer.image.server.RemoteImage.Part;
import dev.coffer.image.server.RemoteImage.Role;
import dev.coffer.image.store.ObjectId;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The index that lxc-download(1) reads: lines {@code dist;release;arch;variant;build;path}. It has
 * no hashes; {@code SHA256SUMS} beside the files does, where the server has it.
 */
final class ClassicIndex {
  private static final int FIELDS = 6;

  private ClassicIndex() {}

  static List<RemoteImage> parse(URI base, String text) {
    List<RemoteImage> images = new ArrayList<>();
    text.lines()
        .forEach(line -> {
          String[] fields = line.split(";");
          if (fields.length == FIELDS && isPath(fields[5])) {
            images.add(image(base, fields));
          }
        });
    return images;
  }

  private static RemoteImage image(URI base, String[] fields) {
    String place = base + (fields[5].startsWith("/") ? "" : "/") + fields[5];
    String folder = place.endsWith("/") ? place : place + "/";
    return new RemoteImage(
        fields[0],
        fields[1],
        fields[2],
        fields[3],
        fields[4],
        List.of(),
        List.of(
            part(folder, "meta.tar.xz", Role.LXC_METADATA),
            part(folder, "rootfs.tar.xz", Role.ROOT_TAR)),
        Optional.empty());
  }

  private static Part part(String folder, String name, Role role) {
    return new Part(role, URI.create(folder + name), OptionalLong.empty(), Optional.empty());
  }

  private static boolean isPath(String path) {
    return !path.contains("..") && path.matches("[A-Za-z0-9_./:%+~@-]+");
  }

  /** The hash of a file by the text of a SHA256SUMS. */
  static Optional<String> hash(String sums, String name) {
    return sums.lines()
        .map(line -> line.split("\\s+\\*?", 2))
        .filter(words -> words.length == 2 && words[1].equals(name))
        .map(words -> words[0])
        .filter(ObjectId::isSha256)
        .findFirst();
  }
}
