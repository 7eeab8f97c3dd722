package dev.coffer.tools.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.tools.text.Paint.Tone;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TextTest {
  @Test
  void jsonEscapesWhatMustNotStandInAString() {
    assertEquals(
        """
        {
          "a\\"b": "c\\\\d\\n\\t\\u0001é",
          "none": null,
          "yes": true,
          "empty": {},
          "list": [
            "x",
            "y"
          ]
        }
        """,
        new Json()
            .object()
            .member("a\"b", "c\\d\n\t\u0001é")
            .member("none", OptionalLong.empty())
            .member("yes", true)
            .name("empty")
            .object()
            .endObject()
            .member("list", List.of("x", "y"))
            .endObject()
            .text());
  }

  @Test
  void aWordIsGuessedOnlyWhenItIsNear() {
    List<String> words = List.of("start", "stop", "shell");
    assertEquals(Optional.of("start"), Guess.of("strat", words));
    assertEquals(Optional.of("stop"), Guess.of("stp", words));
    assertEquals(Optional.empty(), Guess.of("xyzzy", words));
    assertEquals(1, Guess.distance("strat", "start"));
    assertEquals(3, Guess.distance("kitten", "sitting"));
  }

  @Test
  void coloursAreForTerminalsThatWantThem() {
    assertEquals("\033[32mx\033[0m", Paint.of(true, Map.of()).paint(Tone.GOOD, "x"));
    assertEquals("x", Paint.of(false, Map.of()).paint(Tone.GOOD, "x"));
    assertEquals("x", Paint.of(true, Map.of("NO_COLOR", "1")).paint(Tone.GOOD, "x"));
    assertEquals("x", Paint.of(true, Map.of("TERM", "dumb")).paint(Tone.GOOD, "x"));
    assertTrue(Paint.of(true, Map.of("NO_COLOR", "")).on());
  }

  @Test
  void posixExpressionsMeanWhatPosixSays() {
    assertTrue(matches("web", "my-web-1"));
    assertTrue(matches("^web[0-9]+$", "web12"));
    assertTrue(matches("[[:digit:]_]", "a_b"));
    assertTrue(matches("[]a]", "x]"));
    assertTrue(matches("[\\d]", "x\\"));
    assertFalse(matches("[\\d]", "7"));
    assertFalse(matches("\\d", "7"));
    assertTrue(matches("\\d", "d"));
    assertTrue(matches("a\\.b", "a.b"));
    assertTrue(matches("(a|b)c", "bc"));
    assertTrue(matches("a{2}", "caab"));
    assertTrue(matches("a*+b", "b"));
    assertTrue(matches("", "anything"));
    assertEquals(Optional.empty(), PosixRegex.parse("("));
    assertEquals(Optional.empty(), PosixRegex.parse("[a"));
  }

  private static boolean matches(String regex, String text) {
    return PosixRegex.parse(regex).orElseThrow().test(text);
  }

  @Test
  void paragraphsBreakBetweenWordsOnly() {
    StringBuilder out = new StringBuilder("  ");
    Paragraph.append(out, "one two three extraordinarily long", 2, 4, 12);
    assertEquals("  one two\n    three\n    extraordinarily\n    long\n", out.toString());
  }
}
