package dev.coffer.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of failures in docs/troubleshooting.md is made from examples/failures.txt. */
class FailuresPageTest {
  private static final Path FAILURES = Path.of("../examples/failures.txt");
  private static final Path PAGE = Path.of("../docs/troubleshooting.md");
  private static final String BEGIN = "<!-- generated: failures -->\n";

  /** Names in the examples, and what a reader sees in their place. */
  private static final List<List<String>> NAMES =
      List.of(
          List.of("PERSONHOME", "/home/eve"),
          List.of("PERSON", "eve"),
          List.of("LXCPATH", "/var/lib/lxc"),
          List.of("CGROUPS", "…"),
          List.of("NAME-other", "other"),
          List.of("NAME", "web"),
          List.of("HOME", "/srv"));

  @Test
  void troubleshootingMdListsTheFailures() throws IOException {
    String table =
        Files.readString(FAILURES)
            .lines()
            .collect(Collectors.joining("\n"))
            .transform(text -> List.of(text.split("(?m)^== ")))
            .stream()
            .filter(block -> !block.isBlank())
            .map(FailuresPageTest::row)
            .collect(
                Collectors.joining("", "| LXC says | Coffer says | remedy |\n|---|---|---|\n", ""));
    String page = Files.readString(PAGE);
    int from = page.indexOf(BEGIN) + BEGIN.length();
    int to = page.indexOf("<!-- end -->", from);
    if (Boolean.getBoolean("coffer.write.docs")) {
      Files.writeString(PAGE, page.substring(0, from) + table + page.substring(to));
    } else {
      assertEquals(table, page.substring(from, to));
    }
  }

  private static String row(String block) {
    List<String> lines = block.lines().toList();
    String lxc = first(lines, "lxc ");
    List<String> said = lines.stream().filter(line -> line.startsWith("    ")).toList();
    String what = said.getFirst().strip().replaceFirst("^lxc-\\w+: NAME(-other)?: ", "");
    String remedy = first(said.stream().map(String::strip).toList(), "hint ");
    if (what.startsWith("Failed to load config")) {
      what = said.get(1).strip().replaceFirst("^CONFIG:", "…/config:");
    }
    return "| " + cell(lxc) + " | `" + cell(what) + "` | " + cell(remedy) + " |\n";
  }

  private static String first(List<String> lines, String word) {
    return lines.stream()
        .filter(line -> line.startsWith(word))
        .findFirst()
        .map(line -> line.substring(word.length()).strip())
        .orElse("");
  }

  private static String cell(String text) {
    String named = text;
    for (List<String> name : NAMES) {
      named = named.replace(name.getFirst(), name.getLast());
    }
    return named.replace("|", "\\|");
  }
}
