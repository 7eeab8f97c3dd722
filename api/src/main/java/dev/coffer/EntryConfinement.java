package dev.coffer;

import dev.coffer.linux.AppArmor;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.model.CofferException;
import dev.coffer.model.Origin;
import dev.coffer.model.SeLinux;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.Step;
import dev.coffer.plan.LsmFacts;
import dev.coffer.plan.LsmPlanner;
import dev.coffer.runtime.LateConfinement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out what confines a container's processes: a command that enters gets the same, as with
 * LXC.
 */
final class EntryConfinement {
  private static final Path SELF = Path.of("/proc/self");

  private EntryConfinement() {}

  static LateConfinement of(RunningContainer container, LsmFacts facts, AttachOptions options) {
    if (options.context().isPresent() && !facts.seLinux()) {
      throw new CofferException(
          "SELinux is not active on this host, so no command can get a context of it");
    }
    SeLinux configured = container.spec().privileges().confinement().seLinux();
    Optional<Sourced<String>> asked =
        options.context().map(context -> new Sourced<>(context, Origin.option("-c")));
    if (options.elevated().contains(AttachOptions.Elevation.LSM)) {
      return new LateConfinement(asked.map(EntryConfinement::keyring), labels(asked), List.of());
    }
    Path init = Path.of("/proc", String.valueOf(container.initPid()));
    List<Step> labels = new ArrayList<>();
    if (facts.appArmor().isPresent()) {
      profile(init).ifPresent(labels::add);
    }
    if (!facts.seLinux()) {
      return new LateConfinement(
          Optional.empty(), labels, LsmPlanner.restrictLater(container.spec(), facts));
    }
    // before init, for that of lxc-execute executes nothing, and so stays what its starter is
    labels.addAll(labels(asked.or(configured::execution).or(() -> context(init))));
    return new LateConfinement(
        configured
            .keyring()
            .or(() -> asked)
            .or(configured::execution)
            .map(EntryConfinement::keyring),
        labels,
        LsmPlanner.restrictLater(container.spec(), facts));
  }

  private static ContainerStep.SetKeyringContext keyring(Sourced<String> context) {
    return new ContainerStep.SetKeyringContext(context.value(), context.origin());
  }

  private static List<Step> labels(Optional<Sourced<String>> context) {
    return context.stream()
        .<Step>map(label -> new ContainerStep.SetSelinuxContext(label.value(), label.origin()))
        .toList();
  }

  private static Optional<Step> profile(Path init) {
    return AppArmor.label(init)
        .filter(label -> !AppArmor.label(SELF).equals(Optional.of(label)))
        .map(label ->
            new ContainerStep.EnterAppArmorProfile(
                label, LsmPlanner.momentOf(label), Origin.option("the profile of init")));
  }

  private static Optional<Sourced<String>> context(Path init) {
    try {
      return HostFiles.readIfThere(init.resolve("attr/current"))
          .map(text -> text.replace("\0", "").strip())
          .filter(text -> !text.isEmpty())
          .map(text -> new Sourced<>(text, Origin.option("the context of init")));
    } catch (KernelException e) {
      throw new CofferException(
          "cannot read the SELinux context of init: " + e.getMessage(),
          List.of("hint  the container may be stopping just now"));
    }
  }
}
