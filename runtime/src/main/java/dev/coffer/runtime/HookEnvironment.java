package dev.coffer.runtime;

import dev.coffer.model.ContainerSpec;
import dev.coffer.model.ContainerSpec.EnvironmentEntry;
import dev.coffer.model.ContainerSpec.EnvironmentEntry.Scope;
import dev.coffer.model.Sourced;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The variables hooks find, lxc.container.conf(5) "CONTAINER HOOKS ENVIRONMENT VARIABLES". */
final class HookEnvironment {
  private static final List<String> LEVELS =
      List.of("TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "ERROR", "CRIT", "ALERT", "FATAL");

  private static final int DEFAULT_LEVEL = 5;

  private HookEnvironment() {}

  static List<String> of(Map<String, String> environment) {
    return environment.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .toList();
  }

  static List<String> of(ContainerSpec spec, String mountPoint) {
    List<String> variables = new ArrayList<>();
    variables.add("LXC_NAME=" + spec.name());
    spec.configFile().ifPresent(file -> variables.add("LXC_CONFIG_FILE=" + file));
    spec.rootfs().path().ifPresent(path -> variables.add("LXC_ROOTFS_PATH=" + path.value()));
    variables.add("LXC_ROOTFS_MOUNT=" + mountPoint);
    variables.add("LXC_CGNS_AWARE=1");
    variables.add("LXC_LOG_LEVEL=" + LEVELS.get(spec.log().level().orElse(DEFAULT_LEVEL)));
    variables.add("LXC_HOOK_VERSION=" + spec.hookVersion());
    spec.terminals()
        .consolePath()
        .map(Sourced::value)
        .ifPresent(path -> variables.add("LXC_CONSOLE=" + path));
    spec.terminals()
        .consoleLog()
        .map(Sourced::value)
        .ifPresent(path -> variables.add("LXC_CONSOLE_LOGPATH=" + path));
    for (Sourced<EnvironmentEntry> entry : spec.environment()) {
      if (entry.value().scope() != Scope.INIT) {
        variables.add(entry.value().name() + "=" + entry.value().value());
      }
    }
    return variables;
  }
}
