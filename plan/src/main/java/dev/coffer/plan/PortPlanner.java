package dev.coffer.plan;

import dev.coffer.model.BitRate;
import dev.coffer.model.CofferException;
import dev.coffer.model.Nic;
import dev.coffer.model.Origin;
import dev.coffer.model.PortForward;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.PortStep;
import dev.coffer.model.plan.PortStep.FilterPort;
import dev.coffer.model.plan.PortStep.ForwardPorts;
import dev.coffer.model.plan.PortStep.IsolatePort;
import dev.coffer.model.plan.PortStep.LimitReceiving;
import dev.coffer.model.plan.PortStep.LimitSending;
import dev.coffer.model.plan.PortStep.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Filters, limits and port forwarding of a container's interfaces, {@code coffer.net.N.…}; nothing
 * where none of the keys is set.
 */
final class PortPlanner {
  private static final String FILTER_MAC = "filter.mac";
  private static final String FILTER_IPV4 = "filter.ipv4";
  private static final String FILTER_IPV6 = "filter.ipv6";
  private static final String ISOLATED = "isolated";
  private static final String RECEIVING = "limits.ingress";
  private static final String SENDING = "limits.egress";
  private static final String BOTH = "limits.max";
  static final String FORWARD = "forward";
  static final List<String> KEYS =
      List.of(FILTER_MAC, FILTER_IPV4, FILTER_IPV6, ISOLATED, RECEIVING, SENDING, BOTH, FORWARD);

  /** What nftables takes for a name without quotes. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.-]{1,15}");

  private static final int LONGEST_NAME = 15;
  private static final String IFB = "ifb";

  private final NicNames names;
  private final Function<Nic, Optional<String>> bridge;

  /**
   * @param bridge that an interface's end on the host is a port of
   */
  PortPlanner(NicNames names, Function<Nic, Optional<String>> bridge) {
    this.names = names;
    this.bridge = bridge;
  }

  private static Optional<Sourced<String>> firstSet(Nic nic) {
    return KEYS.stream()
        .map(key -> nic.settings().get(key))
        .filter(value -> value != null && !value.value().equals("0"))
        .findFirst();
  }

  /** What must hold before the interface is there. */
  List<PortStep> before(Nic nic) {
    refuseUnlessPort(nic);
    Optional<Origin> wanted =
        Stream.of(FILTER_MAC, FILTER_IPV4, FILTER_IPV6)
            .flatMap(key -> on(nic, key).stream())
            .findFirst();
    return wanted.stream()
        .<PortStep>map(origin ->
            new FilterPort(
                names.inside(nic),
                names.onHost(nic),
                names.hardwareAddress(nic),
                sources(nic, FILTER_IPV4, "ipv4.address"),
                sources(nic, FILTER_IPV6, "ipv6.address"),
                origin))
        .toList();
  }

  /** What needs the interface. */
  List<PortStep> after(Nic nic) {
    List<PortStep> steps = new ArrayList<>();
    String inside = names.inside(nic);
    String host = names.onHost(nic);
    on(nic, ISOLATED).ifPresent(origin -> steps.add(new IsolatePort(inside, host, origin)));
    setting(nic, RECEIVING)
        .or(() -> setting(nic, BOTH))
        .ifPresent(text -> steps.add(new LimitReceiving(inside, host, rate(text), text.origin())));
    setting(nic, SENDING)
        .or(() -> setting(nic, BOTH))
        .ifPresent(text ->
            steps.add(new LimitSending(inside, host, through(nic), rate(text), text.origin())));
    setting(nic, FORWARD).ifPresent(lines -> steps.add(forward(nic, lines)));
    return steps;
  }

  private ForwardPorts forward(Nic nic, Sourced<String> lines) {
    List<PortForward> forwards = lines.value().lines().map(PortForward::parse).toList();
    Optional<String> ipv6 = firstAddress(nic, "ipv6.address");
    for (PortForward forward : forwards) {
      if (!forward.isFor(false) && ipv6.isEmpty()) {
        throw new CofferException(
            "cannot forward "
                + forward.describe()
                + ": the container has no IPv6 address to lead"
                + " it to",
            List.of(
                "from  " + lines.origin().describe(),
                "hint  add lxc.net." + nic.index() + ".ipv6.address = …"));
      }
    }
    return new ForwardPorts(
        names.inside(nic),
        names.onHost(nic),
        bridge.apply(nic).orElse(names.onHost(nic)),
        names.hardwareAddress(nic),
        firstAddress(nic, "ipv4.address"),
        ipv6,
        forwards,
        lines.origin());
  }

  /** Without a port on the host these keys would protect nobody, so they are not passed over. */
  private void refuseUnlessPort(Nic nic) {
    Optional<Sourced<String>> first = firstSet(nic);
    if (first.isEmpty()) {
      return;
    }
    String nicKey = "lxc.net." + nic.index();
    if (!nic.type().value().equals("veth")) {
      throw refused(
          first.get(),
          "only a veth has an end on the host, and this interface is " + nic.type().value(),
          "write " + nicKey + ".type = veth, or leave the key out");
    }
    if (!PLAIN.matcher(names.onHost(nic)).matches()) {
      throw refused(
          first.get(),
          "the name \"" + names.onHost(nic) + "\" has characters that nftables does not take",
          "use letters, digits and - . _ in " + nicKey + ".veth.pair");
    }
    for (String key : List.of(FILTER_MAC, FILTER_IPV4, FILTER_IPV6, ISOLATED)) {
      Optional<Origin> wanted = on(nic, key);
      if (wanted.isPresent() && bridge.apply(nic).isEmpty()) {
        throw refused(
            nic.settings().get(key),
            "the interface is not on a bridge of the kernel",
            "write " + nicKey + ".link = BRIDGE, or leave the key out");
      }
    }
  }

  private static CofferException refused(Sourced<String> value, String why, String remedy) {
    return new CofferException(
        "cannot apply " + value.origin().describe() + ": " + why,
        List.of("from  " + value.origin().describe(), "hint  " + remedy));
  }

  private static Sources sources(Nic nic, String key, String addresses) {
    return on(nic, key).isEmpty() ? Sources.ANY : new Sources(true, addresses(nic, addresses));
  }

  private static List<String> addresses(Nic nic, String key) {
    return setting(nic, key).stream()
        .flatMap(lines -> lines.value().lines())
        .map(line -> line.split("[/ ]")[0])
        .toList();
  }

  private static Optional<String> firstAddress(Nic nic, String key) {
    return addresses(nic, key).stream().findFirst();
  }

  private static BitRate rate(Sourced<String> text) {
    return BitRate.parse(text.value()).orElseThrow(); // the configuration has checked it
  }

  /** {@code ifb} with the end of the name on the host, which is where those of ours differ. */
  private String through(Nic nic) {
    String host = names.onHost(nic);
    int room = LONGEST_NAME - IFB.length();
    return IFB + host.substring(Math.max(0, host.length() - room));
  }

  private static Optional<Origin> on(Nic nic, String key) {
    return setting(nic, key).filter(flag -> flag.value().equals("1")).map(Sourced::origin);
  }

  private static Optional<Sourced<String>> setting(Nic nic, String key) {
    return Optional.ofNullable(nic.settings().get(key)).filter(value -> !value.value().isEmpty());
  }
}
