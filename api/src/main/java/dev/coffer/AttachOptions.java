package dev.coffer;

import dev.coffer.model.Namespace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How a command is run inside a running container, lxc-attach(1).
 *
 * @param command empty for the login shell of the user, else /bin/sh
 * @param namespaces those to join; empty for all of the container's
 * @param elevated what the command keeps of the caller's rights
 * @param clearEnvironment start from an empty environment instead of the caller's
 * @param keepVariables names taken over from the caller's environment all the same
 * @param variables further {@code NAME=VALUE} settings
 * @param uid user id inside, 0 when empty
 * @param gid group id inside, 0 when empty
 * @param architecture personality as in lxc.arch
 * @param terminalLog file that gets a copy of the terminal's output
 * @param context SELinux context of the command, instead of the container's
 * @param remountProcSys give the command its own /proc and /sys
 */
public record AttachOptions(
    List<String> command,
    Set<Namespace> namespaces,
    Set<Elevation> elevated,
    boolean clearEnvironment,
    List<String> keepVariables,
    List<String> variables,
    OptionalLong uid,
    OptionalLong gid,
    Optional<String> architecture,
    Optional<Path> terminalLog,
    Optional<Path> configFile,
    Optional<String> context,
    boolean remountProcSys) {
  /** What a command may keep instead of taking on the container's confinement. */
  public enum Elevation {
    /** It stays in the cgroup of its caller: {@code -e cgroup}. */
    CGROUP,
    /** It keeps the capabilities of its caller. */
    CAPABILITIES,
    /** It keeps the label of its caller, AppArmor's or SELinux'. */
    LSM
  }

  public AttachOptions {
    command = List.copyOf(command);
    namespaces = Set.copyOf(namespaces);
    elevated = Set.copyOf(elevated);
    keepVariables = List.copyOf(keepVariables);
    variables = List.copyOf(variables);
  }

  /** As root of the container, with all that confines it and the caller's environment. */
  public static AttachOptions of(String... command) {
    return new AttachOptions(
        List.of(command),
        Set.of(),
        Set.of(),
        false,
        List.of(),
        List.of(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }
}
