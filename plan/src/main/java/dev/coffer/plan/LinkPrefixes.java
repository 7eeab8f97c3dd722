package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.Nic;
import dev.coffer.model.Sourced;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Blocks of interfaces whose link ends in a plus sign: they stand for one interface of the
 * container for each of the host's whose name begins so. A veth has a bridge, not a prefix.
 */
public final class LinkPrefixes {
  private static final String LINK = "link";

  private LinkPrefixes() {}

  /** Whether it names its links by what they begin with. */
  public static boolean has(Nic nic) {
    Sourced<String> link = nic.settings().get(LINK);
    return link != null && link.value().endsWith("+") && !nic.type().value().equals("veth");
  }

  /**
   * @param names of the host's interfaces
   * @throws CofferException where none begins so
   */
  static List<Nic> expand(List<Nic> nics, List<String> names) {
    return nics.stream().flatMap(nic -> has(nic) ? expand(nic, names) : Stream.of(nic)).toList();
  }

  private static Stream<Nic> expand(Nic nic, List<String> names) {
    Sourced<String> link = nic.settings().get(LINK);
    String prefix = link.value().substring(0, link.value().length() - 1);
    List<String> matching =
        names.stream()
            .filter(name -> name.startsWith(prefix) && !name.equals("lo"))
            .sorted()
            .toList();
    if (matching.isEmpty()) {
      throw new CofferException(
          "the host has no interface whose name begins with " + prefix,
          List.of(
              "from  " + link.origin().describe(),
              "hint  \"ip link\" shows those it has; those that other containers have are not"
                  + " among them"));
    }
    return matching.stream()
        .map(name -> {
          Map<String, Sourced<String>> settings = new HashMap<>(nic.settings());
          settings.put(LINK, new Sourced<>(name, link.origin()));
          return new Nic(nic.index(), nic.type(), settings);
        });
  }
}
