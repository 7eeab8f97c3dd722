package dev.coffer.tools.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a container wrote, made fit for the terminal of somebody else: colours stay, every other
 * control sequence is shown instead of obeyed, since terminals answer some as if their user had
 * typed. It keeps what a piece of text ends with until it is known what that is.
 */
public final class TerminalText {
  private static final int ESCAPE = 0x1b;

  /** A longer run of digits is no colour. */
  private static final int LONGEST = 32;

  private final ByteArrayOutputStream clean = new ByteArrayOutputStream();
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

  /** The whole of a text that is complete, with each character that is no text shown. */
  public static String of(String text) {
    if (text.chars().noneMatch(TerminalText::isControl)) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    text.chars()
        .forEach(c -> {
          if (isControl(c)) {
            shown.append(visible(c));
          } else {
            shown.append((char) c);
          }
        });
    return shown.toString();
  }

  private static boolean isControl(int c) {
    return c != '\n' && c != '\t' && Character.isISOControl(c);
  }

  /** As cat -v shows it; those above 0x7f, which only some terminals obey, by their two letters. */
  private static String visible(int c) {
    return c < 0x80 ? "^" + (char) (c ^ 0x40) : "^[" + (char) (c - 0x40);
  }

  /** What can be shown after this piece. */
  public byte[] next(byte[] piece) {
    for (byte one : piece) {
      take(one & 0xff);
    }
    byte[] ready = clean.toByteArray();
    clean.reset();
    return ready;
  }

  private void take(int c) {
    if (begun.size() == 0) {
      if (c == ESCAPE || c == 0xc2) {
        begun.write(c);
      } else {
        show(c);
      }
    } else if (begun.toByteArray()[0] == ESCAPE) {
      sequence(c);
    } else {
      // the second byte of U+0080 to U+00BF
      begun.reset();
      if (c >= 0x80 && c < 0xa0) {
        print(visible(c));
      } else {
        clean.write(0xc2);
        show(c);
      }
    }
  }

  private void sequence(int c) {
    boolean opens = begun.size() == 1 && c == '[';
    boolean goesOn =
        begun.size() > 1 && begun.size() < LONGEST && (Character.isDigit(c) || c == ';');
    if (opens || goesOn) {
      begun.write(c);
    } else if (begun.size() > 1 && c == 'm') {
      begun.write(c);
      clean.writeBytes(begun.toByteArray());
      begun.reset();
    } else {
      print(of(begun.toString(StandardCharsets.US_ASCII)));
      begun.reset();
      take(c);
    }
  }

  private void show(int c) {
    if (c == '\r' || c == '\b' || c >= 0x80 || !isControl(c)) {
      clean.write(c);
    } else {
      print(visible(c));
    }
  }

  private void print(String text) {
    clean.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }
}
