package dev.coffer.runtime;

import dev.coffer.model.ContainerSpec;
import dev.coffer.model.HookType;
import dev.coffer.model.Nic;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where and in what environment a container was started: its hooks see it until the container's
 * end, and paths given at the start are meant from there.
 */
record Beginning(Path cwd, Map<String, String> environment) {
  /** A fault that a test asked for concerns one life only. */
  private static final String FAULT = "COFFER_FAULT";

  private static final Map<String, String> PLAIN =
      Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

  static final Beginning UNKNOWN = new Beginning(Path.of("/"), PLAIN);

  Beginning {
    environment = Map.copyOf(environment);
  }

  /** The caller's; the environment, which may hold secrets, only where something will read it. */
  static Beginning of(Caller caller, StartOrder order) {
    if (!hasHooks(order.request().spec()) && !mayImport(order.configText())) {
      return new Beginning(caller.cwd(), PLAIN);
    }
    Map<String, String> environment = new TreeMap<>(caller.environment());
    environment.remove(FAULT);
    return new Beginning(caller.cwd(), environment);
  }

  private static boolean hasHooks(ContainerSpec spec) {
    return HookType.ofContainers().stream().anyMatch(type -> !spec.hooks(type).isEmpty())
        || spec.nics().stream().anyMatch(Nic::hasScript);
  }

  /** Even a variable that a later line takes back must be there when the text is read again. */
  private static boolean mayImport(String configText) {
    return configText.contains("lxc.environment") || configText.contains("lxc.include");
  }
}
