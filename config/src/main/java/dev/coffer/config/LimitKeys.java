package dev.coffer.config;

import dev.coffer.model.Cgroups;
import dev.coffer.model.Limits;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys about resource limits, kernel settings and cgroups. */
final class LimitKeys {
  private static final List<String> RESOURCES =
      List.of(
          "as",
          "core",
          "cpu",
          "data",
          "fsize",
          "locks",
          "memlock",
          "msgqueue",
          "nice",
          "nofile",
          "nproc",
          "rss",
          "rtprio",
          "rttime",
          "sigpending",
          "stack");
  private static final List<String> VIEWS =
      Arrays.stream(Cgroups.View.values()).map(Cgroups.View::word).toList();
  private static final Pattern RLIMIT =
      Pattern.compile("\\s*(unlimited|-?[0-9]+|)\\s*(?::\\s*(unlimited|-?[0-9]+|)\\s*)?");

  static final Key<Limits.Rlimit> PRLIMIT =
      Key.single(
              "lxc.prlimit.RESOURCE",
              ValueType.of("SOFT or SOFT:HARD", (text, reading) -> rlimit(text), LimitKeys::limit),
              "resource limit of the first process; RESOURCE is one of "
                  + String.join(", ", RESOURCES),
              "1024:unlimited")
          .formerly("lxc.limit.RESOURCE");
  static final Key<String> SYSCTL =
      Key.single("lxc.sysctl.NAME", Types.TEXT, "kernel setting inside the container", "1");
  static final Key<String> PROC =
      Key.single("lxc.proc.NAME", Types.TEXT, "value for a file in /proc of the container", "10");
  static final Key<String> CGROUP1 =
      Key.list("lxc.cgroup.FILE", Types.TEXT, "value for a file of cgroup v1", "c 1:3 rwm");
  static final Key<String> CGROUP2 =
      Key.list("lxc.cgroup2.FILE", Types.TEXT, "value for a file of cgroup v2", "c 1:3 rwm");
  static final Key<String> DIR =
      cgroupPath("lxc.cgroup.dir", "parent of the container's and the keeper's cgroup");
  static final Key<String> DIR_MONITOR =
      cgroupPath("lxc.cgroup.dir.monitor", "cgroup of the keeper");
  static final Key<String> DIR_MONITOR_PIVOT =
      cgroupPath("lxc.cgroup.dir.monitor.pivot", "where the keeper moves in the end");
  static final Key<String> DIR_CONTAINER =
      cgroupPath("lxc.cgroup.dir.container", "cgroup that carries the container's limits");
  static final Key<String> DIR_INNER =
      Key.single(
          "lxc.cgroup.dir.container.inner",
          ValueType.of("directory name", (text, reading) -> innerName(text), text -> text),
          "child of lxc.cgroup.dir.container the container lives in",
          "inner");
  static final Key<Boolean> RELATIVE =
      Key.single("lxc.cgroup.relative", Types.FLAG, "1 stays below the starter's cgroup", "1")
          .unset("0");
  static final Key<Cgroups.View> VIEW =
      Key.single(
              "coffer.cgroup.view",
              Types.withWords(
                  ValueType.of(
                      "auto, v1, hybrid or v2", (text, reading) -> view(text), Cgroups.View::word),
                  VIEWS),
              "which version of cgroups the container sees",
              "v2")
          .unset("auto");
  static final Key<String> ALL_PRLIMIT = group("lxc.prlimit", PRLIMIT);
  static final Key<String> ALL_SYSCTL = group("lxc.sysctl", SYSCTL);
  static final Key<String> ALL_PROC = group("lxc.proc", PROC);
  static final Key<String> ALL_CGROUP1 = group("lxc.cgroup", CGROUP1);
  static final Key<String> ALL_CGROUP2 = group("lxc.cgroup2", CGROUP2);

  private LimitKeys() {}

  static List<Key<?>> all() {
    return List.of(
        CGROUP2,
        ALL_CGROUP2,
        DIR_MONITOR_PIVOT,
        DIR_MONITOR,
        DIR_INNER,
        DIR_CONTAINER,
        DIR,
        RELATIVE,
        VIEW,
        CGROUP1,
        ALL_CGROUP1,
        PRLIMIT,
        ALL_PRLIMIT,
        SYSCTL,
        ALL_SYSCTL,
        PROC,
        ALL_PROC);
  }

  /**
   * A warning about a resource no kernel has, which only the start refuses; null if there is none.
   */
  static BadValueException doubtAbout(String resource) {
    return RESOURCES.contains(resource)
        ? null
        : Types.unknownWord("Unknown resource", resource, RESOURCES);
  }

  private static Key<String> group(String name, Key<?> members) {
    return Key.group(name, "empty, it clears all keys below it", members);
  }

  private static Limits.Rlimit rlimit(String text) throws BadValueException {
    Matcher matcher = RLIMIT.matcher(text);
    if (!matcher.matches()) {
      throw notALimit(text);
    }
    long soft = one(matcher.group(1), text);
    String hard = matcher.group(2);
    return new Limits.Rlimit("", soft, hard == null || hard.isEmpty() ? soft : one(hard, text));
  }

  private static long one(String limit, String text) throws BadValueException {
    if (limit.equals("unlimited") || limit.equals("-1")) {
      return Limits.Rlimit.UNLIMITED;
    }
    try {
      // Of LXC comes that nothing counts as 0, and that the largest number is no limit.
      return limit.isEmpty() ? 0 : Long.parseUnsignedLong(limit);
    } catch (NumberFormatException e) {
      throw notALimit(text);
    }
  }

  private static BadValueException notALimit(String text) {
    return new BadValueException(
        "\"" + text + "\" is not a limit", "write a number or unlimited, or two with a colon");
  }

  private static String limit(Limits.Rlimit rlimit) {
    String soft = limit(rlimit.soft());
    return rlimit.soft() == rlimit.hard() ? soft : soft + ":" + limit(rlimit.hard());
  }

  private static String limit(long limit) {
    return limit == Limits.Rlimit.UNLIMITED ? "unlimited" : Long.toUnsignedString(limit);
  }

  private static Key<String> cgroupPath(String name, String description) {
    ValueType<String> type =
        ValueType.of("relative path", (text, reading) -> checkedPath(name, text), text -> text);
    return Key.single(name, type, description, "machines/web");
  }

  private static String checkedPath(String name, String path) throws BadValueException {
    if (path.startsWith("/")) {
      throw new BadValueException(
          name + " paths may not be absolute", "write " + path.replaceFirst("^/+", ""));
    }
    if (path.contains("..")) {
      throw new BadValueException(name + " paths may not walk upwards via \"../\"", "");
    }
    return path;
  }

  private static Cgroups.View view(String text) throws BadValueException {
    for (Cgroups.View view : Cgroups.View.values()) {
      if (view.word().equals(text)) {
        return view;
      }
    }
    throw Types.unknownWord("Unknown view of cgroups", text, VIEWS);
  }

  private static String innerName(String name) throws BadValueException {
    if (name.contains("/") || name.equals("..") || name.equals(".")) {
      throw new BadValueException(
          "lxc.cgroup.dir.container.inner must be a single directory name", "");
    }
    return name;
  }
}
