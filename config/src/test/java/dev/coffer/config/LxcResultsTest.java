package dev.coffer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with what LXC itself was seen to do; the table says what it means. */
class LxcResultsTest {
  private static final String BUT = "but ";

  /** Some lines of a file and what became of them, in the notation of the table. */
  record Case(String text, List<String> results) {
    @Override
    public String toString() {
      return text;
    }
  }

  static Stream<Case> cases() throws IOException {
    try (InputStream in = LxcResultsTest.class.getResourceAsStream("lxc-5.0.2.results")) {
      String table = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Stream.of(table.split("\n\n")).skip(1).map(LxcResultsTest::parse);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void linesAreAcceptedAndPrintedAsByLxcExceptWhereTheTableSaysSo(Case lines) {
    LxcConfig config = Configs.parse(lines.text());
    List<String> expected = expected(lines.results());
    assertEquals(!expected.contains("refused"), !config.hasErrors(), config.problems()::toString);
    for (String result : expected) {
      if (result.contains(" -> ")) {
        String[] parts = result.split(" -> ", 2);
        assertEquals(unescaped(parts[1]), config.get(parts[0]).orElse("(none)"), parts[0]);
      } else if (result.endsWith(" none")) {
        String key = result.substring(0, result.length() - " none".length());
        assertEquals("(none)", config.get(key).orElse("(none)"), key);
      }
    }
  }

  private static Case parse(String block) {
    StringBuilder text = new StringBuilder();
    List<String> results = new ArrayList<>();
    for (String line : block.split("\n")) {
      if (line.startsWith("> ")) {
        text.append(unescaped(line.substring(2))).append('\n');
      } else {
        results.add(line);
      }
    }
    return new Case(text.toString(), results);
  }

  /** LXC's results, with ours in place of those that have a "but". */
  private static List<String> expected(List<String> results) {
    List<String> departures =
        results.stream()
            .filter(line -> line.startsWith(BUT))
            .map(line -> line.substring(BUT.length()))
            .toList();
    if (departures.contains("refused")) {
      return List.of("refused");
    }
    List<String> expected = new ArrayList<>(departures);
    for (String result : results) {
      boolean departed =
          result.startsWith(BUT)
              || result.equals("refused") && departures.contains("accepted")
              || departures.stream().anyMatch(line -> key(line).equals(key(result)));
      if (!departed) {
        expected.add(result);
      }
    }
    return expected;
  }

  private static String key(String result) {
    return result.split(" ", 2)[0];
  }

  private static String unescaped(String text) {
    return text.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r");
  }
}
