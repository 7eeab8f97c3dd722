import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an interface on a bridge costs, and what goes through it. */
final class NetworkRows {
  private static final String BRIDGE = "coffer-b-br";
  private static final String HOST = "10.213.77.1";
  private static final String PREFIX = "10.213.77.";
  private static final int SIDE_BY_SIDE = 20;
  private static final Pattern RECEIVED =
      Pattern.compile("\"sum_received\":.*?\"bits_per_second\":\\s*([0-9.e+]+)", Pattern.DOTALL);

  private NetworkRows() {}

  static List<Result> start(Site site) {
    define(site, "veth", 2);
    for (int i = 0; i < SIDE_BY_SIDE; i++) {
      define(site, "net" + i, 3 + i);
    }
    return onBridge(site, () -> List.of(alone(site), sideBySide(site)));
  }

  /** Ours and theirs are never there at once where they share an address. */
  private static void define(Site site, String container, int number) {
    site.define(
        container,
        "lxc.rootfs.path = dir:" + site.rootfs(),
        "lxc.mount.auto = proc:rw sys:rw",
        "lxc.net.0.type = veth",
        "lxc.net.0.link = " + BRIDGE,
        "lxc.net.0.flags = up",
        "lxc.net.0.ipv4.address = " + PREFIX + number + "/24",
        "lxc.net.0.ipv4.gateway = " + HOST);
  }

  private static List<Result> onBridge(Site site, java.util.function.Supplier<List<Result>> rows) {
    site.run(List.of("ip", "link", "add", BRIDGE, "type", "bridge"));
    try {
      site.run(List.of("ip", "address", "add", HOST + "/24", "dev", BRIDGE));
      site.run(List.of("ip", "link", "set", BRIDGE, "up"));
      return rows.get();
    } finally {
      site.run(List.of("ip", "link", "delete", BRIDGE));
    }
  }

  private static Result alone(Site site) {
    String what = "detached start with a veth on a bridge, address and gateway";
    var script = new Script();
    for (Site.Family family : site.families()) {
      script
          .next()
          .prime()
          .time(family.name(), family.lxc("start", "veth", "-d"))
          .run(family.lxc("stop", "veth", "-k"));
    }
    Timing.warmUp(site, 60, script);
    Timing timing = Timing.run(what, site, site.options().runs(), script);
    return new Result(
        what,
        "ms",
        timing.milliseconds(),
        List.of(Result.Goal.atMost(0.4, Site.LXC)),
        timing.problems());
  }

  private static Result sideBySide(Site site) {
    String what = SIDE_BY_SIDE + " starts with a veth side by side, for each";
    var script = new Script();
    for (Site.Family family : site.families()) {
      script
          .next()
          .burst(family.name(), SIDE_BY_SIDE, family.lxc("start", "net%", "-d"))
          .runBurst(SIDE_BY_SIDE, family.lxc("stop", "net%", "-k"))
          .pause(300);
    }
    Timing.warmUp(site, 3, script);
    Timing timing = Timing.run(what, site, Math.max(5, site.options().runs() / 4), script);
    var each = new LinkedHashMap<String, Stats>();
    timing.milliseconds().forEach((who, ms) -> each.put(who, ms.map(m -> m / SIDE_BY_SIDE)));
    return new Result(
        what, "ms", each, List.of(Result.Goal.atMost(0.4, Site.LXC)), timing.problems());
  }

  /** From the host into a container, by iperf3(1) in the container's network namespace. */
  static List<Result> throughput(Site site) {
    define(site, "flow", 2);
    var rates = new LinkedHashMap<String, Stats>();
    var problems = new ArrayList<String>();
    onBridge(
        site,
        () -> {
          for (Site.Family family : site.families()) {
            site.run(family.lxc("start", "flow", "-d"));
            try {
              rates.put(family.name(), Stats.of(flows(site, family)));
            } catch (IOException | RuntimeException e) {
              problems.add("throughput, " + family.name() + ": " + e.getMessage());
            }
            site.run(family.lxc("stop", "flow", "-k"));
          }
          return List.of();
        });
    return List.of(
        new Result(
            "TCP from the host into a container by its veth",
            "Gbit/s",
            rates,
            List.of(Result.Goal.atLeast(0.95, Site.LXC)),
            problems));
  }

  private static List<Double> flows(Site site, Site.Family family) throws IOException {
    String pid = site.output(family.lxc("info", "flow", "-p", "-H")).text();
    Path file = site.home().resolve("iperf-" + family.name() + ".pid");
    site.run(List.of("nsenter", "-t", pid, "-n", "iperf3", "-s", "-D", "-I", file.toString()));
    var rates = new ArrayList<Double>();
    try {
      for (int i = 0; i < Math.max(3, site.options().runs() / 8); i++) {
        String json =
            site.output(
                    List.of(
                        "iperf3", "-c", PREFIX + "2", "-t", "1", "-J", "--connect-timeout", "3000"))
                .text();
        Matcher rate = RECEIVED.matcher(json);
        if (!rate.find()) {
          throw new IllegalStateException("iperf3 says: " + json);
        }
        rates.add(Double.parseDouble(rate.group(1)) / 1e9);
      }
    } finally {
      if (Files.exists(file)) {
        site.run(List.of("kill", Files.readString(file).replace("\0", "").strip()));
      }
    }
    return rates;
  }
}
