import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long a detached start takes, until the tool says that the container is running. */
final class StartRows {
  /** Those of LXC's common.conf, which coffer.security has, too. */
  private static final List<String> DEVICES =
      List.of(
          "c *:* m",
          "b *:* m",
          "c 1:3 rwm",
          "c 1:5 rwm",
          "c 1:7 rwm",
          "c 5:0 rwm",
          "c 5:1 rwm",
          "c 5:2 rwm",
          "c 1:8 rwm",
          "c 1:9 rwm",
          "c 136:* rwm",
          "c 10:229 rwm");

  private StartRows() {}

  static List<Result> plain(Site site) {
    site.definePlain("start");
    Script script = starts(site, "start");
    script
        .next()
        .prime()
        .time(Site.FLOOR, site.floor("start", site.rootfs().toString(), "coffer-b-f"))
        .run(site.floor("stop", "coffer-b-f"));
    return measure(
        "detached start, busybox, empty network",
        site,
        script,
        List.of(Result.Goal.atMost(0.4, Site.LXC), Result.Goal.atMost(2, Site.FLOOR)));
  }

  static List<Result> secured(Site site) {
    var config =
        new ArrayList<>(
            List.of(
                "lxc.rootfs.path = dir:" + site.mappedRootfs(),
                "lxc.idmap = u 0 100000 65536",
                "lxc.idmap = g 0 100000 65536",
                "lxc.mount.auto = proc:mixed sys:mixed cgroup:mixed",
                "lxc.cap.drop = mac_admin mac_override sys_time sys_module sys_rawio",
                "lxc.prlimit.nofile = 4096"));
    if (Files.exists(Path.of("/sys/fs/cgroup/cgroup.procs"))) {
      config.addAll(List.of("lxc.cgroup2.memory.max = 256M", "lxc.cgroup2.pids.max = 200"));
    } else {
      config.addAll(
          List.of("lxc.cgroup.memory.limit_in_bytes = 256M", "lxc.cgroup.pids.max = 200"));
    }
    site.define("secured", config.toArray(String[]::new));
    return measure(
        "the same with id map, masks, limits",
        site,
        starts(site, "secured"),
        List.of(Result.Goal.atMost(0.4, Site.LXC)));
  }

  /**
   * One file for both: LXC passes over Coffer's keys, which add what LXC has no word for, and the
   * stricter policy.
   */
  static List<Result> byDefault(Site site) {
    var config =
        new ArrayList<>(
            List.of(
                "lxc.rootfs.path = dir:" + site.rootfs(),
                "lxc.rootfs.options = idmap=container",
                "lxc.idmap = u 0 100000 65536",
                "lxc.idmap = g 0 100000 65536",
                "lxc.mount.auto = proc:mixed sys:mixed cgroup:mixed",
                "lxc.cap.drop = mac_admin mac_override sys_time sys_module sys_rawio",
                "lxc.seccomp.profile = /usr/share/lxc/config/common.seccomp",
                "coffer.security = default",
                "coffer.seccomp = default"));
    for (String version : List.of("lxc.cgroup", "lxc.cgroup2")) {
      config.add(version + ".devices.deny = a");
      for (String rule : DEVICES) {
        config.add(version + ".devices.allow = " + rule);
      }
    }
    site.define("default", config.toArray(String[]::new));
    return measure(
        "the secure default, LXC with id map, seccomp, devices",
        site,
        starts(site, "default"),
        List.of(Result.Goal.atMost(0.4, Site.LXC)));
  }

  private static Script starts(Site site, String container) {
    var script = new Script();
    for (Site.Family family : site.families()) {
      script
          .next()
          .prime()
          .time(family.name(), family.lxc("start", container, "-d"))
          .run(family.lxc("stop", container, "-k"));
    }
    return script;
  }

  private static List<Result> measure(
      String what, Site site, Script script, List<Result.Goal> goals) {
    Timing.warmUp(site, 60, script);
    Timing timing = Timing.run(what, site, site.options().runs(), script);
    return List.of(new Result(what, "ms", timing.milliseconds(), goals, timing.problems()));
  }
}
