package dev.coffer.linux;

import dev.coffer.model.Namespace;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Raw facts about the host that cost a few small files to read. What they mean for a plan or for
 * the user is decided elsewhere; what takes longer to find out is in {@link SlowProbe}.
 *
 * @param kernel release, such as {@code 6.1.0-18-amd64}
 * @param uid effective
 * @param gid effective
 * @param effective capabilities as a bit set
 * @param lastCapability the highest number the kernel knows
 * @param namespaces those the kernel has
 * @param initialUserNamespace whether all uids are mapped to themselves here
 * @param fileSystems types known now; modules may bring more
 * @param securityModules such as {@code apparmor}, in the kernel's order; empty where securityfs is
 *     not mounted
 * @param seccompActions such as {@code user_notif}; empty without seccomp
 */
public record HostProbe(
    String kernel,
    int uid,
    int gid,
    long effective,
    int lastCapability,
    Set<Namespace> namespaces,
    boolean initialUserNamespace,
    Set<String> fileSystems,
    List<String> securityModules,
    List<String> seccompActions) {
  private static final String EVERY_UID = "0 0 4294967295";

  /** Looks at the host as it is now. */
  public static HostProbe read() {
    ProcessStatus self = ProcessStatus.parse(HostFiles.readSmall(Path.of("/proc/self/status")));
    return new HostProbe(
        text("/proc/sys/kernel/osrelease").orElse(""),
        self.uid(),
        self.gids().get(1),
        self.effective(),
        (int) number("/proc/sys/kernel/cap_last_cap").orElse(0),
        probeNamespaces(),
        probeInitialUserNamespace(),
        fileSystems(text("/proc/filesystems").orElse("")),
        words("/sys/kernel/security/lsm", ","),
        words("/proc/sys/kernel/seccomp/actions_avail", " "));
  }

  /** Whether the kernel is of this version or later. */
  public boolean isKernelAtLeast(int major, int minor) {
    String[] parts = kernel.split("[^0-9]+", 3);
    int actual = Integer.parseInt(parts[0]);
    return actual > major || actual == major && Integer.parseInt(parts[1]) >= minor;
  }

  /** Whether AppArmor is there and switched on. */
  public static boolean hasAppArmor() {
    return text("/sys/module/apparmor/parameters/enabled").filter("Y"::equals).isPresent();
  }

  /**
   * A number of /proc/sys; absent where the kernel does not have it.
   *
   * @param name such as {@code user/max_user_namespaces}
   */
  public static OptionalLong sysctl(String name) {
    return number("/proc/sys/" + name);
  }

  /**
   * Whether somebody without privileges may make a user namespace and be root in it, as far as
   * sysctls tell: Debian's and Ubuntu's switches, and the general limit.
   */
  public static boolean allowsUnprivilegedUserNamespaces() {
    return sysctl("user/max_user_namespaces").orElse(0) > 0
        && sysctl("kernel/unprivileged_userns_clone").orElse(1) != 0
        && sysctl("kernel/apparmor_restrict_unprivileged_userns").orElse(0) == 0;
  }

  static Set<String> fileSystems(String procFilesystems) {
    return Set.copyOf(
        procFilesystems.lines().map(line -> line.substring(line.indexOf('\t') + 1)).toList());
  }

  private static Set<Namespace> probeNamespaces() {
    EnumSet<Namespace> found = EnumSet.noneOf(Namespace.class);
    for (Namespace namespace : Namespace.values()) {
      if (HostFiles.exists(Path.of("/proc/self/ns", namespace.file()))) {
        found.add(namespace);
      }
    }
    return found;
  }

  private static boolean probeInitialUserNamespace() {
    return text("/proc/self/uid_map")
        .map(map -> map.strip().replaceAll("\\s+", " ").equals(EVERY_UID))
        .orElse(true); // a kernel without user namespaces
  }

  private static List<String> words(String file, String separator) {
    return text(file)
        .map(text -> Arrays.stream(text.split(separator)).filter(word -> !word.isEmpty()).toList())
        .orElse(List.of());
  }

  private static OptionalLong number(String file) {
    return text(file)
        .map(text -> OptionalLong.of(Long.parseLong(text)))
        .orElse(OptionalLong.empty());
  }

  private static Optional<String> text(String file) {
    return HostFiles.readIfThere(Path.of(file)).map(String::strip);
  }
}
