package dev.coffer.tools.command;

import java.util.List;
import java.util.Optional;

/** The tools that go by LXC's names. A tool's class is loaded when it is first asked for. */
public final class LxcTools {
  /** All names, for completion, manual pages and installation. */
  public static final List<String> NAMES =
      List.of(
          "lxc-attach",
          "lxc-autostart",
          "lxc-cgroup",
          "lxc-checkconfig",
          "lxc-clone",
          "lxc-config",
          "lxc-console",
          "lxc-copy",
          "lxc-create",
          "lxc-destroy",
          "lxc-device",
          "lxc-execute",
          "lxc-freeze",
          "lxc-info",
          "lxc-ls",
          "lxc-monitor",
          "lxc-snapshot",
          "lxc-start",
          "lxc-start-ephemeral",
          "lxc-stop",
          "lxc-top",
          "lxc-unfreeze",
          "lxc-unshare",
          "lxc-update-config",
          "lxc-usernsexec",
          "lxc-wait");

  private LxcTools() {}

  public static Optional<Tool> find(String name) {
    return Optional.ofNullable(
        switch (name) {
          case "lxc-attach" -> new AttachTool();
          case "lxc-autostart" -> new AutostartTool();
          case "lxc-cgroup" -> new CgroupTool();
          case "lxc-checkconfig" -> new CheckConfigTool();
          case "lxc-clone" -> new CloneTool();
          case "lxc-config" -> new ConfigTool();
          case "lxc-console" -> new ConsoleTool();
          case "lxc-copy" -> new CopyTool();
          case "lxc-create" -> new CreateTool();
          case "lxc-destroy" -> new DestroyTool();
          case "lxc-device" -> new DeviceTool();
          case "lxc-execute" -> new ExecuteTool();
          case "lxc-freeze" -> new FreezeTool(FreezeTool.Way.FREEZE);
          case "lxc-info" -> new InfoTool();
          case "lxc-ls" -> new ListTool();
          case "lxc-monitor" -> new MonitorTool();
          case "lxc-net" -> new LxcNetTool(); // a service's, beside the tools
          case "lxc-snapshot" -> new SnapshotTool();
          case "lxc-start" -> new StartTool();
          case "lxc-start-ephemeral" -> new StartEphemeralTool();
          case "lxc-stop" -> new StopTool();
          case "lxc-top" -> new TopTool();
          case "lxc-unfreeze" -> new FreezeTool(FreezeTool.Way.UNFREEZE);
          case "lxc-unshare" -> new UnshareTool();
          case "lxc-update-config" -> new UpdateConfigTool();
          case "lxc-usernsexec" -> new UserNamespaceTool();
          case "lxc-wait" -> new WaitTool();
          default -> null;
        });
  }
}
