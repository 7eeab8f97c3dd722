package dev.coffer.plan;

import dev.coffer.model.ContainerSpec;
import dev.coffer.model.HookType;
import dev.coffer.model.Namespace;
import java.util.EnumSet;
import java.util.Set;

/** Which namespaces are new, as LXC decides it. */
public final class NamespacePlanner {
  private NamespacePlanner() {}

  /** All new namespaces of a start, those that init leaves only later included. */
  public static Set<Namespace> fresh(StartRequest request) {
    ContainerSpec spec = request.spec();
    Set<Namespace> fresh = EnumSet.noneOf(Namespace.class);
    if (!spec.namespaces().fresh().isEmpty()) {
      fresh.addAll(spec.namespaces().fresh());
    } else {
      fresh.addAll(
          EnumSet.of(
              Namespace.MOUNT,
              Namespace.PID,
              Namespace.UTS,
              Namespace.IPC,
              Namespace.NET,
              Namespace.CGROUP));
      if (keepsHostNetwork(spec)) {
        fresh.remove(Namespace.NET);
      }
      fresh.removeAll(spec.namespaces().keep());
    }
    if (spec.hasUserNamespace() && !spec.namespaces().keep().contains(Namespace.USER)) {
      fresh.add(Namespace.USER);
    }
    if (!spec.clockOffsets().isEmpty()) {
      fresh.add(Namespace.TIME);
    }
    fresh.removeAll(request.share().keySet());
    return fresh;
  }

  /**
   * Whether the network namespace can be created ahead of init: it belongs to the host's users, and
   * no hook is to see a host without it.
   */
  static boolean networkAhead(StartRequest request, Set<Namespace> fresh) {
    return fresh.contains(Namespace.NET)
        && !fresh.contains(Namespace.USER)
        && request.spec().hooks(HookType.PRE_START).isEmpty();
  }

  /** Only a configuration whose sole interface is of type none stays in the host's network. */
  private static boolean keepsHostNetwork(ContainerSpec spec) {
    return spec.nics().size() == 1 && spec.nics().getFirst().type().value().equals("none");
  }
}
