package dev.coffer.image;

import java.nio.file.Path;

/**
 * The words of LXC's images that stand for a container's own names and places.
 *
 * @param ofLxc whether the image is of LXC's making; others get their name in {@code /etc/hostname}
 */
record TemplateWords(String name, Path directory, Path rootfs, boolean ofLxc) {
  static final Path SHARED = Path.of("/usr/share/lxc/config");

  private static final String HOOKS = "/usr/share/lxc/hooks";

  /** What a file of the image becomes. */
  String fill(String path, String text) {
    return !ofLxc && path.equals("etc/hostname") ? name + "\n" : substitute(text);
  }

  String substitute(String text) {
    return text.replace("LXC_TEMPLATE_CONFIG", SHARED.toString())
        .replace("LXC_HOOK_DIR", HOOKS)
        .replace("LXC_ROOTFS", rootfs.toString())
        .replace("LXC_NAME", name)
        .replace("LXC_PATH", directory.toString());
  }
}
