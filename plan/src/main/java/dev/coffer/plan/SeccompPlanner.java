package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.Origin;
import dev.coffer.model.Seccomp;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.Step;
import java.util.List;
import java.util.Optional;

/**
 * The part of the system call filter. It is loaded once, as late as what must be under it allows:
 * what comes after it has to make do with the calls that the policy leaves.
 */
final class SeccompPlanner {
  private final StartRequest request;
  private boolean loaded;

  SeccompPlanner(StartRequest request) {
    this.request = request;
  }

  boolean isWanted() {
    return choice().isPresent();
  }

  /** The step, the first time this is asked. */
  List<Step> load() {
    if (loaded || !isWanted()) {
      return List.of();
    }
    loaded = true;
    boolean privileged = !request.spec().privileges().noNewPrivileges().value();
    SeccompChoice.Load load = choice().orElseThrow();
    return List.of(
        new ContainerStep.LoadSeccomp(load.policy(), load.intercepts(), privileged, origin()));
  }

  private Optional<SeccompChoice.Load> choice() {
    return switch (request.seccomp()) {
      case SeccompChoice.None _ -> Optional.empty();
      case SeccompChoice.Load load -> Optional.of(load);
      case SeccompChoice.Lost lost ->
          throw new CofferException(
              "the seccomp policy is lost: " + lost.reason(),
              List.of(
                  "from  " + origin().describe(), "hint  put the file back, or stop and start"));
    };
  }

  private Origin origin() {
    Seccomp seccomp = request.spec().privileges().seccomp();
    return seccomp
        .profile()
        .map(Sourced::origin)
        .or(() -> seccomp.intercepts().map(Sourced::origin))
        .orElse(Origin.builtIn("lxc.seccomp.profile"));
  }
}
