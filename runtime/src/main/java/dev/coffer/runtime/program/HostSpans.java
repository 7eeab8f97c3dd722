package dev.coffer.runtime.program;

import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.RunHook;
import dev.coffer.model.plan.Step;
import java.util.List;

/**
 * Which of a plan's host steps the engine does by itself. The leading ones come before the program;
 * those that follow right upon the birth of init are done while it is born, and it waits for them
 * at a gate. Those that come before its first mounts, device rules, are done while it mounts: it
 * waits for them at a second gate before anything that could open a device. All others are reports
 * at which the executor waits. A hook sees the host as the plan's order says, so with one before
 * the birth nothing is done ahead.
 *
 * @param leading how many steps at the beginning, the keeper's prelude included
 * @param birth those done while init is born
 * @param mounting those done while init mounts
 * @param secondGate the step before which init waits for the latter
 */
public record HostSpans(int leading, Span birth, Span mounting, int secondGate) {
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
    boolean born = false;
    for (int i = leading; i < steps.size() && !(steps.get(i) instanceof RunHook); i++) {
      born |= steps.get(i) instanceof KeeperStep.CloneInit;
      if (born && steps.get(i) instanceof HostStep) {
        Span birth = new Span(i, hostStepsFrom(steps, i));
        Span mounting = afterEntry(steps, birth.to());
        return new HostSpans(leading, birth, mounting, secondGate(steps, mounting));
      }
    }
    return new HostSpans(leading, none, none, leading);
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
          ContainerStep.MaskPath _ ->
          true;
      case ContainerStep.MountFileSystem mount ->
          ContainerStep.MountFileSystem.isWithoutDevice(mount.type());
      default -> false;
    };
  }

  private static int hostStepsFrom(List<Step> steps, int from) {
    int at = from;
    while (at < steps.size() && steps.get(at) instanceof HostStep) {
      at++;
    }
    return at;
  }

  /** Whether init has something to wait for. */
  public boolean hasGate() {
    return !birth.isEmpty();
  }

  /** Whether init waits at the gate before this step. */
  boolean waitsBefore(int step) {
    return hasGate() && step == birth.to() || !mounting.isEmpty() && step == secondGate;
  }

  boolean covers(int step) {
    return step < leading || birth.holds(step) || mounting.holds(step);
  }
}
