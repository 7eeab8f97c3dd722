package dev.coffer.runtime;

import dev.coffer.linux.HostFiles;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Nic;
import dev.coffer.network.Networks;
import dev.coffer.plan.NetworkFacts;
import java.nio.file.Path;
import java.util.Set;

/** Looks at the host's network, as far as a container's interfaces need it. */
final class NetworkFactsReader {
  /** Types that need nothing of the host. */
  private static final Set<String> WITHOUT_HOST = Set.of("empty", "none");

  private final boolean privileged;
  private final NetworkFacts machine;
  private final UserNetworkReader user;

  NetworkFactsReader(boolean privileged, long uid) {
    this.privileged = privileged;
    this.machine =
        NetworkFacts.of(
            HostFiles.readIfThere(Path.of("/etc/machine-id")).map(String::strip).orElse(""),
            Set.of());
    this.user = new UserNetworkReader(System.getenv(), uid);
  }

  /** What does not change. */
  NetworkFacts machine() {
    return machine;
  }

  /** For one container, at this moment. */
  NetworkFacts read(ContainerSpec spec) {
    if (spec.nics().stream().map(Nic::type).allMatch(type -> WITHOUT_HOST.contains(type.value()))) {
      return machine;
    }
    if (!privileged) {
      return machine.by(user.read()).with(LinkFactsReader.read(spec));
    }
    return NetworkFacts.of(machine.machineId(), Networks.system().bridges())
        .with(LinkFactsReader.read(spec));
  }
}
