package dev.coffer.tools.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalTextTest {
  private static String shown(String... pieces) {
    TerminalText text = new TerminalText();
    StringBuilder all = new StringBuilder();
    for (String piece : pieces) {
      byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
      all.append(new String(text.next(bytes), StandardCharsets.UTF_8));
    }
    return all.toString();
  }

  @Test
  void textAndColoursStay() {
    assertEquals("a\tb\r\nä € 日\n", shown("a\tb\r\nä € 日\n"));
    assertEquals("\u001b[1;31mred\u001b[0m", shown("\u001b[1;31mred\u001b[0m"));
    assertEquals("\u001b[31mred", shown("\u001b", "[3", "1mred"));
  }

  @Test
  void whatATerminalWouldObeyIsShown() {
    assertEquals("^[]0;title^G", shown("\u001b]0;title\u0007"));
    assertEquals("^[[6n^[[c", shown("\u001b[6n\u001b[c"));
    assertEquals("^[[[31m", shown("\u001b[[31m"));
    assertEquals("^[P$q\"p^[\\.", shown("\u001bP$q\"p\u001b\\."));
    assertEquals("^[[6n", shown("\u009b6n"));
    assertEquals("^?", shown("\u007f"));
  }

  @Test
  void aColourWithoutAnEndIsNone() {
    String digits = "1;".repeat(40);
    assertEquals("^[[" + digits, shown("\u001b[" + digits));
  }

  @Test
  void messagesHaveNoControlCharactersAtAll() {
    assertEquals("plain", TerminalText.of("plain"));
    assertEquals("a\n\tb", TerminalText.of("a\n\tb"));
    assertEquals("^[[31m^M", TerminalText.of("\u001b[31m\r"));
  }
}
