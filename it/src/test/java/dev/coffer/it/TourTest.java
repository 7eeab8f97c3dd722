package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the documents show, done as a reader does it, on a machine whose /var/lib/lxc is empty: the
 * commands of a section print what stands below them, but for numbers and column widths. A line of
 * … stands for any lines, … at the end of one for any rest.
 */
class TourTest {
  private static final Path DOCUMENTS =
      Path.of(System.getProperty("coffer.prefix"), "../..").normalize();
  private static final String END = "@@ ";

  /** Only on machines without AppArmor, or said of the configuration that LXC's package brings. */
  private static final Pattern BESIDE = Pattern.compile(".*: it starts without a profile.*");

  @RegisterExtension final Machine machine = new Machine();

  private record Shown(String command, List<String> output) {}

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "README.md | ## Two minutes |",
        "docs/coffer.md | # The coffer command |",
        "docs/coffer.md | ## What containers use | coffer create tt; coffer start tt",
        "docs/lxc.md | ## A container's life |",
        "docs/clones.md | ## Snapshots | lxc-create -n web -t busybox; echo before the update >notes.txt",
        "docs/configuration.md | # Configuration | lxc-create -n web -t busybox;"
            + " printf '%s\\n' 'lxc.mount.atuo = proc' 'lxc.autodev = maybe' >>/var/lib/lxc/web/config",
        "docs/troubleshooting.md | # Troubleshooting | lxc-create -n web -t busybox",
      })
  void aSectionIsTrue(String document, String heading, String before) throws IOException {
    List<Shown> all = shown(Files.readAllLines(DOCUMENTS.resolve(document)), heading);
    assertTrue(!all.isEmpty(), "no commands below " + heading);
    StringBuilder script =
        new StringBuilder(before == null ? "" : "{ " + before + "; } >/dev/null 2>&1\n");
    all.forEach(one ->
        script.append("{ ").append(one.command()).append("\n} 2>&1\necho '" + END + "'$?\n"));
    String whole = onEmptyMachine(script.toString());
    String[] printed = whole.split(END + "\\d+\n", -1);
    assertEquals(all.size() + 1, printed.length, whole);
    List<String> statuses =
        Pattern.compile(END + "(\\d+)\n")
            .matcher(whole)
            .results()
            .map(end -> end.group(1))
            .toList();
    for (int i = 0; i < all.size(); i++) {
      List<String> lines =
          printed[i]
              .lines()
              .filter(line -> !line.isBlank() && !BESIDE.matcher(line).matches())
              .toList();
      Shown one = all.get(i);
      // what shows no output is at least to succeed
      boolean same =
          one.output().isEmpty() ? statuses.get(i).equals("0") : matches(one.output(), lines);
      assertTrue(
          same,
          one.command()
              + "\n shown:\n"
              + String.join("\n", one.output())
              + "\n printed:\n"
              + String.join("\n", lines));
    }
  }

  private String onEmptyMachine(String script) throws IOException {
    Path defaults = machine.home().resolve("none.conf");
    Files.writeString(defaults, "lxc.net.0.type = empty\n");
    String around =
        """
        mkdir -p /var/lib/lxc && mount -t tmpfs -o mode=755 tmpfs /var/lib/lxc
        [ ! -e /etc/lxc/default.conf ] || mount --bind "$0" /etc/lxc/default.conf
        cd "$1"
        """;
    Outcome outcome =
        machine
            .command(
                "unshare",
                "-m",
                "--propagation",
                "private",
                "sh",
                "-c",
                around
                    + script
                    + "for c in $(coffer list -1); do coffer destroy -f $c; done >/dev/null 2>&1\n"
                    + "coffer engine stop >/dev/null 2>&1\n",
                defaults.toString(),
                machine.home().toString())
            .within(Duration.ofMinutes(2))
            .run();
    return outcome.out();
  }

  /** The commands of indented blocks between this heading and the next one, with their output. */
  private static List<Shown> shown(List<String> lines, String heading) {
    List<Shown> found = new ArrayList<>();
    int from = lines.indexOf(heading) + 1;
    assertTrue(from > 0, "no heading " + heading);
    boolean ours = false;
    for (String line : lines.subList(from, lines.size())) {
      if (line.startsWith("#")) {
        break;
      }
      if (line.matches("    # [a-z/].*")) {
        String command = line.substring(6);
        found.add(new Shown(command.replaceAll("   +.*", ""), new ArrayList<>()));
        ours = true;
      } else if (line.startsWith("    ") && ours) {
        found.getLast().output().add(line.substring(4));
      } else if (!line.isEmpty()) {
        ours = false;
      }
    }
    return found;
  }

  static boolean matches(List<String> shown, List<String> printed) {
    if (shown.isEmpty()) {
      return printed.stream().allMatch(String::isBlank);
    }
    if (shown.getFirst().equals("…")) {
      for (int skip = 0; skip <= printed.size(); skip++) {
        if (matches(shown.subList(1, shown.size()), printed.subList(skip, printed.size()))) {
          return true;
        }
      }
      return false;
    }
    return !printed.isEmpty()
        && alike(shown.getFirst(), printed.getFirst())
        && matches(shown.subList(1, shown.size()), printed.subList(1, printed.size()));
  }

  private static boolean alike(String shown, String printed) {
    String pattern = plain(shown);
    return pattern.endsWith("…")
        ? plain(printed).startsWith(pattern.substring(0, pattern.length() - 1).strip())
        : pattern.equals(plain(printed));
  }

  private static String plain(String line) {
    return line.replaceAll("\\b[0-9a-f]{16,}\\b", "7")
        .replaceAll("\\d+([.:]\\d+)*", "7")
        .replaceAll("7 ?([KMG]iB|bytes|[BKMG]\\b)", "7 of it")
        .replaceAll("[▁▂▃▄▅▆▇█]+", "")
        .replaceAll("\\s+", " ")
        .strip();
  }
}
