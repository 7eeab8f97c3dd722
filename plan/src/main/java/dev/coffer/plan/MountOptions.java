package dev.coffer.plan;

import dev.coffer.model.plan.ContainerStep.MountAttributes;
import dev.coffer.model.plan.ContainerStep.MountAttributes.Atime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * mount(8) options taken apart.
 *
 * @param bind whether {@code bind} or {@code rbind} was among them
 * @param recursive whether it was {@code rbind}
 * @param data what is left for the file system itself
 */
record MountOptions(
    MountAttributes attributes,
    boolean bind,
    boolean recursive,
    boolean remount,
    List<String> data) {
  /** Words of fstab(5) that say nothing to the kernel, or only repeat its defaults. */
  private static final Set<String> SILENT =
      Set.of(
          "defaults",
          "rw",
          "auto",
          "noauto",
          "user",
          "nouser",
          "users",
          "owner",
          "group",
          "nofail",
          "_netdev",
          "suid",
          "dev",
          "exec",
          "async",
          "atime",
          "diratime",
          "norelatime",
          "symfollow",
          "loud",
          "nomand",
          "noiversion",
          "nolazytime",
          "nostrictatime");

  private static final Set<String> PROPAGATIONS =
      Set.of(
          "private",
          "slave",
          "shared",
          "unbindable",
          "rprivate",
          "rslave",
          "rshared",
          "runbindable");

  static MountOptions of(List<String> options) {
    boolean readOnly = false;
    boolean noSuid = false;
    boolean noDev = false;
    boolean noExec = false;
    boolean noDirAtime = false;
    boolean noSymFollow = false;
    boolean bind = false;
    boolean recursive = false;
    boolean remount = false;
    Atime atime = Atime.UNCHANGED;
    String propagation = "";
    List<String> data = new ArrayList<>();
    for (String option : options) {
      switch (option) {
        case "ro" -> readOnly = true;
        case "rw" -> readOnly = false;
        case "nosuid" -> noSuid = true;
        case "suid" -> noSuid = false;
        case "nodev" -> noDev = true;
        case "dev" -> noDev = false;
        case "noexec" -> noExec = true;
        case "exec" -> noExec = false;
        case "noatime" -> atime = Atime.NONE;
        case "relatime" -> atime = Atime.RELATIVE;
        case "strictatime" -> atime = Atime.STRICT;
        case "nodiratime" -> noDirAtime = true;
        case "nosymfollow" -> noSymFollow = true;
        case "bind" -> bind = true;
        case "rbind" -> {
          bind = true;
          recursive = true;
        }
        case "remount" -> remount = true;
        default -> {
          if (PROPAGATIONS.contains(option)) {
            propagation = option;
          } else if (!SILENT.contains(option) && !option.isEmpty()) {
            data.add(option);
          }
        }
      }
    }
    MountAttributes attributes =
        new MountAttributes(
            readOnly, noSuid, noDev, noExec, atime, noDirAtime, noSymFollow, propagation);
    return new MountOptions(attributes, bind, recursive, remount, List.copyOf(data));
  }
}
