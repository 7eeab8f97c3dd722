package dev.coffer.model;

import java.util.List;

/**
 * What {@code coffer.security = default} means, as values. They suit a whole system with systemd as
 * well as one program; a test boots both.
 */
public final class SecureDefault {
  /** Those of LXC's common.conf: they reach beyond every namespace. */
  public static final List<Capability> DROPPED =
      List.of(
          Capability.MAC_ADMIN,
          Capability.MAC_OVERRIDE,
          Capability.SYS_TIME,
          Capability.SYS_MODULE,
          Capability.SYS_RAWIO);

  /** Those of LXC's common.conf. */
  public static final AutoMounts AUTO_MOUNTS =
      new AutoMounts(
          AutoMounts.Proc.MIXED,
          AutoMounts.Sys.MIXED,
          AutoMounts.CgroupView.MIXED,
          false,
          List.of());

  /**
   * What OCI runtimes and systemd-nspawn hide: the host's memory, keys, timers, hardware and power,
   * from which other containers and the host can be watched. interrupts shows the rhythm of
   * keystrokes and traffic.
   */
  public static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/interrupts",
          "/proc/kallsyms",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/sys/devices/virtual/powercap",
          "/sys/firmware");

  /**
   * What OCI runtimes protect beyond proc:mixed, which has /proc/sys and /proc/sysrq-trigger
   * already.
   */
  public static final List<String> READ_ONLY = List.of("/proc/bus", "/proc/fs", "/proc/irq");

  /**
   * Device rules of LXC's common.conf, without their {@code devices.deny = a}: any node may be
   * made, for a node that cannot be opened does no harm; null, zero, full, tty, console, ptmx,
   * random, urandom, fuse and pseudo terminals may be opened.
   */
  public static final List<String> DEVICES =
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

  private SecureDefault() {}
}
