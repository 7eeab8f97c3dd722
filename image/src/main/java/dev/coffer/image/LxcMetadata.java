package dev.coffer.image;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an image of LXC's says about its containers: configuration lines, and files in which words
 * such as LXC_NAME are replaced. Whoever makes images must not decide what the host does: of the
 * configuration only keys are taken that concern the container's own inside.
 */
final class LxcMetadata {
  /** The members of the archive that mean something here; level 7 is what LXC 5 prefers. */
  static final Set<String> FILES =
      Set.of(
          "config",
          "config.7",
          "config-user",
          "config-user.7",
          "excludes",
          "excludes.7",
          "excludes-user",
          "excludes-user.7",
          "templates",
          "templates.7",
          "create-message",
          "create-message.7",
          "expiry");

  private static final Set<String> ALLOWED =
      Set.of(
          "lxc.arch",
          "lxc.signal.halt",
          "lxc.signal.reboot",
          "lxc.signal.stop",
          "lxc.haltsignal",
          "lxc.rebootsignal",
          "lxc.stopsignal",
          "lxc.init.cmd",
          "lxc.init_cmd",
          "lxc.tty.max",
          "lxc.tty",
          "lxc.pty.max",
          "lxc.pts",
          "lxc.tty.dir",
          "lxc.devttydir",
          "lxc.environment");

  private final Map<String, byte[]> files;
  private final TemplateWords words;
  private final boolean mapped;

  /**
   * @param files by their names; none for images that are not LXC's
   * @param mapped whether the container has id maps
   */
  LxcMetadata(Map<String, byte[]> files, TemplateWords words, boolean mapped) {
    this.files = files;
    this.words = words;
    this.mapped = mapped;
  }

  /** Paths inside that are not wanted. */
  List<String> excluded() {
    return lines("excludes");
  }

  /** Paths inside the root file system, as the image writes them. */
  List<String> templates() {
    return files.isEmpty() ? List.of("/etc/hostname") : lines("templates");
  }

  /** Of the variant for user namespaces where it is meant for this container. */
  private List<String> lines(String name) {
    byte[] usual = files.getOrDefault(name + ".7", files.getOrDefault(name, new byte[0]));
    byte[] text =
        mapped
            ? files.getOrDefault(name + "-user.7", files.getOrDefault(name + "-user", usual))
            : usual;
    return new String(text, StandardCharsets.UTF_8)
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  /** The whole configuration, from what there is already. */
  String config(String before) {
    StringBuilder text = new StringBuilder(before);
    if (!before.isEmpty() && !before.endsWith("\n")) {
      text.append('\n');
    }
    text.append("\n# Distribution configuration\n");
    if (files.isEmpty()) {
      include(text, "common.conf");
      text.append("lxc.arch = ")
          .append(System.getProperty("os.arch").equals("amd64") ? "amd64" : "aarch64")
          .append('\n');
    }
    lines("config").forEach(line -> text.append(kept(words.substitute(line))).append('\n'));
    text.append("\n# Container specific configuration\n");
    return text.append("lxc.uts.name = ").append(words.name()).append('\n').toString();
  }

  private static void include(StringBuilder text, String name) {
    Path file = TemplateWords.SHARED.resolve(name);
    if (Files.isRegularFile(file)) {
      text.append("lxc.include = ").append(file).append('\n');
    }
  }

  /** The line, or a comment that says it was left out. */
  private static String kept(String line) {
    int equals = line.indexOf('=');
    String key = equals < 0 ? line : line.substring(0, equals).strip();
    String value = equals < 0 ? "" : line.substring(equals + 1).strip();
    if (ALLOWED.contains(key)) {
      return line;
    }
    if (key.equals("lxc.include")) {
      Path file = Path.of(value).normalize();
      return file.startsWith(TemplateWords.SHARED) && Files.exists(file)
          ? line
          : "# left out, not there or not LXC's own: " + line;
    }
    return "# left out, an image does not decide that: " + line;
  }
}
