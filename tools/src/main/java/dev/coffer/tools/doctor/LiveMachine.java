package dev.coffer.tools.doctor;

import dev.coffer.linux.HostFiles;
import dev.coffer.linux.HostProbe;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Landlock;
import dev.coffer.linux.Programs;
import dev.coffer.linux.SeccompCompiler;
import dev.coffer.linux.SlowProbe;
import dev.coffer.network.Networks;
import dev.coffer.plan.SharedLimit;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The machine this runs on. Only looks. */
public final class LiveMachine implements Machine {
  /** The version of Landlock that knows TCP ports. */
  private static final int NETWORK_ABI = 4;

  private final HostProbe host = HostProbe.read();

  @Override
  public String kernelRelease() {
    return host.kernel();
  }

  @Override
  public boolean isRoot() {
    return host.uid() == 0;
  }

  @Override
  public Optional<String> read(String path) {
    try {
      return HostFiles.readIfThere(Path.of(path));
    } catch (KernelException e) {
      // A fact that may not be looked at is no fact; the rows say what that means.
      return Optional.empty();
    }
  }

  @Override
  public boolean exists(String path) {
    return HostFiles.exists(Path.of(path));
  }

  @Override
  public List<SharedLimit> searchedLimits() {
    return SearchedLimits.read(this);
  }

  @Override
  public boolean offers(Feature feature) {
    return switch (feature) {
      case CLONE3 -> SlowProbe.hasClone3();
      case OPENAT2 -> SlowProbe.hasOpenat2();
      case MOUNT_API -> SlowProbe.hasMountApi();
      case ID_MAPPED_MOUNTS -> SlowProbe.hasIdMappedMounts();
      case LIBSECCOMP -> SeccompCompiler.isThere();
      case LANDLOCK -> Landlock.probeAbi() >= 1;
      case LANDLOCK_NETWORK -> Landlock.probeAbi() >= NETWORK_ABI;
    };
  }

  @Override
  public boolean hasFileSystem(String type) {
    return SlowProbe.hasFileSystem(type);
  }

  @Override
  public List<Finding> firewalls() {
    if (!isRoot()) {
      return List.of(); // only root may look at the rules
    }
    Networks networks = Networks.system();
    return networks.all().stream()
        .flatMap(network -> networks.obstacles(network).stream())
        .map(found -> Finding.limited("firewall", found.message() + "; remedy: " + found.remedy()))
        .toList();
  }

  @Override
  public boolean hasProgram(String name) {
    return Programs.find(name).isPresent();
  }
}
