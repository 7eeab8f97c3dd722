package dev.coffer.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Mount options of the root.
 *
 * @param text as written
 * @param options without idmap
 * @param idmap {@code container}, a path to a user namespace, or empty
 */
record RootfsOptions(String text, List<String> options, String idmap) {
  private static final List<String> ONLY_FOR_ENTRIES =
      List.of("create=dir", "create=file", "optional", "relative");

  static RootfsOptions parse(String text) throws BadValueException {
    List<String> options = new ArrayList<>();
    String idmap = "";
    for (String option : text.split(",")) {
      if (ONLY_FOR_ENTRIES.contains(option)) {
        throw new BadValueException(
            "Invalid LXC specific mount option for rootfs mount: \"" + option + "\"",
            "it belongs into lxc.mount.entry");
      }
      if (option.startsWith("idmap=")) {
        idmap = idmap(option.substring("idmap=".length()));
      } else if (!option.isEmpty()) {
        options.add(option);
      }
    }
    return new RootfsOptions(text, List.copyOf(options), idmap);
  }

  static String idmap(String value) throws BadValueException {
    if (!value.equals("container") && !value.startsWith("/")) {
      throw new BadValueException(
          "\"idmap=" + value + "\" names no user namespace",
          "write idmap=container or idmap=/proc/PID/ns/user");
    }
    return value;
  }
}
