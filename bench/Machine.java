import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was measured on, and which versions of the peers. */
final class Machine {
  private static final Map<String, List<String>> VERSIONS = new LinkedHashMap<>();

  static {
    VERSIONS.put("LXC", List.of("/usr/bin/lxc-start", "--version"));
    VERSIONS.put("crun", List.of("crun", "--version"));
    VERSIONS.put("bubblewrap", List.of("bwrap", "--version"));
    VERSIONS.put("systemd-nspawn", List.of("systemd-nspawn", "--version"));
  }

  private Machine() {}

  static Map<String, String> facts() {
    var facts = new LinkedHashMap<String, String>();
    facts.put("system", field(Path.of("/etc/os-release"), "PRETTY_NAME=").replace("\"", ""));
    facts.put("kernel", System.getProperty("os.version") + " " + System.getProperty("os.arch"));
    facts.put("cgroups", cgroups());
    facts.put(
        "processor",
        Runtime.getRuntime().availableProcessors()
            + " x "
            + field(Path.of("/proc/cpuinfo"), "model name").replaceFirst("^\\s*:\\s*", ""));
    facts.put(
        "memory",
        Long.parseLong(field(Path.of("/proc/meminfo"), "MemTotal:").replaceAll("\\D", ""))
                / 1024
                / 1024
            + " GiB");
    facts.put("load at the end", read(Path.of("/proc/loadavg")).split(" ")[0]);
    facts.put("Java", Runtime.version().toString());
    VERSIONS.forEach((name, command) -> facts.put(name, version(command)));
    return facts;
  }

  private static String cgroups() {
    if (Files.exists(Path.of("/sys/fs/cgroup/cgroup.procs"))) {
      return "v2";
    }
    return Files.exists(Path.of("/sys/fs/cgroup/unified")) ? "hybrid" : "v1";
  }

  private static String version(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes()).strip();
      return text.lines().findFirst().orElse("").replaceFirst("^.*?(\\d+[.\\d]*).*$", "$1");
    } catch (IOException e) {
      return "not installed";
    }
  }

  private static String field(Path file, String name) {
    return read(file)
        .lines()
        .filter(l -> l.startsWith(name))
        .map(l -> l.substring(name.length()).strip())
        .findFirst()
        .orElse("");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
