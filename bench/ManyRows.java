import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** What many containers at once cost: to start them, to list them, to keep them. */
final class ManyRows {
  private static final int SIDE_BY_SIDE = 40;
  private static final int WITH_THE_HOST = 200;

  private ManyRows() {}

  static List<Result> burst(Site site) {
    for (int i = 0; i < SIDE_BY_SIDE; i++) {
      site.definePlain("burst" + i);
    }
    var script = new Script();
    for (Site.Family family : site.families()) {
      script
          .next()
          .burst(family.name(), SIDE_BY_SIDE, family.lxc("start", "burst%", "-d"))
          .runBurst(SIDE_BY_SIDE, family.lxc("stop", "burst%", "-k"))
          .pause(300);
    }
    script
        .next()
        .burst(
            Site.FLOOR, SIDE_BY_SIDE, site.floor("start", site.rootfs().toString(), "coffer-b-f%"))
        .runBurst(SIDE_BY_SIDE, site.floor("stop", "coffer-b-f%"))
        .pause(300);
    Timing.warmUp(site, 5, script);
    Timing timing =
        Timing.run("40 starts side by side", site, Math.max(5, site.options().runs() / 4), script);
    var rates = new LinkedHashMap<String, Stats>();
    timing
        .milliseconds()
        .forEach((who, ms) -> rates.put(who, ms.map(m -> SIDE_BY_SIDE * 1000 / m)));
    return List.of(
        new Result(
            "40 starts side by side",
            "a second",
            rates,
            List.of(Result.Goal.atLeast(2.5, Site.LXC)),
            timing.problems()));
  }

  /** As the host starts them; LXC has one way only, one after the other. */
  static List<Result> autostart(Site site) {
    for (int i = 0; i < WITH_THE_HOST; i++) {
      site.define(
          "auto" + i,
          "lxc.rootfs.path = dir:" + site.rootfs(),
          "lxc.mount.auto = proc:rw sys:rw",
          "lxc.start.auto = 1");
    }
    var script = new Script();
    for (Site.Family family : site.families()) {
      String[] sideBySide =
          family.name().equals(Site.COFFER) ? new String[] {"--parallel"} : new String[0];
      script
          .next()
          .time(family.name(), family.all("autostart", sideBySide))
          .run(family.all("autostart", "-k"))
          .pause(500);
    }
    Timing.warmUp(site, 1, script);
    String what = "autostart of " + WITH_THE_HOST + " containers";
    Timing timing = Timing.run(what, site, Math.max(3, site.options().runs() / 8), script);
    return List.of(
        new Result(
            what,
            "ms",
            timing.milliseconds(),
            List.of(Result.Goal.atMost(0.4, Site.LXC)),
            timing.problems()));
  }

  static List<Result> running(Site site) {
    int count = site.options().containers();
    try {
      for (int i = 0; i < count; i++) {
        String container = "many" + i;
        site.definePlain(container);
        site.families().forEach(family -> site.run(family.lxc("start", container, "-d")));
        Progress.show("starting", i + 1, count);
      }
      Progress.clear();
      var results = new ArrayList<Result>();
      results.add(listing(site, count));
      results.add(keepers(site, count));
      if (site.hasCoffer()) {
        results.add(engine(site, count));
      }
      return results;
    } finally {
      stop(site, count);
    }
  }

  private static Result listing(Site site, int count) {
    var script = new Script();
    for (Site.Family family : site.families()) {
      script.next().time(family.name(), family.all("ls", "-f", "--running"));
    }
    Timing.warmUp(site, 10, script);
    String what = "lxc-ls -f over " + count + " running";
    Timing timing = Timing.run(what, site, Math.max(5, site.options().runs() / 4), script);
    return new Result(
        what,
        "ms",
        timing.milliseconds(),
        List.of(Result.Goal.atMost(0.1, Site.LXC)),
        timing.problems());
  }

  private static Result keepers(Site site, int count) {
    var values = new LinkedHashMap<String, Stats>();
    var problems = new ArrayList<String>();
    for (Site.Family family : site.families()) {
      var sizes = new ArrayList<Double>();
      for (int i = 0; i < count; i++) {
        Site.Output init = site.output(family.lxc("info", "many" + i, "-p", "-H"));
        if (init.exit() == 0 && init.text().matches("\\d+")) {
          sizes.add((double) Memory.of(Memory.parentOf(Long.parseLong(init.text()))).privateKib());
        }
      }
      if (sizes.isEmpty()) {
        problems.add("no keeper found: " + family.name());
      } else {
        values.put(family.name(), Stats.of(sizes));
      }
    }
    return new Result(
        "private memory per idle container",
        "KiB",
        values,
        List.of(Result.Goal.atMost(0.3, Site.LXC)),
        problems);
  }

  private static Result engine(Site site, int count) {
    String what = "engine at rest with " + count + " running, resident";
    try {
      Thread.sleep(8000); // the JVM gives memory back some seconds after work
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
    var values = new LinkedHashMap<String, Stats>();
    Memory.engineIn(site.engineFolder())
        .ifPresent(pid -> values.put(Site.COFFER, Stats.of(Memory.of(pid).residentKib() / 1024.0)));
    return new Result(
        what,
        "MiB",
        values,
        List.of(Result.Goal.atMost(64)),
        values.isEmpty() ? List.of(what + ": no engine found") : List.of());
  }

  private static void stop(Site site, int count) {
    for (int i = 0; i < count; i++) {
      String container = "many" + i;
      site.families().forEach(family -> site.run(family.lxc("stop", container, "-k")));
      Progress.show("stopping", i + 1, count);
    }
    Progress.clear();
  }
}
