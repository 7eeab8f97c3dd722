package dev.coffer.runtime;

import dev.coffer.linux.AppArmor;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.HostProbe;
import dev.coffer.linux.Landlock;
import dev.coffer.plan.LsmFacts;
import dev.coffer.plan.LsmFacts.AppArmorFacts;
import java.nio.file.Path;
import java.util.Optional;

/** Looks at the kernel's security modules. */
final class LsmReader {
  private static final Path SELINUX = Path.of("/sys/fs/selinux/enforce");

  private LsmReader() {}

  static LsmFacts read(boolean privileged) {
    return new LsmFacts(
        HostProbe.hasAppArmor() ? Optional.of(appArmor(privileged)) : Optional.empty(),
        HostFiles.exists(SELINUX),
        Landlock.probeAbi());
  }

  private static AppArmorFacts appArmor(boolean privileged) {
    return new AppArmorFacts(
        AppArmor.mediatesMounts(),
        AppArmor.stacks(),
        AppArmor.isConfined(),
        privileged && AppArmor.hasPolicyFiles(),
        AppArmor.parser().isPresent());
  }
}
