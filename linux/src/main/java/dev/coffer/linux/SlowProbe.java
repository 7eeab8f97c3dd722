package dev.coffer.linux;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Facts about the host that take a trial or a search: for {@code coffer doctor} and after a
 * failure.
 */
public final class SlowProbe {
  private SlowProbe() {}

  /** Whether file systems can be mounted by descriptor (Linux 5.2) and no filter hides that. */
  public static boolean hasMountApi() {
    return exists(Sys.FSOPEN, 0, 0) && exists(Sys.OPEN_TREE, -1, 0, 0);
  }

  /**
   * Whether the kernel can put an id map on a mount (Linux 5.12). Each type of file system has
   * learnt it at another time, so the one in question may still refuse.
   */
  public static boolean hasIdMappedMounts() {
    return exists(Sys.MOUNT_SETATTR, -1, 0, 0, 0, 0);
  }

  public static boolean hasOpenat2() {
    return exists(Sys.OPENAT2, -1, 0, 0, 0);
  }

  /** Filters made for older programs hide this call more often than others. */
  public static boolean hasClone3() {
    return exists(Sys.CLONE3, 0, 0);
  }

  /** Whether the type of file system is known or its module could be loaded. */
  public static boolean hasFileSystem(String type) {
    HostProbe host = HostProbe.read();
    return host.fileSystems().contains(type) || hasModule(host.kernel(), type);
  }

  /** Whether a module is in the kernel's tree, built in or to be loaded. */
  public static boolean hasModule(String kernel, String name) {
    String file = "/" + name + ".ko";
    return List.of("modules.dep", "modules.builtin").stream()
        .map(list -> Path.of("/lib/modules", kernel, list))
        .map(HostFiles::readIfThere)
        .flatMap(Optional::stream)
        .flatMap(String::lines)
        .map(line -> line.split(":", 2)[0])
        .anyMatch(path -> path.matches(".*\\Q" + file + "\\E(\\.\\w+)?"));
  }

  /**
   * Made with arguments that cannot succeed, so that any answer but one shows that the call is
   * there.
   */
  private static boolean exists(Sys sys, long... impossible) {
    try (Call call = new Call()) {
      return call.run(sys, impossible) != -Errno.ENOSYS.number();
    }
  }
}
