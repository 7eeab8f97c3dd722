package dev.coffer;

import dev.coffer.config.Nearest;
import dev.coffer.config.seccomp.DefaultPolicy;
import dev.coffer.config.seccomp.PolicyReader;
import dev.coffer.linux.Errno;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.SeccompCompiler;
import dev.coffer.linux.SeccompFilter;
import dev.coffer.linux.Sys;
import dev.coffer.model.CofferException;
import dev.coffer.model.Intercepts;
import dev.coffer.model.Problem;
import dev.coffer.model.Seccomp;
import dev.coffer.model.SeccompPolicy;
import dev.coffer.model.SeccompPolicy.Rule;
import dev.coffer.model.Sourced;
import dev.coffer.plan.InterceptRules;
import dev.coffer.runtime.Recent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads and compiles policies, and keeps what it compiled by the text it came from: a file is read
 * at every start, for it may have changed, but compiled once. Safe for use by several threads.
 */
final class SeccompPolicies {
  private static final int KEPT = 32;
  private static final int LARGEST = 1 << 20;

  /** What the launcher does between loading a filter and being gone. */
  private static final List<Sys> LAST_CALLS =
      List.of(Sys.RT_SIGACTION, Sys.RT_SIGPROCMASK, Sys.EXECVE);

  /**
   * A policy ready to be loaded.
   *
   * @param asksProxy whether it has rules of its own with the action notify
   * @param problems what is worth saying about it
   */
  record Loaded(
      SeccompPolicy policy, boolean asksProxy, SeccompFilter filter, List<Problem> problems) {}

  /**
   * @param text empty for a policy that is there for the intercepts only
   */
  private record Text(String source, String text, Optional<Sourced<Intercepts>> intercepts) {}

  private final Recent<Text, Loaded> kept = new Recent<>(KEPT);

  /**
   * The policy of a container and what it intercepts; empty where neither is asked for.
   *
   * @param directory where a relative path begins
   * @throws CofferException naming everything that is wrong with the policy
   */
  Optional<Loaded> load(Seccomp seccomp, Path directory) {
    Optional<Text> text =
        seccomp
            .profile()
            .map(profile -> read(profile, directory, seccomp.intercepts()))
            .or(() -> seccomp.intercepts().map(_ -> new Text("", "", seccomp.intercepts())));
    return text.map(known -> kept.findOrMake(known, SeccompPolicies::compile));
  }

  /** The filter as text; empty where no policy is asked for. */
  Optional<String> describe(Seccomp seccomp, Path directory) {
    return load(seccomp, directory).map(loaded -> SeccompCompiler.pseudoCode(loaded.policy()));
  }

  private static Text read(
      Sourced<String> profile, Path directory, Optional<Sourced<Intercepts>> intercepts) {
    if (Seccomp.isOwn(profile.value())) {
      return new Text(profile.value(), DefaultPolicy.text(profile.value()), intercepts);
    }
    Path file = directory.resolve(profile.value());
    try {
      return new Text(file.toString(), HostFiles.readAtMost(file, LARGEST), intercepts);
    } catch (KernelException e) {
      throw cannotRead(profile, Errno.describe(e.errno()));
    }
  }

  private static CofferException cannotRead(Sourced<String> profile, String reason) {
    return new CofferException(
        "cannot read the seccomp policy " + profile.value() + ": " + reason,
        List.of(
            "from  " + profile.origin().describe(),
            "hint  correct the path, or use the policy that comes with Coffer: coffer.seccomp ="
                + " default"));
  }

  private static Loaded compile(Text text) {
    if (text.text().isEmpty() && text.source().isEmpty()) {
      SeccompPolicy policy = InterceptRules.alone(text.intercepts().orElseThrow());
      return new Loaded(policy, false, SeccompCompiler.compile(policy), List.of());
    }
    PolicyReader.Result result = PolicyReader.read(text.text(), text.source());
    SeccompPolicy own =
        result
            .policy()
            .orElseThrow(
                () -> CofferException.of("Failed to read seccomp policy", result.problems()));
    SeccompPolicy policy =
        text.intercepts().map(more -> InterceptRules.added(own, more)).orElse(own);
    SeccompFilter filter = SeccompCompiler.compile(policy);
    if (filter.isTooLong()) {
      throw new CofferException(
          "the seccomp policy "
              + text.source()
              + " is too long for the kernel: "
              + filter.instructions()
              + " instructions",
          List.of("hint  4096 are allowed"));
    }
    for (Sys call : LAST_CALLS) {
      if (!filter.admits(call)) {
        throw new CofferException(
            "the seccomp policy "
                + text.source()
                + " forbids "
                + call.describe()
                + ", without which no program can be executed under it",
            List.of("hint  add the line: " + call.describe() + " allow"));
      }
    }
    List<Problem> problems = new ArrayList<>(result.problems());
    // Coffer's own policy names calls of newer kernels on purpose
    if (!Seccomp.isOwn(text.source())) {
      filter.unknown().forEach(rule -> problems.add(unknown(rule)));
    }
    return new Loaded(policy, own.notifies(), filter, List.copyOf(problems));
  }

  private static Problem unknown(Rule rule) {
    String name = rule.syscall().name();
    return Problem.warning(
        rule.origin(),
        "libseccomp knows no system call \"" + name + "\": the rule does nothing",
        Nearest.of(name, SeccompCompiler.names())
            .map(near -> "did you mean \"" + near + "\"?")
            .orElse(""));
  }
}
