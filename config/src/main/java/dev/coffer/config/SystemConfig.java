package dev.coffer.config;

import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * lxc.system.conf(5): where containers are and how their storage and cgroups are named by default.
 * Read from /etc/lxc/lxc.conf for root, from .config/lxc/lxc.conf at home for others. As in LXC the
 * first line about an item counts, nothing is unquoted, and a missing file is no error.
 */
public final class SystemConfig {
  /**
   * One item.
   *
   * @param name the full key
   * @param root its value for root when the file does not say; empty for none
   * @param user the same for others, below the home directory where it begins with {@code ~}
   * @param listed whether {@code lxc-config -l} shows it
   */
  private record Item(String name, String root, String user, boolean listed) {}

  private static final String LXC_PATH = "lxc.lxcpath";
  private static final List<Item> ITEMS =
      List.of(
          new Item(
              "lxc.default_config", "/etc/lxc/default.conf", "~/.config/lxc/default.conf", true),
          new Item(LXC_PATH, "/var/lib/lxc", "~/.local/share/lxc", true),
          new Item("lxc.bdev.lvm.vg", "lxc", "lxc", true),
          new Item("lxc.bdev.lvm.thin_pool", "lxc", "lxc", true),
          new Item("lxc.bdev.zfs.root", "lxc", "lxc", true),
          new Item("lxc.cgroup.use", "", "", true),
          new Item("lxc.cgroup.pattern", "", "", true),
          new Item("lxc.bdev.rbd.rbdpool", "lxc", "lxc", false));

  private final Map<String, String> values = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  private SystemConfig() {}

  /**
   * Reads the file of root or of the user whose home {@code env} names.
   *
   * @param env the caller's environment, of which HOME is used
   */
  public static SystemConfig read(boolean root, Map<String, String> env) {
    // Without HOME LXC takes the root directory.
    String home = env.getOrDefault("HOME", "/");
    Path file = root ? Path.of("/etc/lxc/lxc.conf") : Path.of(home, ".config/lxc/lxc.conf");
    return read(file, root, home);
  }

  static SystemConfig read(Path file, boolean root, String home) {
    SystemConfig config = new SystemConfig();
    config.readFile(file);
    for (Item item : ITEMS) {
      String otherwise = root ? item.root() : item.user().replaceFirst("^~", home);
      if (!otherwise.isEmpty()) {
        config.values.putIfAbsent(item.name(), otherwise);
      }
    }
    return config;
  }

  /** The value of an item by its full key; empty where it is unknown or has no value. */
  public Optional<String> get(String item) {
    return Optional.ofNullable(values.get(item));
  }

  /** The full keys in the order of {@code lxc-config -l}. */
  public List<String> items() {
    return ITEMS.stream().filter(Item::listed).map(Item::name).toList();
  }

  /** What in the file could not be used; never an error, since LXC passes over it. */
  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  private void readFile(Path file) {
    if (isMissing(file)) {
      return;
    }
    try {
      String[] lines = TextFile.read(file).text().split("\n");
      for (int i = 0; i < lines.length; i++) {
        readLine(lines[i], file, i + 1);
      }
    } catch (IOException e) {
      Origin origin = new Origin(file.toString(), 0, "");
      problems.add(
          Problem.warning(
              origin, IncludeReader.cannotOpen(file.toString(), e), "the defaults are used"));
    }
  }

  /** As is usual; within {@link Files#notExists} it is an exception, which costs more than all. */
  private static boolean isMissing(Path file) {
    Path folder = file.getParent();
    return !Files.exists(file)
        && (folder != null && Files.isExecutable(folder) || Files.notExists(file));
  }

  private void readLine(String line, Path file, int number) {
    String trimmed = ConfigLine.trim(line);
    int equals = trimmed.indexOf('=');
    if (!trimmed.startsWith("lxc.") || equals < 0) {
      return;
    }
    String key = ConfigLine.trim(trimmed.substring(0, equals));
    String value = ConfigLine.trim(trimmed.substring(equals + 1));
    List<String> known = ITEMS.stream().map(Item::name).toList();
    if (!known.contains(key)) {
      String nearest =
          Nearest.of(key, known).map(near -> "; did you mean \"" + near + "\"?").orElse("");
      problems.add(
          Problem.warning(
              Origin.of(file, number, key),
              "Unsupported config key \"" + key + "\"" + nearest,
              ""));
    } else if (!value.isEmpty()) {
      values.putIfAbsent(key, key.equals(LXC_PATH) ? withoutSlashes(value) : value);
    }
  }

  private static String withoutSlashes(String path) {
    int end = path.length();
    while (end > 1 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(0, end);
  }
}
