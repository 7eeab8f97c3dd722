import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Copies of containers: a snapshot, and a throw-away copy for one command. */
final class CopyRows {
  private CopyRows() {}

  /** Both share the original's files, so its size does not matter. */
  static List<Result> snapshot(Site site) {
    original(site, "origin");
    Script script = new Script();
    for (Site.Family family : site.families()) {
      script
          .next()
          .prime()
          .time(family.name(), family.lxc("copy", "origin", "-s", "-N", family.name("copy")))
          .run(family.lxc("destroy", "copy"));
    }
    String what = "lxc-copy -s of a container on a directory";
    Timing.warmUp(site, 40, script);
    Timing timing = Timing.run(what, site, site.options().runs(), script);
    return List.of(
        new Result(
            what,
            "ms",
            timing.milliseconds(),
            List.of(Result.Goal.atMost(0.2, Site.LXC)),
            timing.problems()));
  }

  static List<Result> throwAway(Site site) {
    original(site, "thrown");
    Script script = new Script();
    for (Site.Family family : site.families()) {
      script
          .next()
          .prime()
          .time(family.name(), family.lxc("copy", "thrown", "-e", "--", "/bin/true"));
    }
    String what = "lxc-copy -e -- /bin/true, to its end";
    Timing.warmUp(site, 40, script);
    Timing timing = Timing.run(what, site, Math.max(5, site.options().runs() / 2), script);
    return List.of(
        new Result(
            what,
            "ms",
            timing.milliseconds(),
            List.of(Result.Goal.atMost(0.3, Site.LXC)),
            timing.problems()));
  }

  /** LXC copies only what lies in a directory of the container's name. */
  private static void original(Site site, String container) {
    site.define(container, "lxc.signal.halt = SIGUSR1", "lxc.mount.auto = proc:rw sys:rw");
    for (Site.Family family : site.families()) {
      Path folder = family.lxcpath().resolve(family.name(container));
      site.run(List.of("cp", "-a", site.rootfs().toString(), folder + "/rootfs"));
      try {
        Files.writeString(
            folder.resolve("config"),
            "lxc.rootfs.path = dir:" + folder + "/rootfs\n",
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
