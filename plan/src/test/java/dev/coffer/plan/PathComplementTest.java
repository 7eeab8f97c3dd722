package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PathComplementTest {
  private static final List<String> KEPT =
      List.of("kernel/hostname", "kernel/shm*", "kernel/sem*", "net", "user", "fs/mqueue");

  @Test
  void whatIsKeptMatchesNoPatternAndAllElseDoes() {
    for (String kept :
        new String[] {
          "kernel/hostname",
          "kernel/shmmax",
          "kernel/shm",
          "kernel/sem",
          "net",
          "net/ipv4/x",
          "user/max_user_namespaces",
          "fs/mqueue/msg_max",
          "kernel",
          "fs"
        }) {
      assertEquals(0, matches("/proc/sys/" + kept), kept);
    }
    for (String other :
        new String[] {
          "vm",
          "vm/swappiness",
          "kernel/core_pattern",
          "kernel/hostname2",
          "kernel/hostnam",
          "kernel/panic",
          "kernel/sysrq",
          "kernel/s",
          "kernel/h",
          "k",
          "kernels",
          "kernels/x",
          "fs/file-max",
          "fs/mqueues",
          "f",
          "netx/a",
          "ne",
          "dev/cdrom",
          "user2"
        }) {
      assertTrue(matches("/proc/sys/" + other) > 0, other);
    }
  }

  @Test
  void theRootsOwnDirectoriesCanBeLeftOut() {
    List<String> patterns = PathComplement.of("", List.of("proc", "sys"));
    assertEquals(0, matches(patterns, "/proc/sys/vm"));
    assertEquals(0, matches(patterns, "/sys"));
    assertEquals(0, matches(patterns, "/"));
    assertEquals(1, matches(patterns, "/srv/data"));
    assertEquals(1, matches(patterns, "/process"));
    assertEquals(1, matches(patterns, "/etc"));
  }

  @Test
  void aHyphenInANameIsNoRange() {
    List<String> patterns = PathComplement.of("", List.of("run/unit-root"));
    assertTrue(patterns.contains("/run/unit{,[^-/]*}{,/**}"), patterns.toString());
    assertEquals(0, matches(patterns, "/run/unit-root/proc"));
    assertEquals(1, matches(patterns, "/run/unit"));
    assertEquals(1, matches(patterns, "/run/unit.root"));
    assertEquals(1, matches(patterns, "/run/unit-roots"));
    assertEquals(0, matches(patterns, "/run/"), "on the way to what is kept");
  }

  private static long matches(String path) {
    return matches(PathComplement.of("/proc/sys", KEPT), path);
  }

  private static long matches(List<String> patterns, String path) {
    return patterns.stream().filter(pattern -> regex(pattern).matcher(path).matches()).count();
  }

  /** As apparmor.d(5) explains its globs. */
  private static Pattern regex(String glob) {
    return Pattern.compile(
        glob.replace("**", "\0")
            .replaceAll("\\{([^{}]*),([^{}]*)\\}", "(?:$1|$2)")
            .replaceAll("(?<![(\\]])\\?(?!:)", "[^/]")
            .replaceAll("\\*", "[^/]*")
            .replace("\0", ".*"));
  }
}
