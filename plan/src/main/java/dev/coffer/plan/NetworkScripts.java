package dev.coffer.plan;

import dev.coffer.model.ContainerSpec;
import dev.coffer.model.HookType;
import dev.coffer.model.Nic;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.NetworkScript;
import dev.coffer.model.plan.Place;
import dev.coffer.model.plan.RunHook;
import java.util.List;
import java.util.Optional;

/** The programs of the host that are run when an interface comes or goes. */
public final class NetworkScripts {
  private NetworkScripts() {}

  /** Run when the container has ended, in the order of the interfaces. */
  public static List<RunHook> down(ContainerSpec spec, HostFacts facts) {
    if (!facts.privileged()) {
      return List.of();
    }
    NicNames names = new NicNames(spec, facts.network());
    return names.nics().stream()
        .flatMap(nic -> of(nic, names, "script.down", HookType.NETWORK_DOWN).stream())
        .toList();
  }

  static Optional<RunHook> up(Nic nic, NicNames names) {
    return of(nic, names, "script.up", HookType.NETWORK_UP);
  }

  private static Optional<RunHook> of(Nic nic, NicNames names, String key, HookType type) {
    String kind = nic.type().value();
    boolean isVeth = kind.equals("veth");
    return Optional.ofNullable(nic.settings().get(key))
        .filter(command -> !command.value().isEmpty())
        .map(command ->
            new RunHook(
                type,
                command.value(),
                Place.KEEPER,
                Optional.of(
                    new NetworkScript(
                        nic.index(),
                        kind,
                        link(nic),
                        isVeth ? Optional.of(names.onHost(nic)) : Optional.empty())),
                command.origin()));
  }

  private static Optional<String> link(Nic nic) {
    return Optional.ofNullable(nic.settings().get("link"))
        .map(Sourced::value)
        .filter(link -> !link.isEmpty());
  }
}
