package dev.coffer.image;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The configuration of a copy, made from the original's text as lxc-copy(1) makes it: comments
 * stay, blank lines go, what must be the copy's own is removed and written anew at the end.
 *
 * @param from the original's directory
 * @param to the copy's directory
 * @param keepsName whether lxc.uts.name stays
 * @param keepsAddresses whether hardware addresses stay
 */
record CloneConfig(Path from, Path to, boolean keepsName, boolean keepsAddresses) {
  private static final Pattern LINE = Pattern.compile("\\s*([A-Za-z0-9_.-]+)\\s*=\\s*(.*?)\\s*");
  private static final Pattern HARDWARE =
      Pattern.compile("lxc\\.(net\\.\\d+|network)(\\.\\d+)?\\.hwaddr");

  /** Keys whose values are paths that may lie in the original's directory. */
  private static final Pattern PATHS =
      Pattern.compile(
          "lxc\\.(hook\\..*|mount|mount\\.fstab|mount\\.entry|console\\.logfile|console\\.path"
              + "|log\\.file|logfile|seccomp\\.profile|seccomp|include|net\\.\\d+\\.script\\..*)");

  private static final List<String> ROOT =
      List.of("lxc.rootfs.path", "lxc.rootfs", "lxc.rootfs.backend");
  private static final List<String> NAME = List.of("lxc.uts.name", "lxc.utsname");
  private static final String VENDOR = "00:16:3e";

  /**
   * @param root what lxc.rootfs.path is to be; empty for none
   * @param further lines for the end
   */
  String rewrite(String text, String root, List<String> further) {
    return rewrite(text, root, further, CloneConfig::address);
  }

  String rewrite(String text, String root, List<String> further, Supplier<String> addresses) {
    List<String> lines = new ArrayList<>();
    text.lines()
        .filter(line -> !line.isBlank())
        .map(line -> rewrite(line, addresses))
        .filter(line -> !line.isEmpty())
        .forEach(lines::add);
    if (!root.isEmpty()) {
      lines.add("lxc.rootfs.path = " + root);
    }
    if (!keepsName) {
      lines.add("lxc.uts.name = " + to.getFileName());
    }
    lines.addAll(further);
    return String.join("\n", lines) + "\n";
  }

  private String rewrite(String line, Supplier<String> addresses) {
    Matcher parts = LINE.matcher(line);
    if (line.stripLeading().startsWith("#") || !parts.matches()) {
      return line;
    }
    String key = parts.group(1);
    if (ROOT.contains(key) || !keepsName && NAME.contains(key)) {
      return "";
    }
    if (HARDWARE.matcher(key).matches() && !keepsAddresses && !parts.group(2).isEmpty()) {
      return key + " = " + addresses.get();
    }
    return PATHS.matcher(key).matches() ? moved(line) : line;
  }

  /** Only whole names: a directory beside it may begin alike. */
  private String moved(String line) {
    return line.replaceAll(
        Pattern.quote(from.toString()) + "(?=[/:,\\s]|$)", Matcher.quoteReplacement(to.toString()));
  }

  /** As lxc.container.conf(5) has them: of the vendor that Xen's project gave away. */
  private static String address() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "%s:%02x:%02x:%02x"
        .formatted(VENDOR, random.nextInt(256), random.nextInt(256), random.nextInt(256));
  }
}
