package dev.coffer.model;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A system call filter before it is compiled: an answer for every call and the exceptions from it,
 * seccomp(2). Names of calls are as they were written; whether the kernel has them is the
 * compiler's to find out.
 *
 * @param source the file it was read from, or the name of one that comes with Coffer
 * @param compatible whether programs of the machine's other ABIs are filtered too; otherwise each
 *     of their calls is deadly
 */
public record SeccompPolicy(
    String source, boolean compatible, Action otherwise, List<Rule> rules, Origin origin) {
  public SeccompPolicy {
    Objects.requireNonNull(source);
    Objects.requireNonNull(otherwise);
    Objects.requireNonNull(origin);
    rules = List.copyOf(rules);
  }

  /** Whether any call is to be answered by a listener. */
  public boolean notifies() {
    return otherwise.kind() == Action.Kind.NOTIFY
        || rules.stream().anyMatch(rule -> rule.action().kind() == Action.Kind.NOTIFY);
  }

  /** {@code 5 rules, else allow}. */
  public String describe() {
    String count = rules.size() == 1 ? "1 rule" : rules.size() + " rules";
    return count + ", else " + otherwise.describe();
  }

  /** What the kernel does about a call. */
  public record Action(Kind kind, int value) {
    public static final Action ALLOW = new Action(Kind.ALLOW, 0);
    public static final Action KILL = new Action(Kind.KILL, 0);

    public Action {
      if (!kind.hasValue() && value != 0) {
        throw new IllegalArgumentException(kind + " with value " + value);
      }
    }

    /** Fails the call with this number. */
    public static Action errno(int number) {
      return new Action(Kind.ERRNO, number);
    }

    public String describe() {
      return kind.hasValue() ? kind.word() + " " + value : kind.word();
    }

    /** The kinds, by the words of policy files; all but the first five are Coffer's own. */
    public enum Kind {
      /** Ends the thread by SIGSYS. */
      KILL("kill"),
      /** The value is the call's errno. */
      ERRNO("errno"),
      ALLOW("allow"),
      /** Sends SIGSYS, which the program can handle. */
      TRAP("trap"),
      /** Asks the listener, seccomp_unotify(2). */
      NOTIFY("notify"),
      KILL_PROCESS("kill_process"),
      /** Allows the call and has the kernel log it. */
      LOG("log"),
      /** Stops for a tracer, to which the value is told; ENOSYS without one. */
      TRACE("trace");

      private final String word;

      Kind(String word) {
        this.word = word;
      }

      public String word() {
        return word;
      }

      public boolean hasValue() {
        return this == ERRNO || this == TRACE;
      }

      public static Optional<Kind> parse(String word) {
        for (Kind kind : values()) {
          if (kind.word.equals(word)) {
            return Optional.of(kind);
          }
        }
        return Optional.empty();
      }
    }
  }

  /**
   * An exception for one call.
   *
   * @param abi the only ABI it holds for; empty for all
   * @param tests all must hold for the rule to apply
   */
  public record Rule(
      Syscall syscall, Optional<Abi> abi, Action action, List<ArgumentTest> tests, Origin origin) {
    public Rule {
      Objects.requireNonNull(syscall);
      Objects.requireNonNull(action);
      Objects.requireNonNull(origin);
      tests = List.copyOf(tests);
    }

    public String describe() {
      String arguments =
          tests.stream().map(ArgumentTest::describe).collect(Collectors.joining(" and "));
      return syscall.describe()
          + " "
          + action.describe()
          + (arguments.isEmpty() ? "" : " if " + arguments)
          + abi.map(only -> " on " + only.word()).orElse("");
    }
  }

  /** A call by its name, or by its number on this machine where the name is empty. */
  public record Syscall(String name, int number) {
    public static Syscall named(String name) {
      return new Syscall(name, 0);
    }

    public static Syscall numbered(int number) {
      return new Syscall("", number);
    }

    public boolean isNumbered() {
      return name.isEmpty();
    }

    public String describe() {
      return isNumbered() ? Integer.toString(number) : name;
    }
  }

  /** The conventions a program can make system calls by. */
  public enum Abi {
    X86_64("x86_64"),
    X86("x86"),
    X32("x32"),
    ARM64("arm64"),
    ARM("arm");

    private final String word;

    Abi(String word) {
      this.word = word;
    }

    /** As sections of policy files spell it. */
    public String word() {
      return word;
    }
  }

  /**
   * A comparison of one argument with a number; both are unsigned.
   *
   * @param argument 0 to 5
   * @param mask for {@link Operator#MASKED_EQUAL}, the bits that are compared
   */
  public record ArgumentTest(int argument, Operator operator, long value, long mask) {
    public ArgumentTest {
      if (argument < 0 || argument > 5) {
        throw new IllegalArgumentException("argument " + argument);
      }
    }

    public String describe() {
      String tested =
          operator == Operator.MASKED_EQUAL
              ? "(a" + argument + " & 0x" + Long.toHexString(mask) + ") =="
              : "a" + argument + " " + operator.sign();
      return tested + " " + Long.toUnsignedString(value);
    }
  }

  /** How an argument is compared. */
  public enum Operator {
    NOT_EQUAL("!=", "SCMP_CMP_NE"),
    LESS("<", "SCMP_CMP_LT"),
    LESS_OR_EQUAL("<=", "SCMP_CMP_LE"),
    EQUAL("==", "SCMP_CMP_EQ"),
    GREATER_OR_EQUAL(">=", "SCMP_CMP_GE"),
    GREATER(">", "SCMP_CMP_GT"),
    MASKED_EQUAL("&=", "SCMP_CMP_MASKED_EQ");

    private final String sign;
    private final String longName;

    Operator(String sign, String longName) {
      this.sign = sign;
      this.longName = longName;
    }

    public String sign() {
      return sign;
    }

    /** By its sign or by libseccomp's name. */
    public static Optional<Operator> parse(String word) {
      for (Operator operator : values()) {
        if (operator.sign.equals(word) || operator.longName.equals(word)) {
          return Optional.of(operator);
        }
      }
      return Optional.empty();
    }
  }
}
