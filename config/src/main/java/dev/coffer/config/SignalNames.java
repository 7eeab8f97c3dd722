package dev.coffer.config;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Signals by name and number as signal(7) lists them for x86 and ARM. */
public final class SignalNames {
  private static final int RTMIN = 34;
  private static final int RTMAX = 64;
  private static final List<String> BY_NUMBER =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
          "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");
  private static final Map<String, Integer> NUMBERS = new HashMap<>();

  static {
    for (int i = 0; i < BY_NUMBER.size(); i++) {
      NUMBERS.put(BY_NUMBER.get(i), i + 1);
    }
    NUMBERS.put("IOT", NUMBERS.get("ABRT"));
    NUMBERS.put("CLD", NUMBERS.get("CHLD"));
    NUMBERS.put("POLL", NUMBERS.get("IO"));
  }

  private SignalNames() {}

  /** Reads a number, SIGNAME in any case, SIGRTMIN+n or SIGRTMAX-n. */
  public static int parse(String text) throws BadValueException {
    String name = text.toUpperCase(Locale.ROOT);
    if (!name.isEmpty() && Character.isDigit(name.charAt(0))) {
      // LXC takes any number and lets kill(2) refuse it.
      return (int) Numbers.parse(text, 0, Integer.MAX_VALUE);
    }
    if (name.startsWith("SIGRTMIN+")) {
      return RTMIN + offset(text);
    }
    if (name.startsWith("SIGRTMAX-")) {
      return RTMAX - offset(text);
    }
    if (name.equals("SIGRTMIN") || name.equals("SIGRTMAX")) {
      throw new BadValueException(
          "\"" + text + "\" is not a signal", "write SIGRTMIN+0 or SIGRTMAX-0");
    }
    Integer number = name.startsWith("SIG") ? NUMBERS.get(name.substring(3)) : null;
    if (number == null) {
      String remedy = nearest(name).map(near -> "did you mean " + near + "?").orElse("");
      throw new BadValueException("\"" + text + "\" is not a signal", remedy);
    }
    return number;
  }

  /** The name with SIG, or the number where it has none. */
  public static String describe(int number) {
    if (number >= 1 && number <= BY_NUMBER.size()) {
      return "SIG" + BY_NUMBER.get(number - 1);
    }
    if (number >= RTMIN && number <= RTMAX) {
      return "SIGRTMIN+" + (number - RTMIN);
    }
    return String.valueOf(number);
  }

  /** All names, for completion. */
  static List<String> names() {
    return BY_NUMBER.stream().map(name -> "SIG" + name).toList();
  }

  private static int offset(String text) throws BadValueException {
    try {
      return (int) Numbers.parse(text.substring("SIGRTMIN+".length()), 0, RTMAX - RTMIN);
    } catch (BadValueException e) {
      throw new BadValueException(
          "\"" + text + "\" is not a signal", "the number goes from 0 to " + (RTMAX - RTMIN));
    }
  }

  private static Optional<String> nearest(String name) {
    return Nearest.of(name.startsWith("SIG") ? name : "SIG" + name, names());
  }
}
