package dev.coffer.config.seccomp;

import dev.coffer.config.BadValueException;
import dev.coffer.config.Nearest;
import dev.coffer.model.Origin;
import dev.coffer.model.SeccompPolicy.Abi;
import dev.coffer.model.SeccompPolicy.Action;
import dev.coffer.model.SeccompPolicy.ArgumentTest;
import dev.coffer.model.SeccompPolicy.Operator;
import dev.coffer.model.SeccompPolicy.Rule;
import dev.coffer.model.SeccompPolicy.Syscall;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The second line of a policy and the words that rules share with it.
 *
 * @param otherwise the answer for calls without a rule
 * @param rule the answer of a rule that names none
 */
record PolicyStyle(Action otherwise, Action rule) {
  static final String FORCED_UMOUNT = "reject_force_umount";

  private static final List<String> ALLOWING = List.of("allowlist", "whitelist");
  private static final List<String> STYLES =
      List.of("allowlist", "denylist", "whitelist", "blacklist");
  private static final List<String> ACTIONS =
      Arrays.stream(Action.Kind.values()).map(Action.Kind::word).toList();
  private static final int MAX_ERRNO = 4095;
  private static final int MAX_TRACE = 65535;
  private static final int EACCES = 13;
  private static final int MNT_FORCE = 1;

  /** {@code allowlist} or {@code denylist}, with or without the answer for all other calls. */
  static PolicyStyle parse(String line) throws BadValueException {
    List<String> words = Arrays.stream(line.split("[ \t]+")).toList();
    boolean allowing = ALLOWING.contains(words.getFirst());
    if (!STYLES.contains(words.getFirst())) {
      throw unknown("Bad seccomp policy style", words.getFirst(), STYLES);
    }
    Action otherwise = allowing ? Action.KILL : Action.ALLOW;
    if (words.size() > 1) {
      otherwise = action(words.subList(1, words.size()), rest -> {});
    }
    return new PolicyStyle(otherwise, allowing ? Action.ALLOW : Action.KILL);
  }

  /** Version 1 has only the one style. */
  static PolicyStyle parseFirstVersion(String line) throws BadValueException {
    if (line.contains("debug")) {
      throw new BadValueException("Debug not yet implemented", "remove the word debug");
    }
    if (!ALLOWING.contains(line)) {
      throw new BadValueException("Only allowlist policy is supported", "or write version 2");
    }
    return new PolicyStyle(Action.KILL, Action.ALLOW);
  }

  /** An action with its value; what stands behind it is passed to {@code ignored}. */
  static Action action(List<String> words, Consumer<String> ignored) throws BadValueException {
    String word = words.getFirst();
    Optional<Action.Kind> kind = Action.Kind.parse(word);
    if (kind.isEmpty()) {
      throw unknown("Unrecognized seccomp action", word, ACTIONS);
    }
    int used = 1;
    int value = 0;
    if (kind.get().hasValue()) {
      value = value(kind.get(), words);
      used = 2;
    }
    if (words.size() > used) {
      ignored.accept(String.join(" ", words.subList(used, words.size())));
    }
    return new Action(kind.get(), value);
  }

  private static int value(Action.Kind kind, List<String> words) throws BadValueException {
    int most = kind == Action.Kind.ERRNO ? MAX_ERRNO : MAX_TRACE;
    String text = words.size() > 1 ? words.get(1) : "";
    if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > most) {
      throw new BadValueException(
          "Failed to parse errno value from " + String.join(" ", words),
          "write a decimal number from 0 to " + most + ", for instance " + kind.word() + " 1");
    }
    return Integer.parseInt(text);
  }

  /** An unmount by force takes the server of a network file system away from everybody. */
  static Rule rejectForcedUmount(Optional<Abi> abi, Origin origin) {
    ArgumentTest forced = new ArgumentTest(1, Operator.MASKED_EQUAL, MNT_FORCE, MNT_FORCE);
    return new Rule(Syscall.named("umount2"), abi, Action.errno(EACCES), List.of(forced), origin);
  }

  static BadValueException unknown(String what, String word, List<String> words) {
    String remedy =
        Nearest.of(word, words)
            .map(near -> "did you mean \"" + near + "\"?")
            .orElse("one of " + String.join(", ", words));
    return new BadValueException(what + " \"" + word + "\"", remedy);
  }
}
