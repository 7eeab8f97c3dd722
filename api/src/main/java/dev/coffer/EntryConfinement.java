package dev.coffer;

import dev.coffer.linux.AppArmor;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.model.CofferException;
import dev.coffer.plan.LsmFacts;
import dev.coffer.plan.LsmPlanner;
import dev.coffer.runtime.LateConfinement;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds out what confines a container's init now: a command that enters gets the same, as with LXC.
 */
final class EntryConfinement {
  private static final Path SELF = Path.of("/proc/self");

  private EntryConfinement() {}

  static LateConfinement of(RunningContainer container, LsmFacts facts, AttachOptions options) {
    if (options.context().isPresent() && !facts.seLinux()) {
      throw new CofferException(
          "SELinux is not active on this host, so no command can get a context of it");
    }
    if (options.elevated().contains(AttachOptions.Elevation.LSM)) {
      return new LateConfinement(
          Optional.empty(), options.context(), LateConfinement.NONE.landlock());
    }
    Path init = Path.of("/proc", String.valueOf(container.initPid()));
    return new LateConfinement(
        facts.appArmor().isPresent()
            ? AppArmor.label(init).filter(label -> !AppArmor.label(SELF).equals(Optional.of(label)))
            : Optional.empty(),
        facts.seLinux() ? options.context().or(() -> context(init)) : Optional.empty(),
        LsmPlanner.restrictLater(container.spec(), facts));
  }

  private static Optional<String> context(Path init) {
    try {
      return HostFiles.readIfThere(init.resolve("attr/current"))
          .map(text -> text.replace("\0", "").strip())
          .filter(text -> !text.isEmpty());
    } catch (KernelException e) {
      throw new CofferException(
          "cannot read the SELinux context of init: " + e.getMessage(),
          java.util.List.of("hint  the container may be stopping just now"));
    }
  }
}
