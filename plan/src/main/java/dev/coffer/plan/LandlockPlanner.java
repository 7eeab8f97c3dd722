package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.Landlock;
import dev.coffer.model.Landlock.PathRule;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The part of Landlock: what the rules say beyond what the kernel can do is refused, unless
 * coffer.landlock.allow_incomplete says otherwise.
 */
final class LandlockPlanner {
  private static final String REMEDY =
      "coffer.landlock.allow_incomplete = 1 starts with what this kernel can do";

  /** What is lacking, and the kernel that has it. */
  private record Lack(String what, String since, Origin origin) {
    String describe() {
      return "the kernel's Landlock cannot " + what + ", which takes Linux " + since;
    }
  }

  private final Landlock wanted;
  private final int abi;
  private final boolean privileged;

  /**
   * @param privileged whether the process may restrict itself because it is root
   */
  LandlockPlanner(Landlock wanted, LsmFacts facts, boolean privileged) {
    this.wanted = wanted;
    this.abi = facts.landlock();
    this.privileged = privileged;
  }

  /**
   * @throws CofferException when the kernel lacks something
   */
  void requireKernel() {
    List<Lack> lacks = lacks();
    if (!lacks.isEmpty() && !wanted.allowIncomplete()) {
      Lack first = lacks.getFirst();
      throw new CofferException(
          first.describe(), List.of("from  " + first.origin().describe(), "hint  " + REMEDY));
    }
  }

  List<Problem> notices() {
    return wanted.allowIncomplete()
        ? lacks().stream().map(lack -> Problem.warning(lack.origin(), lack.describe(), "")).toList()
        : List.of();
  }

  /** The steps that restrict a process that runs inside, in their order. */
  List<Step> restrict() {
    Landlock rules = possible();
    if (rules.isNone()) {
      return List.of();
    }
    Origin origin = rules.origin().orElseThrow();
    List<Step> steps = new ArrayList<>();
    steps.add(new ContainerStep.CreateLandlockRuleset(rules, abi, origin));
    for (Sourced<PathRule> rule : rules.paths()) {
      steps.add(new ContainerStep.AllowPath(rule.value(), abi, rule.origin()));
    }
    rules.connect().flatMap(ports -> allow(ports, false)).ifPresent(steps::add);
    rules.bind().flatMap(ports -> allow(ports, true)).ifPresent(steps::add);
    steps.add(new ContainerStep.RestrictWithLandlock(privileged, origin));
    return steps;
  }

  private static Optional<Step> allow(Sourced<Set<Integer>> ports, boolean bind) {
    return ports.value().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ContainerStep.AllowPorts(
                ports.value().stream().sorted().toList(), bind, ports.origin()));
  }

  /** What of it this kernel can do. */
  private Landlock possible() {
    return new Landlock(
        abi >= 1 ? wanted.paths() : List.of(),
        wanted.connect().filter(_ -> abi >= 4),
        wanted.bind().filter(_ -> abi >= 4),
        wanted.scopes().filter(_ -> abi >= 6),
        wanted.allowIncomplete());
  }

  private List<Lack> lacks() {
    List<Lack> lacks = new ArrayList<>();
    Optional<Origin> paths = wanted.paths().stream().map(Sourced::origin).findFirst();
    if (abi < 1) {
      wanted
          .origin()
          .ifPresent(origin -> lacks.add(new Lack("be used", "5.13 with it switched on", origin)));
      return lacks;
    }
    if (abi < 3) {
      paths.ifPresent(origin -> lacks.add(new Lack("forbid truncating files", "6.2", origin)));
    }
    if (abi < 4) {
      wanted
          .connect()
          .or(wanted::bind)
          .ifPresent(ports -> lacks.add(new Lack("restrict TCP ports", "6.7", ports.origin())));
    }
    if (abi < 6) {
      wanted
          .scopes()
          .ifPresent(scopes ->
              lacks.add(
                  new Lack("restrict signals and abstract sockets", "6.12", scopes.origin())));
    }
    return lacks;
  }
}
