package dev.coffer.tools.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** What {@code lxc-copy -m} asks for, as lines of configuration. */
final class EphemeralMounts {
  private EphemeralMounts() {}

  /**
   * @param wishes {@code TYPE=SRC[:DST][:ro|:rw]}, joined by commas
   * @param directory the copy's: it gets what an overlay changes
   */
  static List<String> lines(String wishes, Path directory) {
    List<String> lines = new ArrayList<>();
    for (String wish : wishes.split(",")) {
      int equals = wish.indexOf('=');
      String type = equals < 0 ? "" : wish.substring(0, equals);
      List<String> parts = new ArrayList<>(List.of(wish.substring(equals + 1).split(":")));
      boolean readOnly = parts.getLast().equals("ro");
      if (parts.size() > 1 && (readOnly || parts.getLast().equals("rw"))) {
        parts.removeLast();
      }
      if (parts.size() > 2 || !parts.getFirst().startsWith("/")) {
        throw new BadArgument("-m " + wish + ": must be TYPE=SRC[:DST][:ro|:rw]");
      }
      String source = parts.getFirst();
      String target = parts.getLast().replaceFirst("^/+", "");
      lines.add(
          "lxc.mount.entry = "
              + source
              + " "
              + target
              + switch (type) {
                case "bind" -> " none bind,optional," + (readOnly ? "ro," : "rw,") + "create=dir";
                case "overlay", "overlayfs" -> overlay(source, directory);
                default -> throw new BadArgument("-m " + wish + ": TYPE is bind or overlay");
              }
              + " 0 0");
    }
    return lines;
  }

  private static String overlay(String source, Path directory) {
    String id = "%06x".formatted(ThreadLocalRandom.current().nextInt(1 << 24));
    return " overlay lowerdir=%s,upperdir=%s/delta#%s,workdir=%s/work#%s,create=dir"
        .formatted(source, directory, id, directory, id);
  }
}
