package dev.coffer.tools.text;

import java.util.Map;

/** Colours for a terminal; plain text where they are not wanted. */
public record Paint(boolean on) {
  /** The few meanings that have a colour. */
  public enum Tone {
    GOOD("\033[32m"),
    BAD("\033[31m"),
    WARNING("\033[33m"),
    FAINT("\033[2m"),
    STRONG("\033[1m");

    private final String code;

    Tone(String code) {
      this.code = code;
    }
  }

  public static final Paint OFF = new Paint(false);

  /** Colours on a terminal that knows them, unless NO_COLOR (no-color.org) is set and not empty. */
  public static Paint of(boolean terminal, Map<String, String> environment) {
    boolean refused = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Paint(terminal && !refused && !"dumb".equals(environment.get("TERM")));
  }

  public String paint(Tone tone, String text) {
    return on && !text.isBlank() ? tone.code + text + "\033[0m" : text;
  }
}
