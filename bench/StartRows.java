import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long a detached start takes, until the tool says that the container is running. */
final class StartRows {
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
