package dev.coffer.runtime;

import dev.coffer.linux.Errno;
import dev.coffer.linux.WaitStatus;
import dev.coffer.model.CofferException;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.Place;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.RunHook;
import dev.coffer.model.plan.Step;
import dev.coffer.network.Refusal;
import dev.coffer.plan.Hints;
import dev.coffer.runtime.program.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells a failed step the way users read it: what, on what, the kernel's word, where from, what to
 * do.
 */
final class StartFailure extends CofferException {
  private static final long serialVersionUID = 1L;

  /** Where one side notices that the other is gone. */
  private static final Set<String> WAITS = Set.of("await", "signal");

  private static final int SIGSYS = 31;

  private final int step;
  private final int errno;

  private StartFailure(String message, List<String> details, int step, int errno) {
    super(message, details);
    this.step = step;
    this.errno = errno;
  }

  /** Index of the step in its plan, -1 when none is to blame. */
  int step() {
    return step;
  }

  int errno() {
    return errno;
  }

  /** The kernel's word, or how a program that was run ended and what it said last. */
  static String reason(Executor.Outcome.Failed failed) {
    if (failed.errno() != 0) {
      return Errno.describe(failed.errno());
    }
    String ended = new WaitStatus(failed.waitStatus()).describe();
    return failed.output().isEmpty() ? ended : failed.output().strip() + " (" + ended + ")";
  }

  static StartFailure of(Plan plan, Program sent, Executor.Outcome.Failed failed) {
    Program program = failed.program().orElse(sent);
    int index = program.stepOf(failed.operation());
    String call = program.callOf(failed.operation());
    if (failed.inChild() && Errno.EPIPE.number() == failed.errno() && WAITS.contains(call)) {
      WaitStatus end = new WaitStatus(failed.waitStatus());
      return new StartFailure(
          "the container's first process ended during the start: it " + end.describe(),
          List.of("hint  " + cause(plan, end)),
          index,
          failed.errno());
    }
    if (index < 0 || index >= plan.steps().size()) {
      return new StartFailure(
          "the launcher failed at \"" + call + "\": " + Errno.describe(failed.errno()),
          List.of(),
          -1,
          failed.errno());
    }
    return of(plan, index, call, failed.errno(), failed.waitStatus(), failed.output());
  }

  private static String cause(Plan plan, WaitStatus end) {
    if (end.signal() == SIGSYS) {
      for (Step step : plan.steps()) {
        if (step instanceof ContainerStep.LoadSeccomp load) {
          return "the seccomp policy "
              + load.policy().source()
              + " forbids a call that the start makes after loading it";
        }
      }
    }
    return "somebody killed it, or the kernel for want of memory (dmesg); try again";
  }

  static StartFailure of(
      Plan plan, int index, String call, int errno, int waitStatus, String output) {
    Step step = plan.steps().get(index);
    String reason =
        errno == 0
            ? new WaitStatus(waitStatus).describe()
            : Hints.reason(step, call, errno, Errno.describe(errno));
    List<String> details = new ArrayList<>();
    details.add(
        "step  "
            + (index + 1)
            + " of "
            + plan.steps().size()
            + "  "
            + (step instanceof RunHook ? "hook" : call)
            + ", "
            + place(step.place()));
    details.add("from  " + step.origin().describe());
    for (String line : output.isEmpty() ? List.<String>of() : List.of(output.split("\n"))) {
      details.add("said  " + line);
    }
    Unreachable.hint(step, call, errno)
        .or(() ->
            step instanceof ContainerStep.Execute
                ? Hints.executing(plan.steps(), errno)
                : Optional.empty())
        .or(() -> Hints.hint(step, call, errno))
        .ifPresent(hint -> details.add("hint  " + hint));
    return new StartFailure("cannot " + step.describe() + ": " + reason, details, index, errno);
  }

  static StartFailure of(Plan plan, int index, Refusal refusal) {
    Step step = plan.steps().get(index);
    List<String> details = new ArrayList<>();
    details.add("step  " + (index + 1) + " of " + plan.steps().size() + "  by the broker");
    details.add("from  " + step.origin().describe());
    details.addAll(refusal.details());
    return new StartFailure(
        "cannot " + step.describe() + ": " + refusal.getMessage(), details, index, 0);
  }

  private static String place(Place place) {
    return switch (place) {
      case HOST -> "on the host";
      case KEEPER -> "by the keeper";
      case CONTAINER -> "in the container";
    };
  }
}
