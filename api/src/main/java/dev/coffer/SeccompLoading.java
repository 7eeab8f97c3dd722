package dev.coffer;

import dev.coffer.linux.SeccompFilter;
import dev.coffer.model.CofferException;
import dev.coffer.model.Problem;
import dev.coffer.model.Seccomp;
import dev.coffer.model.Sourced;
import dev.coffer.plan.SeccompChoice;
import dev.coffer.runtime.Caller;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Decides whether a container's policy is loaded, lxc.seccomp.allow_nesting: not where the caller
 * lives under a filter already, which whatever it starts inherits.
 */
final class SeccompLoading {
  private static final Path ROOT = Path.of("/");

  private final SeccompPolicies policies;
  private final Caller caller;

  private SeccompLoading(SeccompPolicies policies, Caller caller) {
    this.policies = policies;
    this.caller = caller;
  }

  static SeccompLoading of(SeccompPolicies policies, Caller caller) {
    return new SeccompLoading(policies, caller);
  }

  /**
   * The policy to load.
   *
   * @throws CofferException if it cannot be used
   */
  Optional<SeccompPolicies.Loaded> load(Seccomp seccomp, Consumer<Problem> notices) {
    if (seccomp.profile().isEmpty()) {
      return Optional.empty();
    }
    Sourced<String> profile = seccomp.profile().get();
    if (!seccomp.allowNesting() && Processes.isFiltered(caller.pid())) {
      notices.accept(
          Problem.warning(
              profile.origin(),
              "the policy is not loaded, because the caller is under a filter already",
              "lxc.seccomp.allow_nesting = 1 loads it all the same"));
      return Optional.empty();
    }
    SeccompPolicies.Loaded loaded = policies.load(profile, caller.cwd());
    if (loaded.filter().notifies()) {
      checkProxy(seccomp, profile);
    }
    loaded.problems().forEach(notices);
    return Optional.of(loaded);
  }

  private static void checkProxy(Seccomp seccomp, Sourced<String> profile) {
    if (seccomp.proxy().isEmpty()) {
      throw new CofferException(
          "the seccomp policy "
              + profile.value()
              + " has the action notify, and nobody is there to answer",
          List.of(
              "from  " + profile.origin().describe(),
              "hint  set lxc.seccomp.notify.proxy = unix:PATH, or use another action"));
    }
  }

  static SeccompChoice choice(Optional<SeccompPolicies.Loaded> policy) {
    return policy
        .<SeccompChoice>map(loaded -> new SeccompChoice.Load(loaded.policy()))
        .orElse(new SeccompChoice.None());
  }

  /** What a later life of a running container needs, when an earlier engine made the first. */
  record Recalled(SeccompChoice choice, Optional<SeccompFilter> filter) {}

  /** The container runs all the same where the file is gone; only its next life does not begin. */
  static Recalled recall(SeccompPolicies policies, Seccomp seccomp) {
    if (seccomp.profile().isEmpty()) {
      return new Recalled(new SeccompChoice.None(), Optional.empty());
    }
    try {
      SeccompPolicies.Loaded loaded = policies.load(seccomp.profile().get(), ROOT);
      return new Recalled(new SeccompChoice.Load(loaded.policy()), Optional.of(loaded.filter()));
    } catch (CofferException e) {
      return new Recalled(new SeccompChoice.Lost(e.getMessage()), Optional.empty());
    }
  }
}
