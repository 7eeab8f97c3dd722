package dev.coffer.model.plan;

import java.util.Optional;

/** How what {@link LinkStep} leaves on the host is taken back. */
public sealed interface LinkUndo extends Undo {
  /**
   * Takes an interface back from a container and gives it its name and settings of before.
   *
   * @param network file that stands for the container's network namespace
   */
  record ReturnLink(LinkMark mark, String network) implements LinkUndo {}

  /** Lets go of a container's network namespace, which lived on for its interfaces' sake. */
  record ReleaseNetwork(String file) implements LinkUndo {}

  /** Stops answering on an interface for an address. */
  record RemoveNeighbourProxy(String link, String address) implements LinkUndo {}

  /** Removes a route of the host to one address. */
  record RemoveHostRoute(String link, String address) implements LinkUndo {}

  /** Takes a port out of the book of an Open vSwitch bridge. */
  record RemoveSwitchPort(String bridge, String port) implements LinkUndo {}

  @Override
  default String encode() {
    return switch (this) {
      case ReturnLink back -> "return-link " + back.mark().encode() + " " + back.network();
      case ReleaseNetwork release -> "release-network " + release.file();
      case RemoveNeighbourProxy proxy ->
          "remove-neighbour-proxy " + proxy.link() + " " + proxy.address();
      case RemoveHostRoute route -> "remove-host-route " + route.link() + " " + route.address();
      case RemoveSwitchPort port -> "remove-switch-port " + port.bridge() + " " + port.port();
    };
  }

  /** Empty for what is cut short or not one of these. */
  static Optional<Undo> decode(String kind, String what) {
    String[] words = what.split(" ", 2);
    if (kind.equals("release-network")) {
      return what.startsWith("/") ? Optional.of(new ReleaseNetwork(what)) : Optional.empty();
    }
    if (words.length < 2) {
      return Optional.empty();
    }
    return switch (kind) {
      case "return-link" -> decodeReturn(what);
      case "remove-neighbour-proxy" -> Optional.of(new RemoveNeighbourProxy(words[0], words[1]));
      case "remove-host-route" -> Optional.of(new RemoveHostRoute(words[0], words[1]));
      case "remove-switch-port" -> Optional.of(new RemoveSwitchPort(words[0], words[1]));
      default -> Optional.empty();
    };
  }

  private static Optional<Undo> decodeReturn(String what) {
    int path = what.indexOf(" /");
    return path < 0
        ? Optional.empty()
        : LinkMark.decode(what.substring(0, path))
            .map(mark -> new ReturnLink(mark, what.substring(path + 1)));
  }
}
