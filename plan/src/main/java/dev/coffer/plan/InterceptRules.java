package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.Intercepts;
import dev.coffer.model.Intercepts.Call;
import dev.coffer.model.Origin;
import dev.coffer.model.SeccompPolicy;
import dev.coffer.model.SeccompPolicy.Action;
import dev.coffer.model.SeccompPolicy.ArgumentTest;
import dev.coffer.model.SeccompPolicy.Operator;
import dev.coffer.model.SeccompPolicy.Rule;
import dev.coffer.model.SeccompPolicy.Syscall;
import dev.coffer.model.Sourced;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a policy ask Coffer about intercepted calls. A policy must allow these calls anyway: what
 * Coffer does not make itself, it lets the kernel decide, and that must not become a way round the
 * policy.
 */
public final class InterceptRules {
  private static final int ENOSYS = 38;

  private static final long S_IFMT = 0170000;
  private static final long S_IFCHR = 0020000;

  /**
   * MS_REMOUNT, _BIND, _MOVE, _UNBINDABLE, _SHARED: no new file system. MS_PRIVATE and MS_SLAVE are
   * bits of MS_MGC_VAL, too, which old programs add to every mount.
   */
  private static final List<Long> CHANGES =
      List.of(1L << 5, 1L << 12, 1L << 13, 1L << 17, 1L << 20);

  /**
   * A call and when Coffer is asked: if all of {@code asked} hold. Each of {@code others} covers a
   * part of the rest, and together they cover it all.
   */
  private record Question(String call, List<ArgumentTest> asked, List<ArgumentTest> others) {}

  private InterceptRules() {}

  /** The policy that allows everything but asks. */
  public static SeccompPolicy alone(Sourced<Intercepts> intercepts) {
    SeccompPolicy all =
        new SeccompPolicy("coffer.intercept", true, Action.ALLOW, List.of(), intercepts.origin());
    return added(all, intercepts);
  }

  /**
   * The policy with the rules that ask in place of those that allow.
   *
   * @throws CofferException if it does not allow a call that is intercepted
   */
  public static SeccompPolicy added(SeccompPolicy policy, Sourced<Intercepts> intercepts) {
    List<Rule> rules = new ArrayList<>();
    Set<String> replaced = new HashSet<>();
    for (Call call : Call.values()) {
      if (intercepts.value().calls().contains(call)) {
        for (Question question : questions(call)) {
          requireAllowed(policy, question.call(), intercepts.origin());
          replaced.add(question.call());
          rules.addAll(rules(question, policy.otherwise(), intercepts.origin()));
        }
      }
    }
    if (intercepts.value().calls().contains(Call.MOUNT)) {
      // programs that know the newer calls fall back to mount(2), which can be answered
      replaced.add("fsopen");
      Action unknown = Action.errno(ENOSYS);
      if (!policy.otherwise().equals(unknown)) { // libseccomp refuses what holds anyway
        rules.add(rule("fsopen", unknown, List.of(), intercepts.origin()));
      }
    }
    policy.rules().stream()
        .filter(rule -> !replaced.contains(rule.syscall().name()))
        .forEach(rules::add);
    return new SeccompPolicy(
        policy.source(), policy.compatible(), policy.otherwise(), rules, policy.origin());
  }

  private static List<Question> questions(Call call) {
    return switch (call) {
      case MKNOD -> List.of(mknod("mknod", 1), mknod("mknodat", 2));
      case SETXATTR -> List.of(setxattr("setxattr"), setxattr("lsetxattr"), setxattr("fsetxattr"));
      case SYSINFO -> List.of(new Question("sysinfo", List.of(), List.of()));
      case MOUNT -> List.of(mount());
    };
  }

  /** Of the types of a file only one is asked about; another one differs from it in some bit. */
  private static Question mknod(String call, int mode) {
    List<ArgumentTest> others = new ArrayList<>();
    for (long bit = 0010000; bit <= 0100000; bit <<= 1) {
      others.add(new ArgumentTest(mode, Operator.MASKED_EQUAL, ~S_IFCHR & bit, bit));
    }
    return new Question(
        call, List.of(new ArgumentTest(mode, Operator.MASKED_EQUAL, S_IFCHR, S_IFMT)), others);
  }

  /** The marks of overlayfs are one letter, or none. */
  private static Question setxattr(String call) {
    return new Question(
        call,
        List.of(new ArgumentTest(3, Operator.LESS_OR_EQUAL, 1, 0)),
        List.of(new ArgumentTest(3, Operator.GREATER, 1, 0)));
  }

  private static Question mount() {
    long any = CHANGES.stream().reduce(0L, (a, b) -> a | b);
    return new Question(
        "mount",
        List.of(new ArgumentTest(3, Operator.MASKED_EQUAL, 0, any)),
        CHANGES.stream().map(bit -> new ArgumentTest(3, Operator.MASKED_EQUAL, bit, bit)).toList());
  }

  /** Where everything is allowed anyway, libseccomp refuses a rule that says it again. */
  private static List<Rule> rules(Question question, Action otherwise, Origin origin) {
    List<Rule> rules = new ArrayList<>();
    Action ask = new Action(Action.Kind.NOTIFY, 0);
    rules.add(rule(question.call(), ask, question.asked(), origin));
    if (!otherwise.equals(Action.ALLOW)) {
      question
          .others()
          .forEach(test -> rules.add(rule(question.call(), Action.ALLOW, List.of(test), origin)));
    }
    return rules;
  }

  private static Rule rule(String call, Action action, List<ArgumentTest> tests, Origin origin) {
    return new Rule(Syscall.named(call), Optional.empty(), action, tests, origin);
  }

  private static void requireAllowed(SeccompPolicy policy, String call, Origin origin) {
    List<Rule> about =
        policy.rules().stream().filter(rule -> rule.syscall().name().equals(call)).toList();
    boolean allowed =
        about.isEmpty()
            ? policy.otherwise().equals(Action.ALLOW)
            : about.stream().allMatch(rule -> isPlain(rule));
    if (!allowed) {
      throw new CofferException(
          "the seccomp policy "
              + policy.source()
              + " does not plainly allow "
              + call
              + ", which coffer.intercept is to answer",
          List.of(
              "from  " + origin.describe(),
              "hint  allow it in the policy, or intercept something else"));
    }
  }

  private static boolean isPlain(Rule rule) {
    return rule.action().equals(Action.ALLOW) && rule.tests().isEmpty() && rule.abi().isEmpty();
  }
}
