package dev.coffer.plan;

import dev.coffer.model.Confinement;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.MountEntry.Create;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.model.SeLinux;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.Moment;
import dev.coffer.model.plan.ContainerStep.MountAttributes;
import dev.coffer.model.plan.ContainerStep.Target;
import dev.coffer.model.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The part of the kernel's security modules: AppArmor, SELinux, Landlock. */
public final class LsmPlanner {
  private final ContainerSpec spec;
  private final SeLinux seLinux;
  private final boolean seLinuxActive;
  private final AppArmorPlanner appArmor;
  private final LandlockPlanner landlock;
  private boolean restricted;

  LsmPlanner(ContainerSpec spec, LsmFacts facts) {
    this.spec = spec;
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
                      origin,
                      "SELinux is not active on this host: it starts without a label",
                      "")));
    }
    notices.addAll(planner.landlock.notices());
    return notices;
  }

  /** How a command that enters the container later is restricted as its own processes are. */
  public static List<Step> restrictLater(ContainerSpec spec, LsmFacts facts) {
    return landlock(spec, facts).restrict();
  }

  /**
   * When a command that enters a container takes on the label that its init has. What changes its
   * label by executing something loses its parent-death signal; a generated profile lets it be
   * changed before, others need not allow the execution.
   */
  public static Moment momentOf(String label) {
    return GeneratedProfile.isOwn(label) ? Moment.NOW : Moment.AT_EXECUTION;
  }

  /**
   * @throws dev.coffer.model.CofferException when the host lacks what is insisted on
   */
  void requireModules() {
    appArmor.requireProfile();
    landlock.requireKernel();
  }

  /**
   * lxc.apparmor.allow_nesting brings instances of proc and sysfs that nothing masks: the kernel
   * lets a user namespace inside mount its own only where it sees such (mount_namespaces(7)). They
   * are there to be seen: where neither a profile nor an id map keeps root's hands off, they are
   * not made.
   */
  List<Step> nestingMounts() {
    Optional<Origin> nesting = spec.privileges().confinement().appArmor().allowNesting();
    boolean kept = appArmor.isConfined() || spec.hasUserNamespace();
    boolean made = spec.nesting().isPresent(); // by the NestingPlanner
    if (nesting.isEmpty() || made || !kept || !spec.terminals().autodev().value()) {
      return List.of();
    }
    return List.of(
        unmasked("proc", "dev/.lxc/proc", nesting.get()),
        unmasked("sysfs", "dev/.lxc/sys", nesting.get()));
  }

  private static Step unmasked(String type, String place, Origin origin) {
    return new ContainerStep.MountFileSystem(
        type,
        type,
        new Target(place, Create.DIRECTORY),
        MountAttributes.NONE,
        List.of(),
        true,
        origin);
  }

  /** What the host has to know first. */
  List<Step> load(Set<Namespace> fresh) {
    return appArmor.load(fresh);
  }

  /** Before keyrings are made. */
  List<Step> labelKeyrings() {
    return seLinuxActive
        ? seLinux.keyrings().stream()
            .<Step>map(label -> new ContainerStep.SetKeyringContext(label.value(), label.origin()))
            .toList()
        : List.of();
  }

  /** While proc can still be written to, and nothing forbids to. */
  List<Step> label(Moment moment) {
    List<Step> steps = new ArrayList<>(appArmor.enter(moment));
    if (seLinuxActive) {
      seLinux
          .execution()
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
