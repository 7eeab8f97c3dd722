package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.Origin;
import dev.coffer.model.SeccompPolicy;
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
    return policy().isPresent();
  }

  /** The step, the first time this is asked. */
  List<Step> load() {
    if (loaded || !isWanted()) {
      return List.of();
    }
    loaded = true;
    boolean privileged = !request.spec().privileges().noNewPrivileges().value();
    return List.of(new ContainerStep.LoadSeccomp(policy().orElseThrow(), privileged, origin()));
  }

  private Optional<SeccompPolicy> policy() {
    return switch (request.seccomp()) {
      case SeccompChoice.None _ -> Optional.empty();
      case SeccompChoice.Load load -> Optional.of(load.policy());
      case SeccompChoice.Lost lost ->
          throw new CofferException(
              "the seccomp policy is lost: " + lost.reason(),
              List.of(
                  "from  " + origin().describe(), "hint  put the file back, or stop and start"));
    };
  }

  private Origin origin() {
    return request
        .spec()
        .privileges()
        .seccomp()
        .profile()
        .map(Sourced::origin)
        .orElse(Origin.builtIn("lxc.seccomp.profile"));
  }
}
