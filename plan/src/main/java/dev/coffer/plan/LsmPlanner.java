package dev.coffer.plan;

import dev.coffer.model.Confinement;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Namespace;
import dev.coffer.model.Problem;
import dev.coffer.model.SeLinux;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.Moment;
import dev.coffer.model.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The part of the kernel's security modules: AppArmor, SELinux, Landlock. */
public final class LsmPlanner {
  private final SeLinux seLinux;
  private final boolean seLinuxActive;
  private final AppArmorPlanner appArmor;
  private final LandlockPlanner landlock;
  private boolean restricted;

  LsmPlanner(ContainerSpec spec, LsmFacts facts) {
    Confinement confinement = spec.privileges().confinement();
    this.seLinux = confinement.seLinux();
    this.seLinuxActive = facts.seLinux();
    this.appArmor = new AppArmorPlanner(spec, facts);
    this.landlock = landlock(spec, facts);
  }

  private static LandlockPlanner landlock(ContainerSpec spec, LsmFacts facts) {
    return new LandlockPlanner(
        spec.privileges().confinement().landlock(),
        facts,
        !spec.privileges().noNewPrivileges().value());
  }

  /** What is worth saying about a start, and no reason to refuse it. */
  public static List<Problem> notices(ContainerSpec spec, LsmFacts facts) {
    LsmPlanner planner = new LsmPlanner(spec, facts);
    List<Problem> notices = new ArrayList<>(planner.appArmor.notices());
    if (!planner.seLinuxActive) {
      planner
          .seLinux
          .origin()
          .ifPresent(origin ->
              notices.add(
                  Problem.warning(
                      origin, "SELinux is not active on this host: it starts without a label", "")));
    }
    notices.addAll(planner.landlock.notices());
    return notices;
  }

  /** How a command that enters the container later is restricted as its own processes are. */
  public static List<Step> restrictLater(ContainerSpec spec, LsmFacts facts) {
    return landlock(spec, facts).restrict();
  }

  /**
   * @throws dev.coffer.model.CofferException when the host lacks what is insisted on
   */
  void requireModules() {
    appArmor.requireProfile();
    landlock.requireKernel();
  }

  /** Whether what a profile forbids is out of reach for the container's processes. */
  boolean hasProfile() {
    return appArmor.isConfined();
  }

  /** What the host has to know first. */
  List<Step> load(Set<Namespace> fresh) {
    return appArmor.load(fresh);
  }

  /** Before keyrings are made. */
  List<Step> labelKeyrings() {
    return seLinuxActive
        ? seLinux.keyring().stream()
            .<Step>map(label -> new ContainerStep.SetKeyringContext(label.value(), label.origin()))
            .toList()
        : List.of();
  }

  /** While proc can still be written to, and nothing forbids to. */
  List<Step> label(Moment moment) {
    List<Step> steps = new ArrayList<>(appArmor.enter(moment));
    if (seLinuxActive) {
      seLinux
          .context()
          .ifPresent(label ->
              steps.add(new ContainerStep.SetSelinuxContext(label.value(), label.origin())));
    }
    return steps;
  }

  /** The steps, the first time this is asked. */
  List<Step> restrict() {
    if (restricted) {
      return List.of();
    }
    restricted = true;
    return landlock.restrict();
  }
}
