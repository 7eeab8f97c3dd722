package dev.coffer.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Gathers a {@link ContainerSpec} while a configuration is read. Groups are replaced whole; lists
 * are open for adding and clearing. Not for sharing between threads.
 */
public final class SpecBuilder {
  private final String name;
  private final Path lxcPath;
  public Optional<Path> configFile = Optional.empty();
  public Optional<Sourced<String>> hostname = Optional.empty();
  public Optional<Sourced<ContainerSpec.Personality>> personality = Optional.empty();
  public ContainerSpec.Init init = ContainerSpec.Init.DEFAULT;
  public final List<Sourced<ContainerSpec.EnvironmentEntry>> environment = new ArrayList<>();
  public RootFs rootfs = RootFs.NONE;
  public ContainerSpec.Mounts mounts = ContainerSpec.Mounts.NONE;
  public Terminals terminals = Terminals.DEFAULT;
  public ContainerSpec.Namespaces namespaces = ContainerSpec.Namespaces.DEFAULT;
  public Privileges privileges = Privileges.DEFAULT;
  public Limits limits = Limits.NONE;
  public Cgroups cgroups = Cgroups.NONE;
  public int hookVersion;
  public final List<Sourced<Hook>> hooks = new ArrayList<>();
  public Signals signals = Signals.DEFAULT;
  public final List<Nic> nics = new ArrayList<>();
  public boolean ephemeral;
  public Restart restart = Restart.NEVER;
  public final List<Sourced<ClockOffset>> clockOffsets = new ArrayList<>();
  public Optional<Origin> coreScheduling = Optional.empty();
  public Optional<Origin> nesting = Optional.empty();
  public Optional<Origin> keeperMounts = Optional.empty();
  public ContainerSpec.Log log = ContainerSpec.Log.DEFAULT;
  public final List<Sourced<String>> notInEffect = new ArrayList<>();

  public SpecBuilder(String name, Path lxcPath) {
    this.name = Objects.requireNonNull(name);
    this.lxcPath = Objects.requireNonNull(lxcPath);
  }

  public ContainerSpec build() {
    return new ContainerSpec(
        name,
        lxcPath,
        configFile,
        hostname,
        personality,
        init,
        environment,
        rootfs,
        mounts,
        terminals,
        namespaces,
        privileges,
        limits,
        cgroups,
        hookVersion,
        hooks,
        signals,
        nics,
        ephemeral,
        restart,
        clockOffsets,
        coreScheduling,
        nesting,
        keeperMounts,
        log,
        notInEffect);
  }
}
