package dev.coffer.plan;

import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Namespace;
import dev.coffer.model.Sourced;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The text of the AppArmor profile that is made for one container, in the language of
 * apparmor.d(5). It allows what programs do and forbids what leads out: mounts other than those a
 * system needs inside, writing to the kernel's own files, signals to and looks at processes of
 * others.
 */
final class GeneratedProfile {
  private static final int LONGEST_NAME = 200;

  /** What a container may write below /proc/sys: what belongs to its namespaces. */
  private static final List<String> OWN_SYSCTLS =
      List.of(
          "kernel/domainname",
          "kernel/hostname",
          "kernel/msg*",
          "kernel/sem*",
          "kernel/shm*",
          "kernel/keys",
          "kernel/random/boot_id",
          "kernel/pid_max",
          "kernel/ns_last_pid",
          "fs/mqueue",
          "fs/binfmt_misc",
          "user",
          "net");

  /** The same below /sys: network interfaces and control groups. */
  private static final List<String> OWN_SYSFS =
      List.of(
          "class/net",
          "devices/virtual/net",
          "fs/cgroup",
          "fs/fuse/connections",
          "kernel/security");

  private final ContainerSpec spec;
  private final Set<Namespace> fresh;
  private final boolean stacked;
  private final List<String> lines = new ArrayList<>();

  private GeneratedProfile(ContainerSpec spec, Set<Namespace> fresh, boolean stacked) {
    this.spec = spec;
    this.fresh = fresh;
    this.stacked = stacked;
  }

  /** The profile's name in the kernel, which no other container's has. */
  static String name(ContainerSpec spec) {
    return plain("coffer-" + spec.name() + "_<" + spec.lxcPath() + ">");
  }

  /** The policy namespace's. */
  static String namespace(ContainerSpec spec) {
    return plain("coffer-" + spec.name() + "_<" + spec.lxcPath() + ">").replace('/', '-');
  }

  /** What the container's processes are labelled with. */
  static String label(ContainerSpec spec, boolean stacked) {
    return stacked ? name(spec) + "//&:" + namespace(spec) + ":unconfined" : name(spec);
  }

  /**
   * Of letters that mean nothing in a profile or a label. Where others are left out or the end is
   * cut off, a number of the whole keeps names apart.
   */
  private static String plain(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9_.<>/+@=-]", "_").replaceAll("/+", "/");
    if (plain.equals(name) && name.length() <= LONGEST_NAME) {
      return name;
    }
    String cut = plain.substring(0, Math.min(plain.length(), LONGEST_NAME));
    return cut + "_" + Integer.toHexString(name.hashCode());
  }

  /** Whether a label is of a profile that was generated here. */
  static boolean isOwn(String label) {
    return label.startsWith("coffer-");
  }

  static String text(ContainerSpec spec, Set<Namespace> fresh, boolean stacked) {
    return new GeneratedProfile(spec, fresh, stacked).text();
  }

  private String text() {
    lines.add("profile \"" + name(spec) + "\" flags=(attach_disconnected,mediate_deleted) {");
    base();
    if (stacked) {
      namespace();
    }
    if (spec.privileges().confinement().appArmor().allowNesting().isPresent()) {
      nesting();
    } else {
      kernelFiles();
      if (spec.hasUserNamespace()) {
        mountsOfMappedRoot();
      } else {
        lines.addAll(MountRules.of(fresh));
      }
    }
    for (Sourced<String> line : spec.privileges().confinement().appArmor().raw()) {
      lines.add("  " + line.value());
    }
    lines.add("}");
    return String.join("\n", lines) + "\n";
  }

  private void add(String... rules) {
    for (String rule : rules) {
      lines.add("  " + rule + ",");
    }
  }

  /**
   * The container's root, and where else its files can be: a container with the host's ids may bind
   * its root to the place at which services get theirs ready.
   */
  private String roots() {
    return spec.hasUserNamespace() ? "/" : MountRules.ROOTS;
  }

  private void base() {
    comment("what is kept apart by other means, or belongs to the container");
    add("capability", "file", "network", "unix", "dbus", "umount");
    comment("processes: its own, and whoever looks after them from outside");
    add("signal (receive)", "ptrace (readby, tracedby)");
    peers(name(spec));
    comment("the host's memory, its keys and its firmware");
    for (String file : List.of("sysrq-trigger", "kcore", "mem", "acpi/**")) {
      add("deny " + roots() + "proc/" + file + " rwklx");
    }
  }

  private void peers(String label) {
    add("signal (send) peer=\"" + label + "\"", "ptrace (read, trace) peer=\"" + label + "\"");
  }

  private void namespace() {
    String all = ":" + namespace(spec) + ":";
    comment("profiles that its root loads into its own policy namespace");
    for (String below : List.of("*", "//*")) {
      peers(all + below);
      add("change_profile -> \"" + all + below + "\"");
    }
    peers(label(spec, true));
  }

  private void nesting() {
    comment("containers inside; what they may do to the kernel is for id maps to say");
    add("mount", "remount", "pivot_root");
    comment("unmasked copies for user namespaces inside, to be mounted from and not to be used");
    add("deny /dev/.lxc/proc/** rwklx", "deny /dev/.lxc/sys/** rwklx");
  }

  private void kernelFiles() {
    comment("the kernel's settings");
    PathComplement.of(roots() + "proc/sys", OWN_SYSCTLS)
        .forEach(path -> add("deny " + path + " wklx"));
    PathComplement.of(roots() + "sys", OWN_SYSFS).forEach(path -> add("deny " + path + " wklx"));
    for (String directory : List.of("firmware/efi/efivars", "kernel/debug")) {
      add("deny " + roots() + "sys/" + directory + "/** rwklx");
    }
  }

  /**
   * Services that sandbox themselves mount much, and the kernel itself keeps a mapped root from
   * what would lead out: mount_namespaces(7), "Restrictions on mount namespaces".
   */
  private void mountsOfMappedRoot() {
    comment("mounts, which user namespaces limit");
    add("mount", "remount", "pivot_root");
  }

  private void comment(String text) {
    lines.add("");
    lines.add("  # " + text);
  }

  /** Where the compiled profile is kept: beside the container's configuration. */
  static Optional<String> cache(ContainerSpec spec) {
    return spec.configFile()
        .filter(file -> file.startsWith(spec.directory()))
        .map(_ -> spec.directory().resolve("apparmor").toString());
  }
}
