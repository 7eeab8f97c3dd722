package dev.coffer.config.seccomp;

import dev.coffer.config.BadValueException;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.model.SeccompPolicy;
import dev.coffer.model.SeccompPolicy.Abi;
import dev.coffer.model.SeccompPolicy.Action;
import dev.coffer.model.SeccompPolicy.Rule;
import dev.coffer.model.SeccompPolicy.Syscall;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads a policy file of version 1 or 2. Everything wrong is gathered with its line. What LXC 5.0
 * refuses is refused, with three exceptions that cannot weaken a filter: blanks and tabs may stand
 * before a word, version 1 takes both names of the list, and the actions {@code log}, {@code trace}
 * and {@code kill_process} are known.
 */
public final class PolicyReader {
  private static final String WANTED = "the first line is 1 or 2, the second allowlist or denylist";

  private final String source;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Rule> rules = new ArrayList<>();
  private PolicyStyle style;
  private boolean skipping;
  private Optional<Abi> abi = Optional.empty();

  private PolicyReader(String source) {
    this.source = source;
  }

  /**
   * What a file says.
   *
   * @param policy empty if anything is wrong
   */
  public record Result(Optional<SeccompPolicy> policy, List<Problem> problems) {
    public Result {
      problems = List.copyOf(problems);
    }
  }

  /**
   * @param source the file's path as errors show it
   */
  public static Result read(String text, String source) {
    PolicyReader reader = new PolicyReader(source);
    Optional<SeccompPolicy> policy = reader.read(text);
    boolean failed = reader.problems.stream().anyMatch(Problem::isError);
    return new Result(failed ? Optional.empty() : policy, reader.problems);
  }

  private Optional<SeccompPolicy> read(String text) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty()) {
      error(1, "the policy is empty", WANTED);
      return Optional.empty();
    }
    boolean second = lines.getFirst().strip().equals("2");
    if (!second && !lines.getFirst().strip().equals("1")) {
      error(1, "Invalid version \"" + lines.getFirst().strip() + "\"", WANTED);
      return Optional.empty();
    }
    if (lines.size() < 2) {
      error(1, "the policy ends after its version", WANTED);
      return Optional.empty();
    }
    readStyle(lines.get(1).strip(), second);
    for (int number = 3; number <= lines.size(); number++) {
      readLine(lines.get(number - 1).strip(), number, second);
    }
    return Optional.ofNullable(style)
        .map(known -> new SeccompPolicy(source, second, known.otherwise(), rules, origin(2)));
  }

  private void readStyle(String line, boolean second) {
    try {
      style = second ? PolicyStyle.parse(line) : PolicyStyle.parseFirstVersion(line);
    } catch (BadValueException e) {
      error(2, e.getMessage(), e.remedy());
    }
  }

  private void readLine(String line, int number, boolean second) {
    if (line.isEmpty() || line.startsWith("#")) {
      return;
    }
    try {
      if (!second) {
        rules.add(numbered(line, number));
      } else if (line.startsWith("[")) {
        enterSection(line);
      } else if (!skipping) {
        rules.add(rule(line, number));
      }
    } catch (BadValueException e) {
      error(number, e.getMessage(), e.remedy());
    }
  }

  private Rule numbered(String line, int number) throws BadValueException {
    if (!line.matches("[0-9]{1,9}")) {
      throw new BadValueException(
          "\"" + line + "\" is not the number of a system call",
          "version 1 takes numbers only; names need version 2");
    }
    Syscall syscall = Syscall.numbered(Integer.parseInt(line));
    return new Rule(syscall, Optional.empty(), Action.ALLOW, List.of(), origin(number));
  }

  private void enterSection(String line) throws BadValueException {
    // an unknown section's rules are not worth a second error
    skipping = true;
    abi = Optional.empty();
    PolicySection section = PolicySection.parse(line);
    skipping = section.elsewhere();
    abi = section.abi();
  }

  private Rule rule(String line, int number) throws BadValueException {
    String plain = beforeComment(line);
    int bracket = plain.indexOf('[');
    String words = bracket < 0 ? plain : plain.substring(0, bracket);
    List<String> parts =
        Arrays.stream(words.split("[ \t]+")).filter(word -> !word.isEmpty()).toList();
    if (parts.isEmpty()) {
      throw new BadValueException("a rule without a system call", "write NAME ACTION");
    }
    if (PolicyStyle.FORCED_UMOUNT.equals(parts.getFirst())) {
      return PolicyStyle.rejectForcedUmount(abi, origin(number));
    }
    if (bracket >= 0 && parts.size() == 1) {
      throw new BadValueException(
          "arguments without an action", "write the action before them: NAME ACTION [0,1,==]");
    }
    Action byDefault = style == null ? Action.KILL : style.rule();
    Action action =
        parts.size() == 1
            ? byDefault
            : PolicyStyle.action(parts.subList(1, parts.size()), rest -> ignored(rest, number));
    if (style != null && action.equals(style.otherwise())) {
      throw new BadValueException(
          "the rule for " + parts.getFirst() + " says what holds anyway: " + action.describe(),
          "remove the line, or give it another action");
    }
    return new Rule(
        Syscall.named(parts.getFirst()),
        abi,
        action,
        bracket < 0 ? List.of() : ArgumentTests.parse(plain.substring(bracket)),
        origin(number));
  }

  private void ignored(String rest, int number) {
    problems.add(
        Problem.warning(origin(number), "\"" + rest + "\" behind the action is ignored", ""));
  }

  private static String beforeComment(String line) {
    int comment = line.indexOf('#');
    return comment < 0 ? line : line.substring(0, comment);
  }

  private Origin origin(int line) {
    return Origin.of(Path.of(source), line, "");
  }

  private void error(int line, String message, String remedy) {
    problems.add(Problem.error(origin(line), message, remedy));
  }
}
