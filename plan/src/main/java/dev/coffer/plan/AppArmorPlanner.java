package dev.coffer.plan;

import dev.coffer.model.AppArmor;
import dev.coffer.model.AppArmor.Profile;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.Moment;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.Step;
import dev.coffer.plan.LsmFacts.AppArmorFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The part of AppArmor. As with LXC a host without it is no reason to refuse a start, unless
 * coffer.apparmor.required says so; a profile that is asked for and cannot be had on a host with it
 * is one.
 */
final class AppArmorPlanner {
  private static final String KEY = "lxc.apparmor.profile";

  /** What becomes of a container. */
  private sealed interface Outcome {
    /** No profile is entered; {@code notice} is empty where that was asked for. */
    record Without(String notice, String remedy) implements Outcome {}

    /** It stays under what its starter is under. */
    record Kept() implements Outcome {}

    record Enter(String label) implements Outcome {}

    record Generate() implements Outcome {}
  }

  private final ContainerSpec spec;
  private final AppArmor wanted;
  private final LsmFacts facts;
  private final Outcome outcome;

  AppArmorPlanner(ContainerSpec spec, LsmFacts facts) {
    this.spec = spec;
    this.wanted = spec.privileges().confinement().appArmor();
    this.facts = facts;
    this.outcome = decide();
  }

  /**
   * @throws CofferException when a profile was insisted on and cannot be had
   */
  void requireProfile() {
    if (outcome instanceof Outcome.Without(String notice, String remedy)
        && wanted.required().isPresent()) {
      throw refusal(
          notice.isEmpty() ? "the container is to have no AppArmor profile" : notice,
          wanted.required().get(),
          remedy.isEmpty() ? "set " + KEY + " = generated" : remedy);
    }
  }

  /** What is worth saying and no reason to refuse. */
  List<Problem> notices() {
    return outcome instanceof Outcome.Without(String notice, String remedy) && !notice.isEmpty()
        ? List.of(Problem.warning(origin(), notice + ": it starts without a profile", remedy))
        : List.of();
  }

  /** Whether the container's processes are under a profile of their own. */
  boolean isConfined() {
    return outcome instanceof Outcome.Enter || outcome instanceof Outcome.Generate;
  }

  private boolean stacks() {
    return facts.appArmor().filter(AppArmorFacts::stacks).isPresent();
  }

  /** The host's part; it is taken back last, when no process is left that the profile holds. */
  List<Step> load(Set<Namespace> fresh) {
    if (!(outcome instanceof Outcome.Generate)) {
      return List.of();
    }
    List<Step> steps = new ArrayList<>();
    if (stacks()) {
      steps.add(new HostStep.CreateAppArmorNamespace(GeneratedProfile.namespace(spec), origin()));
    }
    steps.add(
        new HostStep.LoadAppArmorProfile(
            GeneratedProfile.name(spec),
            GeneratedProfile.text(spec, fresh, stacks()),
            GeneratedProfile.cache(spec).orElse(""),
            origin()));
    return steps;
  }

  /**
   * The container's part.
   *
   * @param moment for a profile that is not ours, which need not allow init's execution
   */
  List<Step> enter(Moment moment) {
    return switch (outcome) {
      case Outcome.Without _, Outcome.Kept _ -> List.of();
      case Outcome.Enter enter ->
          List.of(new ContainerStep.EnterAppArmorProfile(enter.label(), moment, origin()));
      case Outcome.Generate _ ->
          List.of(
              new ContainerStep.EnterAppArmorProfile(
                  GeneratedProfile.label(spec, stacks()), Moment.NOW, origin()));
    };
  }

  private Outcome decide() {
    Optional<Profile> profile = wanted.profile().map(Sourced::value);
    if (facts.appArmor().isEmpty()) {
      return switch (profile.orElse(new Profile.Unconfined())) {
        case Profile.Unconfined _, Profile.Unchanged _ -> new Outcome.Without("", "");
        case Profile.Named _, Profile.Generated _ ->
            new Outcome.Without("AppArmor is not active on this host", "");
      };
    }
    AppArmorFacts there = facts.appArmor().get();
    if (profile.isEmpty()) {
      return byDefault(there);
    }
    return switch (profile.get()) {
      case Profile.Unchanged _ ->
          there.confined() ? new Outcome.Kept() : new Outcome.Without("", "");
      case Profile.Unconfined _ ->
          there.confined() ? new Outcome.Enter("unconfined") : new Outcome.Without("", "");
      case Profile.Named named -> {
        requireMountMediation(there);
        yield new Outcome.Enter(named.name());
      }
      case Profile.Generated _ -> {
        requireMountMediation(there);
        requireLoading(there);
        yield new Outcome.Generate();
      }
    };
  }

  private Outcome byDefault(AppArmorFacts there) {
    if (there.confined()) {
      return new Outcome.Kept();
    }
    if (!there.mediatesMounts() && !wanted.allowIncomplete()) {
      return new Outcome.Without("the kernel's AppArmor does not mediate mounts", "");
    }
    if (!there.loads()) { // nor could LXC's users
      return new Outcome.Without("", "");
    }
    return there.parser()
        ? new Outcome.Generate()
        : new Outcome.Without("there is no apparmor_parser", "apt install apparmor");
  }

  private void requireMountMediation(AppArmorFacts there) {
    if (!there.mediatesMounts() && !wanted.allowIncomplete()) {
      throw refusal(
          "the kernel's AppArmor does not mediate mounts",
          origin(),
          "lxc.apparmor.allow_incomplete = 1 starts all the same");
    }
  }

  private void requireLoading(AppArmorFacts there) {
    if (!there.loads()) {
      throw refusal(
          "only the host's root can load a generated AppArmor profile",
          origin(),
          "set " + KEY + " = unchanged, or the name of a profile that root has loaded");
    }
    if (!there.parser()) {
      throw refusal(
          "a generated AppArmor profile takes apparmor_parser, which is not there",
          origin(),
          "apt install apparmor");
    }
  }

  private static CofferException refusal(String message, Origin origin, String hint) {
    return new CofferException(message, List.of("from  " + origin.describe(), "hint  " + hint));
  }

  private Origin origin() {
    return wanted.profile().map(Sourced::origin).orElse(Origin.builtIn(KEY));
  }
}
