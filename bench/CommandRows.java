import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Single commands: in a running container, in a container made for it, and those that only look.
 */
final class CommandRows {
  private CommandRows() {}

  static List<Result> attach(Site site) {
    return withRunning(
        site,
        "attach",
        () -> {
          var script = new Script();
          for (Site.Family family : site.families()) {
            script
                .next()
                .prime()
                .time(family.name(), family.lxc("attach", "attach", "--", "/bin/true"));
          }
          return List.of(
              measure(
                  "attach: /bin/true in a running container",
                  site,
                  script,
                  Result.Goal.atMost(0.35, Site.LXC)));
        });
  }

  static List<Result> oneShot(Site site) {
    site.definePlain("oneshot");
    var script = new Script();
    for (Site.Family family : site.families()) {
      script
          .next()
          .prime()
          .time(family.name(), family.lxc("execute", "oneshot", "--", "/bin/true"));
    }
    addCrun(site, script);
    if (Files.isExecutable(Path.of("/usr/sbin/runc"))) {
      script.next().prime().time("runc", runc(site));
    }
    script.next().prime().time("bwrap", bwrap(site));
    script.next().prime().time("nspawn", nspawn(site));
    script
        .next()
        .prime()
        .time(Site.FLOOR, site.floor("run", site.rootfs().toString(), "coffer-b-f", "/bin/true"));
    return List.of(
        measure(
            "one-shot run of /bin/true",
            site,
            script,
            Result.Goal.atMost(0.3, Site.LXC),
            Result.Goal.atMost(0.3, "crun"),
            Result.Goal.atMost(1, "bwrap")));
  }

  private static List<String> bwrap(Site site) {
    return List.of(
        "/usr/bin/bwrap",
        "--bind",
        site.rootfs().toString(),
        "/",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-uts",
        "--unshare-ipc",
        "--unshare-cgroup-try",
        "--die-with-parent",
        "/bin/true");
  }

  private static List<String> nspawn(Site site) {
    return List.of(
        "/usr/bin/systemd-nspawn",
        "-q",
        "--register=no",
        "--keep-unit",
        "--private-network",
        "-M",
        "coffer-b-n",
        "-D",
        site.rootfs().toString(),
        "/bin/true");
  }

  /** crun refuses a hybrid hierarchy whose v2 part has a controller: then it is shown v1 only. */
  private static void addCrun(Site site, Script script) {
    List<String> crun =
        List.of(
            "/usr/bin/crun",
            "--cgroup-manager=cgroupfs",
            "run",
            "--bundle",
            bundle(site),
            "coffer-b-k");
    script.next().prime();
    if (site.run(crun) == 0) {
      script.time("crun", crun);
    } else {
      script.timeIn("crun", site.namespaceWithoutUnified(), crun);
    }
  }

  private static List<String> runc(Site site) {
    return List.of(
        "/usr/sbin/runc",
        "--root",
        site.home().resolve("runc").toString(),
        "run",
        "--bundle",
        bundle(site),
        "coffer-b-r");
  }

  /** An OCI bundle with like namespaces and mounts. */
  private static String bundle(Site site) {
    Path bundle = site.home().resolve("bundle");
    try {
      Files.createDirectories(bundle);
      Files.writeString(
          bundle.resolve("config.json"),
          """
          {
            "ociVersion": "1.0.0",
            "process": {"terminal": false, "user": {"uid": 0, "gid": 0}, "cwd": "/",
              "args": ["/bin/true"], "env": ["PATH=/bin"]},
            "root": {"path": "%s"},
            "hostname": "coffer-b-k",
            "mounts": [
              {"destination": "/proc", "type": "proc", "source": "proc"},
              {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
                "options": ["nosuid", "mode=755", "size=500k"]},
              {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
                "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]},
              {"destination": "/sys", "type": "sysfs", "source": "sysfs",
                "options": ["nosuid", "noexec", "nodev"]}],
            "linux": {"cgroupsPath": "/coffer-b-o", "namespaces": [{"type": "pid"}, {"type": "network"},
              {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}, {"type": "cgroup"}]}
          }
          """
              .formatted(site.rootfs()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bundle.toString();
  }

  static List<Result> listing(Site site) {
    site.definePlain("stopped");
    return withRunning(
        site,
        "list",
        () -> {
          var list = new Script();
          var info = new Script();
          for (Site.Family family : site.families()) {
            list.next().time(family.name(), family.all("ls"));
            info.next().time(family.name(), family.lxc("info", "list"));
          }
          return List.of(
              measure("lxc-ls", site, list, Result.Goal.atMost(0.5, Site.LXC)),
              measure(
                  "lxc-info of a running container",
                  site,
                  info,
                  Result.Goal.atMost(0.5, Site.LXC)));
        });
  }

  static List<Result> first(Site site) {
    if (!site.hasCoffer()) {
      return List.of();
    }
    Site.Family coffer = site.families().getFirst();
    site.definePlain("first");
    var script = new Script();
    script
        .run(site.coffer("engine", "stop"))
        .pause(200)
        .time("coffer-ls", coffer.all("ls"))
        .run(coffer.lxc("stop", "first", "-k"))
        .next()
        .run(site.coffer("engine", "stop"))
        .pause(200)
        .time("coffer-start", coffer.lxc("start", "first", "-d"))
        .run(coffer.lxc("stop", "first", "-k"));
    Timing timing =
        Timing.run(
            "first command with no engine", site, Math.max(5, site.options().runs() / 4), script);
    var results = new ArrayList<Result>();
    results.add(
        only("first command with no engine: lxc-ls", timing, "coffer-ls", timing.problems()));
    results.add(
        only("first command with no engine: lxc-start -d", timing, "coffer-start", List.of()));
    return results;
  }

  private static Result only(String what, Timing timing, String label, List<String> problems) {
    var values = new LinkedHashMap<String, Stats>();
    if (timing.milliseconds().containsKey(label)) {
      values.put(Site.COFFER, timing.milliseconds().get(label));
    }
    return new Result(what, "ms", values, List.of(Result.Goal.atMost(400)), problems);
  }

  private interface Body {
    List<Result> run();
  }

  private static List<Result> withRunning(Site site, String container, Body body) {
    site.definePlain(container);
    site.families().forEach(family -> site.run(family.lxc("start", container, "-d")));
    try {
      return body.run();
    } finally {
      site.families().forEach(family -> site.run(family.lxc("stop", container, "-k")));
    }
  }

  private static Result measure(String what, Site site, Script script, Result.Goal... goals) {
    Timing.warmUp(site, 60, script);
    Timing timing = Timing.run(what, site, site.options().runs(), script);
    return new Result(what, "ms", timing.milliseconds(), List.of(goals), timing.problems());
  }
}
