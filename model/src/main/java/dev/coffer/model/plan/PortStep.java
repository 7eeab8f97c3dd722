package dev.coffer.model.plan;

import dev.coffer.model.BitRate;
import dev.coffer.model.Origin;
import dev.coffer.model.PortForward;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a container may send through the host's end of a veth(4), how much, and what leads to it.
 */
public sealed interface PortStep extends NetworkStep {
  /** The name of the end on the host. */
  String hostName();

  /**
   * Lets only frames of the interface's own addresses in from the container, by nftables in the
   * bridge family. It counts for a name, so it can be there before the interface is.
   *
   * @param hardwareAddress that frames must come from
   * @param ipv4 what IPv4 packets may come from
   * @param ipv6 what IPv6 packets may come from
   */
  record FilterPort(
      String name,
      String hostName,
      String hardwareAddress,
      Sources ipv4,
      Sources ipv6,
      Origin origin)
      implements PortStep {
    @Override
    public Optional<Undo> undo() {
      return Optional.of(new Undo.RemoveFilter(hostName));
    }

    @Override
    public String describe() {
      return "filter "
          + name
          + " by "
          + hardwareAddress
          + ipv4.describe("what DHCP gives it")
          + ipv6.describe("IPv6 addresses made of it");
    }
  }

  /**
   * Addresses that packets may come from.
   *
   * @param checked false lets all pass
   * @param fixed the only ones; empty for those that DHCP has given, and for IPv6 those that follow
   *     from the hardware address
   */
  record Sources(boolean checked, List<String> fixed) {
    /** All pass. */
    public static final Sources ANY = new Sources(false, List.of());

    public Sources {
      fixed = List.copyOf(fixed);
    }

    private String describe(String unlessFixed) {
      if (!checked) {
        return "";
      }
      return ", " + (fixed.isEmpty() ? unlessFixed : String.join(" ", fixed));
    }
  }

  /** Keeps the port from reaching other isolated ones of its bridge. */
  record IsolatePort(String name, String hostName, Origin origin) implements PortStep {
    @Override
    public String describe() {
      return "isolate " + name + " from other isolated ports of its bridge";
    }
  }

  /** Limits what reaches the container, by tc-tbf(8) on the host's end. */
  record LimitReceiving(String name, String hostName, BitRate rate, Origin origin)
      implements PortStep {
    @Override
    public String describe() {
      return "limit what " + name + " receives to " + rate.describe() + "/s";
    }
  }

  /**
   * Limits what comes from the container: it is led through an interface of its own, where
   * tc-tbf(8) delays it.
   *
   * @param through the name of that one, of kind ifb
   */
  record LimitSending(String name, String hostName, String through, BitRate rate, Origin origin)
      implements PortStep {
    @Override
    public Optional<Undo> undo() {
      return Optional.of(new Undo.RemoveLink(through));
    }

    @Override
    public String describe() {
      return "limit what " + name + " sends to " + rate.describe() + "/s, through " + through;
    }
  }

  /**
   * Leads ports of the host to the container, by nftables.
   *
   * @param bridge the interface of the host that leads to it
   * @param hardwareAddress that DHCP knows it by
   * @param ipv4 its address; empty for the one that a DHCP server of this host gives it
   * @param ipv6 its address; empty where IPv6 is not forwarded
   */
  record ForwardPorts(
      String name,
      String hostName,
      String bridge,
      String hardwareAddress,
      Optional<String> ipv4,
      Optional<String> ipv6,
      List<PortForward> forwards,
      Origin origin)
      implements PortStep {
    public ForwardPorts {
      forwards = List.copyOf(forwards);
    }

    @Override
    public Optional<Undo> undo() {
      return Optional.of(new Undo.RemoveForwards(hostName, bridge, forwards));
    }

    @Override
    public String describe() {
      String targets =
          ipv4.orElse("what DHCP gives " + name)
              + ipv6.map(address -> " and " + address).orElse("");
      return "forward "
          + forwards.stream().map(PortForward::describe).collect(Collectors.joining(" "))
          + " to "
          + targets;
    }
  }
}
