package dev.coffer.plan;

import dev.coffer.model.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a container with the host's ids may mount under a generated AppArmor profile, in the
 * language of apparmor.d(5). Rules about files go by paths, so nothing of the kernel's may appear
 * at a path that they do not speak of.
 */
final class MountRules {
  /**
   * Where systemd mounts the root of a service that is sandboxed, before the service goes there.
   */
  private static final String UNIT_ROOT = "/run/systemd/unit-root";

  /** For the beginning of a rule's path: of the container's root and of such a service's. */
  static final String ROOTS = "/{," + UNIT_ROOT.substring(1) + "/}";

  /** The directories that lead there; what complements a path speaks of neither of them. */
  private static final String WAY = "/run/{,systemd/}";

  /** What such a service may have for reading only, by a mount of each upon itself. */
  private static final List<String> OF_SERVICES =
      List.of(
          "proc/{acpi,apm,asound,bus,fs,irq,latency_stats,mtrr,scsi,sys,sysrq-trigger,timer_stats}",
          "proc/sys/kernel/{domainname,hostname}",
          "sys",
          "sys/fs/{bpf,cgroup,selinux}",
          "sys/kernel/{debug,tracing}");

  private final List<String> lines = new ArrayList<>();

  private MountRules() {}

  /**
   * @param fresh the namespaces that are the container's own
   */
  static List<String> of(Set<Namespace> fresh) {
    MountRules rules = new MountRules();
    rules.fileSystems(fresh);
    rules.ownFiles();
    rules.services();
    rules.whatTheKernelShows();
    return rules.lines;
  }

  private void fileSystems(Set<Namespace> fresh) {
    comment("file systems that hold nothing of the host's");
    for (String type :
        List.of("tmpfs", "ramfs", "hugetlbfs", "mqueue", "fuse", "fuse.*", "overlay")) {
      add("mount fstype=" + type);
    }
    comment("those of the kernel, where they belong");
    add(
        "mount fstype=proc -> " + ROOTS + "proc/",
        "mount fstype=sysfs -> " + ROOTS + "sys/",
        "mount fstype=devpts -> /dev/pts/",
        "mount fstype=binfmt_misc -> /proc/sys/fs/binfmt_misc/",
        "mount fstype=fusectl -> /sys/fs/fuse/connections/",
        "mount fstype=securityfs -> /sys/kernel/security/",
        "mount fstype=debugfs -> /sys/kernel/debug/",
        "mount fstype=tracefs -> /sys/kernel/tracing/",
        "mount fstype=configfs -> /sys/kernel/config/",
        "mount fstype=efivarfs -> /sys/firmware/efi/efivars/");
    if (fresh.contains(Namespace.CGROUP)) {
      add("mount fstype=cgroup -> /sys/fs/cgroup/**", "mount fstype=cgroup2 -> /sys/fs/cgroup/**");
    }
  }

  private void ownFiles() {
    comment("its own files at a second place, but not the kernel's");
    List<String> kernels =
        List.of("proc", "sys", below(UNIT_ROOT, "proc"), below(UNIT_ROOT, "sys"));
    for (String source : PathComplement.of("", kernels)) {
      for (String flag : List.of("bind", "rbind", "move")) {
        add("mount options=(rw," + flag + ") " + source);
      }
    }
    add("mount options=(rw,bind) " + WAY);
  }

  /**
   * Older parsers make more of these rules (CVE-2016-1585), 3.0.8 for one any mount that is
   * read-only.
   */
  private void services() {
    comment("what services that sandbox themselves do");
    for (String how : List.of("slave", "private", "shared", "unbindable")) {
      add("mount options=(rw,make-" + how + ")", "mount options=(rw,make-r" + how + ")");
    }
    readOnly(
        "ro,remount,bind", List.of("nosuid", "nodev", "noexec", "relatime", "noatime", "silent"));
    add(
        "mount options=(rw,rbind) / -> " + UNIT_ROOT + "/",
        "mount options=(rw,move) " + UNIT_ROOT + "/ -> /");
    for (String place : OF_SERVICES) {
      String path = ROOTS + place + "{,/}";
      add("mount options=(rw,rbind) " + path + " -> " + path);
    }
  }

  private void whatTheKernelShows() {
    comment("nothing of the kernel's at another place");
    add("deny mount fstype=devtmpfs");
    for (String type : List.of("proc", "sysfs", "debugfs", "tracefs", "securityfs")) {
      elsewhere("fstype=" + type, type.equals("proc") ? "proc" : "sys");
    }
    elsewhere(ROOTS + "proc{,/**}", "proc");
    elsewhere(ROOTS + "sys{,/**}", "sys");
    String settings = "deny mount " + ROOTS + "proc/sys{,/**} -> " + ROOTS + "proc/";
    PathComplement.of("", List.of("sys")).forEach(path -> add(settings + path.substring(1)));
    add(settings, "deny mount " + ROOTS + "sys/ -> " + ROOTS + "sys/?**");
    List<String> sources = new ArrayList<>(List.of(ROOTS + "proc/sys/{,kernel/}"));
    sources.addAll(
        PathComplement.of(ROOTS + "proc/sys", List.of("kernel/domainname", "kernel/hostname")));
    for (String source : sources) {
      add("deny mount " + source + " -> " + ROOTS + "proc/sys/?**");
    }
    comment("nor the root but to where services get theirs ready, and from there to the root only");
    PathComplement.of("", List.of(UNIT_ROOT.substring(1)))
        .forEach(path -> add("deny mount / -> " + path));
    add(
        "deny mount / -> " + WAY,
        "deny mount / -> " + UNIT_ROOT + "/?**",
        "deny mount " + UNIT_ROOT + "/ -> /?**",
        "deny mount options=(rw,rbind) " + WAY,
        "deny mount options=(rw,move) " + WAY);
  }

  /** Refuses to mount something anywhere but at its place. */
  private void elsewhere(String what, String place) {
    PathComplement.of("", List.of(place, below(UNIT_ROOT, place)))
        .forEach(path -> add("deny mount " + what + " -> " + path));
    add("deny mount " + what + " -> /", "deny mount " + what + " -> " + WAY + "{,unit-root/}");
  }

  /** Without the slash at its beginning. */
  private static String below(String directory, String name) {
    return directory.substring(1) + "/" + name;
  }

  /** With any of these besides; "options in" would stand for a rule of its own. */
  private void readOnly(String options, List<String> others) {
    if (others.isEmpty()) {
      add("mount options=(" + options + ")");
      return;
    }
    List<String> rest = others.subList(1, others.size());
    readOnly(options, rest);
    readOnly(options + "," + others.getFirst(), rest);
  }

  private void add(String... rules) {
    for (String rule : rules) {
      lines.add("  " + rule + ",");
    }
  }

  private void comment(String text) {
    lines.add("");
    lines.add("  # " + text);
  }
}
