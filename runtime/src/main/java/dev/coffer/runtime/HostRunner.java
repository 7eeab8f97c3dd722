package dev.coffer.runtime;

import dev.coffer.linux.AppArmor;
import dev.coffer.linux.CgroupDirs;
import dev.coffer.linux.DeviceFilter;
import dev.coffer.linux.DevicePrograms;
import dev.coffer.linux.DeviceRule;
import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.OpenFlags;
import dev.coffer.model.CofferException;
import dev.coffer.model.plan.BridgeUndo;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.LinkUndo;
import dev.coffer.model.plan.NetworkStep;
import dev.coffer.model.plan.Undo;
import dev.coffer.network.ContainerLinks;
import dev.coffer.network.Networks;
import dev.coffer.network.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Carries out the engine's own steps and takes them back. */
final class HostRunner {
  private static final Duration KEEPER_END = Duration.ofSeconds(3);
  private static final Duration REMOVAL = Duration.ofSeconds(10);

  private static final int DELEGATED_DIRECTORY = 0775;
  private static final int DELEGATED_FILE = 0664;

  private HostRunner() {}

  /**
   * @param values where values go, open as long as the caller likes
   * @throws KernelException with what the kernel said
   */
  static void run(HostStep step, CgroupValues values) {
    switch (step) {
      case NetworkStep _ -> throw new IllegalStateException("needs to know the namespace");
      case HostStep.StartScope _ -> throw new IllegalStateException("needs to know the keeper");
      case HostStep.CreateCgroup cgroup -> create(cgroup.path(), cgroup.seedCpuset());
      case HostStep.CreateCgroupFolder folder -> create(folder.path(), folder.seedCpuset());
      case HostStep.CreateKeeperCgroup cgroup -> create(cgroup.path(), cgroup.seedCpuset());
      case HostStep.EnableControllers enable -> enable(enable);
      case HostStep.VacateCgroup vacate -> DelegatedTrees.vacate(vacate);
      case HostStep.SetCgroupValue value -> set(value, values);
      case HostStep.DelegateCgroup delegate -> delegate(delegate);
      case HostStep.FilterDevices filter -> filter(filter);
      case HostStep.CreateAppArmorNamespace namespace -> AppArmor.makeNamespace(namespace.name());
      case HostStep.LoadAppArmorProfile profile -> AppArmorProfiles.load(profile);
      case HostStep.AttachLoop _ -> throw new IllegalStateException("needs to be kept open");
    }
  }

  private static void create(String path, boolean seedCpuset) {
    makeWithParents(Path.of(path), seedCpuset);
  }

  private static void makeWithParents(Path path, boolean seedCpuset) {
    try {
      if (!CgroupDirs.make(path)) {
        return;
      }
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
      makeWithParents(path.getParent(), seedCpuset);
      CgroupDirs.make(path);
    }
    if (seedCpuset) {
      seed(path, "cpuset.cpus");
      seed(path, "cpuset.mems");
    }
  }

  /** A v1 cpuset is born empty and takes no process until both are set, cpuset(7). */
  private static void seed(Path path, String file) {
    CgroupDirs.set(path, file, CgroupDirs.value(path.getParent(), file));
  }

  /** One by one: a controller that cannot be had must not keep the others away. */
  private static void enable(HostStep.EnableControllers step) {
    Path path = Path.of(step.path());
    String enabled = " " + CgroupDirs.value(path, "cgroup.subtree_control") + " ";
    for (String controller : step.controllers()) {
      if (!enabled.contains(" " + controller + " ")) {
        try {
          CgroupDirs.set(path, "cgroup.subtree_control", "+" + controller);
        } catch (KernelException _) {
          // a limit that needs it fails later and names itself
          continue;
        }
      }
    }
  }

  private static void set(HostStep.SetCgroupValue step, CgroupValues values) {
    String value = step.value();
    if (step.file().startsWith("devices.") && value.startsWith("/")) {
      value = DeviceNodes.rule(value);
    }
    values.write(Path.of(step.path(), step.file()), value);
  }

  private static void delegate(HostStep.DelegateCgroup step) {
    Path path = Path.of(step.path());
    int uid = (int) step.uid();
    int gid = (int) step.gid();
    HostFiles.chown(path, uid, gid);
    HostFiles.chmod(path, DELEGATED_DIRECTORY);
    for (String name : step.files()) {
      Path file = path.resolve(name);
      if (HostFiles.chownIfThere(file, uid, gid)) { // some are there with their controller only
        HostFiles.chmod(file, DELEGATED_FILE);
      }
    }
  }

  /** Some of the files are there with their controller only. */
  static List<String> present(HostStep.DelegateCgroup step) {
    return step.files().stream()
        .filter(file -> HostFiles.exists(Path.of(step.path(), file)))
        .toList();
  }

  /** The modes of a delegated cgroup, whoever gives it away. */
  static void permit(HostStep.DelegateCgroup step) {
    HostFiles.chmod(Path.of(step.path()), DELEGATED_DIRECTORY);
    present(step).forEach(file -> HostFiles.chmod(Path.of(step.path(), file), DELEGATED_FILE));
  }

  private static void filter(HostStep.FilterDevices step) {
    List<DeviceRule> rules = new ArrayList<>();
    for (HostStep.DeviceRule rule : step.rules()) {
      rules.add(
          new DeviceRule(rule.type(), rule.major(), rule.minor(), rule.access(), rule.allow()));
    }
    try (Fd cgroup = HostFiles.open(Path.of(step.path()), OpenFlags.DIRECTORY, 0)) {
      DevicePrograms.apply(cgroup, DeviceFilter.of(rules));
    }
  }

  /** The same while the keeper lives on: what it is in stays. */
  static List<String> undoForKeeper(List<Undo> undos) {
    return undo(undos.stream().filter(undo -> !(undo instanceof Undo.RemoveKeeperCgroup)).toList());
  }

  /** What {@link #undoForKeeper} leaves to be done when the keeper has ended. */
  static List<Undo> leftForKeeper(List<Undo> undos) {
    return undos.stream()
        .filter(undo ->
            undo instanceof Undo.RemoveKeeperCgroup || undo instanceof Undo.RemoveCgroupFolder)
        .toList();
  }

  /** Takes steps back, the last first; what fails is told and does not keep the rest from it. */
  static List<String> undo(List<Undo> undos) {
    List<String> failures = new ArrayList<>();
    for (Undo undo : undos.reversed()) {
      try {
        undo(undo);
      } catch (KernelException | CofferException e) {
        failures.add("could not undo \"" + undo.encode() + "\": " + e.getMessage());
      }
    }
    return failures;
  }

  private static void undo(Undo undo) {
    switch (undo) {
      case Undo.RemoveCgroup cgroup -> remove(Path.of(cgroup.path()), Duration.ZERO);
      case Undo.RemoveKeeperCgroup cgroup -> remove(Path.of(cgroup.path()), KEEPER_END);
      case Undo.RemoveCgroupFolder folder -> removeFolder(Path.of(folder.path()));
      case Undo.EndProgram program -> NetworkPrograms.end(Path.of(program.pidFile()));
      case Undo.RemoveLink link -> ContainerLinks.remove(link.name());
      case BridgeUndo bridge -> Networks.system().undo(bridge);
      case LinkUndo link -> ContainerLinks.undo(link);
      case Undo.RemoveFilter filter -> Ports.removeFilter(filter.port());
      case Undo.RemoveForwards forwards -> Ports.removeForwards(forwards.port(), forwards.bridge());
      case Undo.UnloadAppArmorProfile profile -> AppArmor.unload(profile.name());
      case Undo.RemoveAppArmorNamespace namespace -> AppArmor.removeNamespace(namespace.name());
      case Undo.RemoveFile file -> {
        if (HostFiles.existsItself(Path.of(file.path()))) {
          HostFiles.unlink(Path.of(file.path()));
        }
      }
    }
  }

  /**
   * @param patience how long processes in it are given to end by themselves
   */
  private static void remove(Path path, Duration patience) {
    try {
      if (CgroupDirs.remove(path, patience)) {
        return;
      }
    } catch (KernelException e) {
      if (!e.is(Errno.EBUSY)) {
        throw e;
      }
      OwnCgroup.leave(path);
      CgroupDirs.killAll(path, REMOVAL);
      CgroupDirs.remove(path, REMOVAL);
    }
  }

  private static void removeFolder(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException _) {
      // busy: others are below it
      return;
    }
  }
}
