package dev.coffer.tools.command;

import dev.coffer.tools.Version;
import dev.coffer.tools.doctor.KernelConfig;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.OptionTable;
import dev.coffer.tools.text.Paint;
import dev.coffer.tools.text.Paint.Tone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** lxc-checkconfig: whether the kernel was built with what containers use. */
public final class CheckConfigTool implements Tool {
  /** An option of the kernel, and its module where lsmod(8) is asked for one. */
  private record Row(String title, String option, boolean required, String module) {
    private static Row of(String title, String option) {
      return new Row(title, option, false, "");
    }

    private static Row required(String title, String option) {
      return new Row(title, option, true, "");
    }

    private static Row module(String title, String option, String module) {
      return new Row(title, option, false, module);
    }
  }

  private static final List<Row> NAMESPACES =
      List.of(
          Row.required("Namespaces", "CONFIG_NAMESPACES"),
          Row.of("Utsname namespace", "CONFIG_UTS_NS"),
          Row.required("Ipc namespace", "CONFIG_IPC_NS"),
          Row.required("Pid namespace", "CONFIG_PID_NS"),
          Row.of("User namespace", "CONFIG_USER_NS"),
          Row.of("Network namespace", "CONFIG_NET_NS"));
  private static final List<Row> CONTROLLERS =
      List.of(
          Row.of("Cgroup device", "CONFIG_CGROUP_DEVICE"),
          Row.of("Cgroup sched", "CONFIG_CGROUP_SCHED"),
          Row.of("Cgroup cpu account", "CONFIG_CGROUP_CPUACCT"),
          Row.of("Cgroup memory controller", "CONFIG_MEMCG"),
          Row.of("Cgroup cpuset", "CONFIG_CPUSETS"));
  private static final List<Row> MISC =
      List.of(
          Row.module("Veth pair device", "CONFIG_VETH", "veth"),
          Row.module("Macvlan", "CONFIG_MACVLAN", "macvlan"),
          Row.module("Vlan", "CONFIG_VLAN_8021Q", "8021q"),
          Row.module("Bridges", "CONFIG_BRIDGE", "bridge"),
          Row.module("Advanced netfilter", "CONFIG_NETFILTER_ADVANCED", "nf_tables"),
          Row.module(
              "CONFIG_IP_NF_TARGET_MASQUERADE",
              "CONFIG_IP_NF_TARGET_MASQUERADE",
              "nf_nat_masquerade_ipv4"),
          Row.module(
              "CONFIG_IP6_NF_TARGET_MASQUERADE",
              "CONFIG_IP6_NF_TARGET_MASQUERADE",
              "nf_nat_masquerade_ipv6"),
          Row.module(
              "CONFIG_NETFILTER_XT_TARGET_CHECKSUM",
              "CONFIG_NETFILTER_XT_TARGET_CHECKSUM",
              "xt_CHECKSUM"),
          Row.module(
              "CONFIG_NETFILTER_XT_MATCH_COMMENT",
              "CONFIG_NETFILTER_XT_MATCH_COMMENT",
              "xt_comment"),
          Row.module("FUSE (for use with lxcfs)", "CONFIG_FUSE_FS", "fuse"));
  private static final List<Row> CHECKPOINT =
      List.of(
          Row.of("checkpoint restore", "CONFIG_CHECKPOINT_RESTORE"),
          Row.of("CONFIG_FHANDLE", "CONFIG_FHANDLE"),
          Row.of("CONFIG_EVENTFD", "CONFIG_EVENTFD"),
          Row.of("CONFIG_EPOLL", "CONFIG_EPOLL"),
          Row.of("CONFIG_UNIX_DIAG", "CONFIG_UNIX_DIAG"),
          Row.of("CONFIG_INET_DIAG", "CONFIG_INET_DIAG"),
          Row.of("CONFIG_PACKET_DIAG", "CONFIG_PACKET_DIAG"),
          Row.of("CONFIG_NETLINK_DIAG", "CONFIG_NETLINK_DIAG"));

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-checkconfig",
          "",
          "tells whether the kernel was built with what containers use",
          "CONFIG in the environment names another kernel's file of options, to look at it before it"
              + " is booted. coffer doctor tells what works on this machine now.",
          OptionTable.bare(),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean wantsName() {
    return false;
  }

  @Override
  public int run(Session session) {
    Path file = file(session);
    try {
      Report report = new Report(session, KernelConfig.read(file));
      report.print();
      return Runner.OK;
    } catch (IOException e) {
      session.log().error("cannot read " + file, List.of("why  " + e));
      return Runner.FAILED;
    }
  }

  private static Path file(Session session) {
    Optional<String> given = Optional.ofNullable(session.invocation().environment().get("CONFIG"));
    return given
        .map(session.invocation()::resolve)
        .or(() -> KernelConfig.find(System.getProperty("os.version")))
        .orElseThrow(() ->
            new BadArgument(
                "unable to retrieve kernel configuration; modprobe configs may help, or name the"
                    + " file: CONFIG=FILE lxc-checkconfig"));
  }

  /** What is printed while it is found out. */
  private record Report(Session session, KernelConfig config) {
    private void print() throws IOException {
      line("LXC version " + Version.LXC);
      line("");
      line("--- Namespaces ---");
      NAMESPACES.forEach(this::row);
      line("");
      line("--- Control groups ---");
      row(Row.of("Cgroups", "CONFIG_CGROUPS"));
      line("Cgroup namespace: " + word(Files.exists(Path.of("/proc/self/ns/cgroup")), false));
      mounts();
      CONTROLLERS.forEach(this::row);
      line("");
      line("--- Misc ---");
      MISC.forEach(this::row);
      line("");
      line("--- Checkpoint/Restore ---");
      CHECKPOINT.forEach(this::row);
      line("File capabilities: " + word(true, false));
      line("");
      line("Note : Before booting a new kernel, you can check its configuration");
      line("usage : CONFIG=/path/to/config " + session.program());
      line("");
    }

    private void mounts() throws IOException {
      List<String> legacy = mounts("cgroup");
      line("Cgroup v1 mount points: ");
      legacy.forEach(mount -> line(" - " + mount));
      line("Cgroup v2 mount points: ");
      mounts("cgroup2").forEach(mount -> line(" - " + mount));
      if (!legacy.isEmpty() && Files.exists(Path.of(legacy.getFirst(), "cgroup.clone_children"))) {
        line("Cgroup v1 clone_children flag: " + word(true, false));
      }
    }

    private static List<String> mounts(String type) throws IOException {
      return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
          .map(line -> line.split(" "))
          .filter(fields -> fields[2].equals(type))
          .map(fields -> fields[1])
          .toList();
    }

    private void row(Row row) {
      boolean there = config.has(row.option());
      boolean asked = there && !row.module().isEmpty() && Files.exists(Path.of("/proc/modules"));
      String loaded = asked ? isLoaded(row.module()) ? ", loaded" : ", not loaded" : "";
      line(row.title() + ": " + word(there, row.required()) + loaded);
    }

    private static boolean isLoaded(String module) {
      return Files.exists(Path.of("/sys/module", module));
    }

    /** On a terminal in colour, as the original. */
    private String word(boolean there, boolean required) {
      Paint paint =
          Paint.of(session.invocation().stdoutIsTerminal(), session.invocation().environment());
      if (there) {
        return paint.paint(Tone.GOOD, "enabled");
      }
      return required ? paint.paint(Tone.BAD, "required") : paint.paint(Tone.WARNING, "missing");
    }

    private void line(String text) {
      session.out().println(text);
    }
  }
}
