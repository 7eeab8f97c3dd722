package dev.coffer;

import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Nic;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.model.Sourced;
import dev.coffer.network.Networks;
import java.util.List;
import java.util.Optional;

/** What will keep a container from reaching others, seen before the start that makes its bridge. */
final class NetworkWatch {
  private NetworkWatch() {}

  static List<Problem> look(ContainerSpec spec, boolean privileged) {
    if (!privileged) {
      return List.of(); // may look at no rules, and makes no bridge
    }
    List<Sourced<String>> links =
        spec.nics().stream().map(NetworkWatch::link).flatMap(Optional::stream).toList();
    if (links.isEmpty()) {
      return List.of();
    }
    Origin origin = links.getFirst().origin();
    return Networks.system().obstaclesAhead(links.stream().map(Sourced::value).toList()).stream()
        .map(
            obstacle -> Problem.warning(origin, obstacle.message(), "remedy: " + obstacle.remedy()))
        .toList();
  }

  private static Optional<Sourced<String>> link(Nic nic) {
    return Optional.ofNullable(nic.settings().get("link"));
  }
}
