package dev.coffer.model.plan;

import dev.coffer.model.Origin;
import java.util.List;
import java.util.Optional;

/** Steps of the engine. Those that leave something behind name how it is taken back. */
public sealed interface HostStep extends Step
    permits HostStep.StartScope,
        HostStep.CreateCgroup,
        HostStep.CreateCgroupFolder,
        HostStep.CreateKeeperCgroup,
        HostStep.EnableControllers,
        HostStep.VacateCgroup,
        HostStep.SetCgroupValue,
        HostStep.DelegateCgroup,
        HostStep.FilterDevices,
        HostStep.CreateAppArmorNamespace,
        HostStep.LoadAppArmorProfile,
        HostStep.AttachLoop,
        NetworkStep {
  @Override
  default Place place() {
    return Place.HOST;
  }

  /** What takes the step back; empty when nothing is left behind. */
  default Optional<Undo> undo() {
    return Optional.empty();
  }

  /**
   * Asks the user's own systemd for a scope with a delegated cgroup, and to move the keeper there.
   * It ends by itself with the last process in it.
   *
   * @param cgroup where it will be, absolute
   */
  record StartScope(String unit, String cgroup, Origin origin) implements HostStep {
    @Override
    public String describe() {
      return "start scope " + unit + " of the user's systemd, for cgroup " + cgroup;
    }
  }

  /**
   * Makes a cgroup and the ones missing above it.
   *
   * @param path absolute, below a mounted tree
   * @param seedCpuset whether cpuset.cpus and cpuset.mems are copied down from the parent, as the
   *     v1 cpuset controller needs before a process can enter
   */
  record CreateCgroup(String path, boolean seedCpuset, Origin origin) implements HostStep {
    @Override
    public Optional<Undo> undo() {
      return Optional.of(new Undo.RemoveCgroup(path));
    }

    @Override
    public String describe() {
      return "create cgroup " + path;
    }
  }

  /** Makes a cgroup that those of several containers may lie below. */
  record CreateCgroupFolder(String path, boolean seedCpuset, Origin origin) implements HostStep {
    @Override
    public Optional<Undo> undo() {
      return Optional.of(new Undo.RemoveCgroupFolder(path));
    }

    @Override
    public String describe() {
      return "create cgroup " + path + " as a folder";
    }
  }

  /** Makes the cgroup that the keeper moves to. */
  record CreateKeeperCgroup(String path, boolean seedCpuset, Origin origin) implements HostStep {
    @Override
    public Optional<Undo> undo() {
      return Optional.of(new Undo.RemoveKeeperCgroup(path));
    }

    @Override
    public String describe() {
      return "create cgroup " + path + " for the keeper";
    }
  }

  /** Lets children of a v2 cgroup use controllers; those that cannot be had are passed over. */
  record EnableControllers(String path, List<String> controllers, Origin origin)
      implements HostStep {
    public EnableControllers {
      controllers = List.copyOf(controllers);
    }

    @Override
    public String describe() {
      return "enable " + String.join(" ", controllers) + " below " + path;
    }
  }

  /**
   * Moves the processes of a v2 cgroup into one below it: a cgroup that gives controllers to others
   * takes no processes of its own, cgroups(7). It stays, for whoever they belong to.
   *
   * @param leaf the name of that one
   */
  record VacateCgroup(String path, String leaf, Origin origin) implements HostStep {
    @Override
    public String describe() {
      return "move the processes of " + path + " to " + leaf + " below it";
    }
  }

  /** Writes one value into a cgroup's file. */
  record SetCgroupValue(String path, String file, String value, Origin origin) implements HostStep {
    @Override
    public String describe() {
      return "set " + file + " = " + value + " in " + path;
    }
  }

  /** Hands a cgroup to the container's root, cgroups(7) "Delegation". */
  record DelegateCgroup(String path, long uid, long gid, List<String> files, Origin origin)
      implements HostStep {
    public DelegateCgroup {
      files = List.copyOf(files);
    }

    @Override
    public String describe() {
      return "delegate " + path + " to group " + gid;
    }
  }

  /** Allows and denies devices in a v2 cgroup by an eBPF program; the last rule that fits wins. */
  record FilterDevices(String path, List<DeviceRule> rules, Origin origin) implements HostStep {
    public FilterDevices {
      rules = List.copyOf(rules);
    }

    @Override
    public String describe() {
      return "filter devices by " + rules.size() + " rules in " + path;
    }
  }

  /**
   * Makes an AppArmor policy namespace, in which the container's root may load profiles of its own.
   */
  record CreateAppArmorNamespace(String name, Origin origin) implements HostStep {
    @Override
    public Optional<Undo> undo() {
      return Optional.of(new Undo.RemoveAppArmorNamespace(name));
    }

    @Override
    public String describe() {
      return "create AppArmor namespace " + name;
    }
  }

  /**
   * Loads an AppArmor profile, apparmor_parser(8).
   *
   * @param text the whole of it, in apparmor.d(5)'s language
   * @param cache directory that keeps what it was compiled to, if there is one
   */
  record LoadAppArmorProfile(String name, String text, String cache, Origin origin)
      implements HostStep {
    @Override
    public Optional<Undo> undo() {
      return Optional.of(new Undo.UnloadAppArmorProfile(name));
    }

    @Override
    public String describe() {
      return "load AppArmor profile " + name + ", " + text.lines().count() + " lines";
    }
  }

  /**
   * Attaches a file to a loop device, which ends by itself with the last mount of it, loop(4).
   *
   * @param file holds a file system
   * @param link becomes a symbolic link to the device, by which the steps that follow find it
   */
  record AttachLoop(String file, String link, boolean readOnly, Origin origin) implements HostStep {
    @Override
    public Optional<Undo> undo() {
      return Optional.of(new Undo.RemoveFile(link));
    }

    @Override
    public String describe() {
      return "attach " + file + " to a loop device" + (readOnly ? ", read-only" : "");
    }
  }

  /**
   * A rule in the form of the v1 devices controller.
   *
   * @param type {@code a}, {@code b} or {@code c}
   * @param major -1 for any
   * @param minor -1 for any
   * @param access some of {@code rwm}
   */
  record DeviceRule(char type, int major, int minor, String access, boolean allow) {}
}
