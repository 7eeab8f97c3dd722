package dev.coffer;

import dev.coffer.model.Namespace;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a container is started.
 *
 * @param kind what the first process is
 * @param foreground whether the caller stays with it, its terminal being the console
 * @param command instead of lxc.init.cmd (or of lxc.execute.cmd); empty for the configured one
 * @param configFile instead of the container's own
 * @param overrides configuration lines {@code KEY=VALUE} that hold for this start
 * @param pidFile gets the keeper's process id, without newline; removed when the container stops
 * @param console device or file to use as console
 * @param consoleLog file that gets a copy of the console's output
 * @param share namespaces to join: a pid or a container's name
 * @param uid user id inside for an application container
 * @param gid group id inside for an application container
 */
public record StartOptions(
    Kind kind,
    boolean foreground,
    List<String> command,
    Optional<Path> configFile,
    List<String> overrides,
    Optional<Path> pidFile,
    Optional<String> console,
    Optional<Path> consoleLog,
    Map<Namespace, String> share,
    OptionalLong uid,
    OptionalLong gid) {
  /** What runs as pid 1. */
  public enum Kind {
    /** The distribution's init, or the command itself. */
    SYSTEM,
    /** A minimal init, and the command as its child (lxc-execute). */
    APPLICATION
  }

  public StartOptions {
    command = List.copyOf(command);
    overrides = List.copyOf(overrides);
    share = Map.copyOf(share);
  }

  public static final StartOptions DETACHED =
      new StartOptions(
          Kind.SYSTEM,
          false,
          List.of(),
          Optional.empty(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          OptionalLong.empty(),
          OptionalLong.empty());

  /** The same with a command in place of init. */
  public StartOptions withCommand(Kind kind, boolean foreground, List<String> command) {
    return with(kind, foreground, command, configFile, overrides);
  }

  /** The same by another configuration file than the container's own. */
  public StartOptions withConfigFile(Path file) {
    return with(kind, foreground, command, Optional.of(file), overrides);
  }

  /** The same with other settings for this start only, each as {@code KEY=VALUE}. */
  public StartOptions withOverrides(List<String> overrides) {
    return with(kind, foreground, command, configFile, overrides);
  }

  private StartOptions with(
      Kind kind,
      boolean foreground,
      List<String> command,
      Optional<Path> configFile,
      List<String> overrides) {
    return new StartOptions(
        kind,
        foreground,
        command,
        configFile,
        overrides,
        pidFile,
        console,
        consoleLog,
        share,
        uid,
        gid);
  }
}
