package dev.coffer.config;

import java.util.List;
import java.util.Optional;

/**
 * How a container comes by its ids, the value of {@code coffer.idmap}.
 *
 * @param automatic whether it gets a range of its own
 * @param count how many it is to have, at least {@link #LEAST}; empty for the usual number
 */
public record IdWish(boolean automatic, Optional<Long> count) {
  /** As many as a system with its nobody (65534) needs. */
  public static final long LEAST = 65536;

  static final IdWish NONE = new IdWish(false, Optional.empty());

  private static final long MOST = (1L << 32) - 1;
  private static final List<String> WORDS = List.of("auto", "none");
  static final ValueType<IdWish> TYPE =
      Types.withWords(
          ValueType.of("auto, auto COUNT, none", (text, reading) -> parse(text), IdWish::describe),
          WORDS);

  static IdWish usual() {
    return new IdWish(true, Optional.empty());
  }

  /** Empty for what is no such value. */
  public static Optional<IdWish> of(String text) {
    try {
      return Optional.of(parse(text));
    } catch (BadValueException _) {
      return Optional.empty();
    }
  }

  private static IdWish parse(String text) throws BadValueException {
    String[] words = text.split("\\s+");
    if (text.equals("none")) {
      return NONE;
    }
    if (!words[0].equals("auto") || words.length > 2) {
      throw Types.unknownWord("There is no way to choose ids named", text, WORDS);
    }
    if (words.length == 1) {
      return usual();
    }
    if (!words[1].matches("[0-9]{1,10}") || !isPossible(Long.parseLong(words[1]))) {
      throw new BadValueException(
          "\"" + words[1] + "\" is no number of ids a system can have",
          "from " + LEAST + " to " + MOST + ", for instance auto 262144");
    }
    return new IdWish(true, Optional.of(Long.parseLong(words[1])));
  }

  private static boolean isPossible(long count) {
    return count >= LEAST && count <= MOST;
  }

  String describe() {
    return automatic ? "auto" + count.map(number -> " " + number).orElse("") : "none";
  }
}
