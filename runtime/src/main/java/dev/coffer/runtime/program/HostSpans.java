package dev.coffer.runtime.program;

import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.model.plan.NetworkStep;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.RunHook;
import dev.coffer.model.plan.Step;
import java.util.List;

/**
 * Which of a plan's host steps the engine does by itself. The leading ones come before the program;
 * those that follow right upon the birth of init are done while it is born, and it waits for them
 * at a gate. Those that come before its first mounts, device rules, are done while it mounts: it
 * waits for them at a second gate before anything that could open a device. Network steps are done
 * when the executor has told of the container's network namespace; init waits for them at a last
 * gate before anything that could use the network. All others are reports at which the executor
 * waits. A hook sees the host as the plan's order says, so with one before the birth nothing is
 * done ahead.
 *
 * @param leading how many steps at the beginning, the keeper's prelude included
 * @param birth those done while init is born
 * @param mounting those done while init mounts
 * @param secondGate the step before which init waits for the latter
 * @param network those about interfaces
 * @param networkGate the step before which init waits for them
 */
public record HostSpans(
    int leading, Span birth, Span mounting, int secondGate, Span network, int networkGate) {
  /**
   * Consecutive steps.
   *
   * @param to behind the last of them; equal to {@code from} where there are none
   */
  public record Span(int from, int to) {
    boolean holds(int step) {
      return step >= from && step < to;
    }

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
      return from == to;
    }
  }

  /**
   * @param prelude how many steps at the beginning the keeper has done already
   */
  public static HostSpans of(Plan plan, int prelude) {
    List<Step> steps = plan.steps();
    int leading = hostStepsFrom(steps, prelude);
    Span none = new Span(leading, leading);
    Span birth = birth(steps, leading);
    Span mounting = birth.isEmpty() ? none : afterEntry(steps, birth.to());
    int secondGate = mounting.isEmpty() ? leading : secondGate(steps, mounting);
    Span network = network(steps, leading);
    // the gates are opened in this order
    int last = Math.max(birth.to(), secondGate);
    int networkGate = network.isEmpty() ? leading : Math.max(networkGate(steps, network), last);
    return new HostSpans(leading, birth, mounting, secondGate, network, networkGate);
  }

  private static Span birth(List<Step> steps, int leading) {
    boolean born = false;
    for (int i = leading; i < steps.size() && !(steps.get(i) instanceof RunHook); i++) {
      born |= steps.get(i) instanceof KeeperStep.CloneInit;
      if (born && isSilent(steps.get(i))) {
        return new Span(i, hostStepsFrom(steps, i));
      }
    }
    return new Span(leading, leading);
  }

  private static Span network(List<Step> steps, int leading) {
    for (int i = leading; i < steps.size() && !(steps.get(i) instanceof RunHook); i++) {
      if (steps.get(i) instanceof NetworkStep) {
        int to = i;
        while (to < steps.size() && steps.get(to) instanceof NetworkStep) {
          to++;
        }
        return new Span(i, to);
      }
    }
    return new Span(leading, leading);
  }

  private static int networkGate(List<Step> steps, Span network) {
    int at = network.to();
    while (at < steps.size() && usesNoNetwork(steps.get(at))) {
      at++;
    }
    return at;
  }

  /** A host step that needs to know nothing of what the executor has made. */
  private static boolean isSilent(Step step) {
    return step instanceof HostStep && !(step instanceof NetworkStep);
  }

  /** What is not known to is taken to do so. */
  private static boolean usesNoNetwork(Step step) {
    return opensNoDevice(step)
        || switch (step) {
          case ContainerStep.CreateDevice _,
              ContainerStep.CreateDirectory _,
              ContainerStep.CreateSymlink _,
              ContainerStep.MountDevpts _,
              ContainerStep.AttachConsole _,
              ContainerStep.CreateTtys _,
              ContainerStep.SetPropagation _,
              ContainerStep.PivotRoot _ ->
              true;
          default -> false;
        };
  }

  private static Span afterEntry(List<Step> steps, int entry) {
    int from = entry;
    while (from < steps.size()
        && (steps.get(from) instanceof ContainerStep.JoinCgroups
            || opensNoDevice(steps.get(from)))) {
      from++;
    }
    return new Span(from, hostStepsFrom(steps, from));
  }

  private static int secondGate(List<Step> steps, Span mounting) {
    int at = mounting.to();
    while (at < steps.size() && opensNoDevice(steps.get(at))) {
      at++;
    }
    return at;
  }

  /** What is not known to is taken to do so. */
  private static boolean opensNoDevice(Step step) {
    return switch (step) {
      case ContainerStep.NewKeyring _,
          ContainerStep.ReachRoot _,
          ContainerStep.BecomeRoot _,
          ContainerStep.SetHostname _,
          ContainerStep.BringUpLoopback _,
          ContainerStep.IsolateMounts _,
          ContainerStep.MountRoot _,
          ContainerStep.BindMount _,
          ContainerStep.ProtectPath _,
          ContainerStep.MaskPath _,
          NetworkStep _ ->
          true;
      case ContainerStep.MountFileSystem mount ->
          ContainerStep.MountFileSystem.isWithoutDevice(mount.type());
      default -> false;
    };
  }

  private static int hostStepsFrom(List<Step> steps, int from) {
    int at = from;
    while (at < steps.size() && isSilent(steps.get(at))) {
      at++;
    }
    return at;
  }

  /** Whether init has something to wait for. */
  public boolean hasGate() {
    return !birth.isEmpty() || !network.isEmpty();
  }

  /** How many times init waits at the gate before this step. */
  int waitsBefore(int step) {
    int waits = !birth.isEmpty() && step == birth.to() ? 1 : 0;
    waits += !mounting.isEmpty() && step == secondGate ? 1 : 0;
    return waits + (!network.isEmpty() && step == networkGate ? 1 : 0);
  }

  boolean covers(int step) {
    return step < leading || birth.holds(step) || mounting.holds(step) || network.holds(step);
  }
}
