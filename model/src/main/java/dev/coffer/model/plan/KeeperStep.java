package dev.coffer.model.plan;

import dev.coffer.model.ClockOffset;
import dev.coffer.model.IdMap;
import dev.coffer.model.Limits.Rlimit;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Steps of the keeper, outside the container. */
public sealed interface KeeperStep extends Step {
  @Override
  default Place place() {
    return Place.KEEPER;
  }

  /**
   * Creates the container's network namespace ahead of it, unshare(2): half of what the birth of
   * init takes, done while all else is prepared.
   */
  record CreateNetwork(Origin origin) implements KeeperStep {
    @Override
    public String describe() {
      return "create a network namespace";
    }
  }

  /** Moves the keeper itself into a cgroup, so that it does not end with the caller's session. */
  record EnterCgroup(String path, Origin origin) implements KeeperStep {
    @Override
    public String describe() {
      return "move the keeper to " + path;
    }
  }

  /** Joins a namespace until init is born, which inherits it, setns(2). */
  record LendNamespace(Namespace namespace, String path, Origin origin) implements KeeperStep {
    @Override
    public String describe() {
      return "join " + namespace.file() + " namespace " + path + " for init to be born in";
    }
  }

  /**
   * Creates the first process with new namespaces, clone3(2).
   *
   * @param cgroup v2 cgroup it is born in, where the kernel can
   */
  record CloneInit(Set<Namespace> namespaces, Optional<String> cgroup, Origin origin)
      implements KeeperStep {
    public CloneInit {
      namespaces = Set.copyOf(namespaces);
    }

    @Override
    public String describe() {
      String names =
          namespaces.stream().sorted().map(Namespace::file).collect(Collectors.joining(" "));
      return (names.isEmpty() ? "clone init" : "clone init with new " + names)
          + cgroup.map(path -> " into " + path).orElse("");
    }
  }

  /** Writes uid_map and gid_map of the first process, user_namespaces(7). */
  record WriteIdMaps(List<IdMap> maps, Origin origin) implements KeeperStep {
    public WriteIdMaps {
      maps = List.copyOf(maps);
    }

    @Override
    public String describe() {
      return "map ids " + maps.stream().map(IdMap::describe).collect(Collectors.joining(", "));
    }
  }

  /**
   * Has newuidmap(1) or newgidmap(1) write a map that only they may write, as subuid(5) allows it.
   *
   * @param program its absolute path
   * @param maps all of this kind
   */
  record RunIdMapper(String program, IdMap.Kind kind, List<IdMap> maps, Origin origin)
      implements KeeperStep {
    public RunIdMapper {
      maps = List.copyOf(maps);
    }

    @Override
    public String describe() {
      return "map ids "
          + maps.stream().map(IdMap::describe).collect(Collectors.joining(", "))
          + " by "
          + program;
    }
  }

  /**
   * Forbids setgroups(2) for good: without that an ordinary user may not map his own group,
   * user_namespaces(7).
   */
  record ForbidSetgroups(Origin origin) implements KeeperStep {
    @Override
    public String describe() {
      return "forbid setgroups";
    }
  }

  /** Sets a resource limit of the first process, prlimit(2). */
  record SetRlimit(Rlimit limit, Origin origin) implements KeeperStep {
    @Override
    public String describe() {
      return "limit "
          + limit.resource()
          + " to "
          + text(limit.soft())
          + (limit.soft() == limit.hard() ? "" : ":" + text(limit.hard()));
    }

    private static String text(long value) {
      return value == Rlimit.UNLIMITED ? "unlimited" : Long.toString(value);
    }
  }

  /**
   * Gives the keeper a mount namespace until init is born, which inherits what is mounted there.
   */
  record UnshareMounts(Origin origin) implements KeeperStep {
    @Override
    public String describe() {
      return "give the keeper a mount namespace";
    }
  }

  /** Says how the clocks of the new time namespace run, before anyone is in it. */
  record SetClockOffsets(List<ClockOffset> offsets, Origin origin) implements KeeperStep {
    public SetClockOffsets {
      offsets = List.copyOf(offsets);
    }

    @Override
    public String describe() {
      return "shift clocks: "
          + offsets.stream().map(ClockOffset::describe).collect(Collectors.joining(", "));
    }
  }

  /** Writes a file below /proc/PID of the first process. */
  record SetProcValue(String name, String value, Origin origin) implements KeeperStep {
    @Override
    public String describe() {
      return "set " + name + " of init to " + value;
    }
  }

  /**
   * Runs a program that gives an ordinary user's container its way to the network.
   *
   * @param argv where {@link #PID} stands for the process id of init
   * @param to what it leads to, such as {@code bridge br0}
   * @param pidFile where the program that stays leaves its process id; empty where none stays
   * @param why it is this one
   * @param remedy what to do where it refuses
   */
  record RunNetworkProgram(
      String name,
      List<String> argv,
      String to,
      Optional<String> pidFile,
      String why,
      String remedy,
      Origin origin)
      implements KeeperStep {
    /** In an argument vector: the process id of init. */
    public static final String PID = "\0PID";

    public RunNetworkProgram {
      argv = List.copyOf(argv);
    }

    /** What ends the program that stays. */
    public Optional<Undo> undo() {
      return pidFile.map(Undo.EndProgram::new);
    }

    @Override
    public String describe() {
      return "connect " + name + " to " + to + ", as " + why;
    }
  }
}
