package dev.coffer;

import dev.coffer.linux.SeccompFilter;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Intercepts;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.model.Seccomp;
import dev.coffer.model.Sourced;
import dev.coffer.plan.SeccompChoice;
import dev.coffer.runtime.Caller;
import dev.coffer.runtime.HostFactsReader;
import dev.coffer.runtime.Interception;
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
  Optional<SeccompPolicies.Loaded> load(ContainerSpec spec, Consumer<Problem> notices) {
    Seccomp seccomp = Interception.effective(spec);
    tellUnneeded(spec, seccomp, notices);
    Optional<Origin> origin =
        seccomp.profile().map(Sourced::origin).or(() -> seccomp.intercepts().map(Sourced::origin));
    if (origin.isPresent() && !seccomp.allowNesting() && Processes.isFiltered(caller.pid())) {
      notices.accept(
          Problem.warning(
              origin.get(),
              "the policy is not loaded, because the caller is under a filter already",
              "lxc.seccomp.allow_nesting = 1 loads it all the same"));
      return Optional.empty();
    }
    seccomp.intercepts().ifPresent(SeccompLoading::requirePrivilege);
    Optional<SeccompPolicies.Loaded> loaded = policies.load(seccomp, caller.cwd());
    if (loaded.isPresent() && loaded.get().asksProxy()) {
      checkProxy(seccomp, seccomp.profile().orElseThrow());
    }
    loaded.ifPresent(policy -> policy.problems().forEach(notices));
    return loaded;
  }

  private static void tellUnneeded(
      ContainerSpec spec, Seccomp effective, Consumer<Problem> notices) {
    Optional<Sourced<Intercepts>> wanted = spec.privileges().seccomp().intercepts();
    if (wanted.isPresent() && !wanted.equals(effective.intercepts())) {
      notices.accept(
          Problem.warning(
              wanted.get().origin(),
              "only sysinfo is intercepted: without an id map root inside is the host's root, whose"
                  + " other calls the kernel decides about",
              "coffer.idmap = auto gives the container ids of its own"));
    }
  }

  private static void requirePrivilege(Sourced<Intercepts> intercepts) {
    if (HostFactsReader.uid() != 0
        && !intercepts.value().equals(intercepts.value().unprivileged())) {
      throw new CofferException(
          "only the host's root can make these calls for a container: "
              + intercepts.value().describe(),
          List.of(
              "from  " + intercepts.origin().describe(),
              "hint  an ordinary user's container can have coffer.intercept = sysinfo"));
    }
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

  static SeccompChoice choice(ContainerSpec spec, Optional<SeccompPolicies.Loaded> policy) {
    Intercepts intercepts = Interception.effective(spec).intercepted();
    return policy
        .<SeccompChoice>map(loaded -> new SeccompChoice.Load(loaded.policy(), intercepts))
        .orElse(new SeccompChoice.None());
  }

  /** What a later life of a running container needs, when an earlier engine made the first. */
  record Recalled(SeccompChoice choice, Optional<SeccompFilter> filter) {}

  /** The container runs all the same where the file is gone; only its next life does not begin. */
  static Recalled recall(SeccompPolicies policies, ContainerSpec spec) {
    try {
      Optional<SeccompPolicies.Loaded> loaded = policies.load(Interception.effective(spec), ROOT);
      return new Recalled(choice(spec, loaded), loaded.map(SeccompPolicies.Loaded::filter));
    } catch (CofferException e) {
      return new Recalled(new SeccompChoice.Lost(e.getMessage()), Optional.empty());
    }
  }
}
