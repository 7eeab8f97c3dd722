package dev.coffer.model.plan;

import dev.coffer.model.Origin;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is done for interfaces of the container that lie on one of the host's or are one of the
 * host's, and on the host for the other end of a veth.
 */
public sealed interface LinkStep extends NetworkStep {
  /** An interface that is made upon one of the host's; without an MTU it has that one's. */
  sealed interface Stacked extends LinkStep {
    /** The interface of the host. */
    String link();

    /** As {@code 00:16:3e:01:02:03}; empty for what the kernel gives it. */
    Optional<String> hardwareAddress();

    /** In bytes; empty for that of the link. */
    OptionalInt mtu();

    boolean up();
  }

  /**
   * Makes a second interface with an address of its own on one of the host's.
   *
   * @param mode private, vepa, bridge or passthru
   */
  record CreateMacvlan(
      String name,
      String link,
      String mode,
      Optional<String> hardwareAddress,
      OptionalInt mtu,
      boolean up,
      Origin origin)
      implements Stacked {
    @Override
    public String describe() {
      return "create macvlan " + name + " on " + link + ", mode " + mode;
    }
  }

  /**
   * Makes a second interface on one of the host's, with its hardware address.
   *
   * @param mode l2, l3 or l3s
   * @param isolation bridge, private or vepa
   */
  record CreateIpvlan(
      String name,
      String link,
      String mode,
      String isolation,
      Optional<String> hardwareAddress,
      OptionalInt mtu,
      boolean up,
      Origin origin)
      implements Stacked {
    @Override
    public String describe() {
      return "create ipvlan " + name + " on " + link + ", mode " + mode + ", " + isolation;
    }
  }

  /**
   * Makes the interface of one VLAN of one of the host's.
   *
   * @param id 0 to 4095
   */
  record CreateVlan(
      String name,
      String link,
      int id,
      Optional<String> hardwareAddress,
      OptionalInt mtu,
      boolean up,
      Origin origin)
      implements Stacked {
    @Override
    public String describe() {
      return "create vlan " + name + " of VLAN " + id + " on " + link;
    }
  }

  /**
   * Gives an interface of the host to the container. What takes it back is noted with what it looks
   * like then, so the step by itself names no undo.
   */
  record MoveLink(
      String name,
      String link,
      Optional<String> hardwareAddress,
      OptionalInt mtu,
      boolean up,
      Origin origin)
      implements LinkStep {
    @Override
    public String describe() {
      return "move " + link + " of the host inside" + (name.equals(link) ? "" : " as " + name);
    }
  }

  /** Gives both ends of a veth the MTU of an interface of the host. */
  record CopyMtu(String name, String hostName, String link, Origin origin) implements LinkStep {
    @Override
    public String describe() {
      return "give " + name + " the MTU of " + link;
    }
  }

  /**
   * Says which VLANs of a bridge the container's port is in. The bridge must filter VLANs.
   *
   * @param untagged that of packets without a tag; 0 for none, empty for the bridge's default
   */
  record SetBridgeVlans(
      String name,
      String hostName,
      String bridge,
      OptionalInt untagged,
      List<Integer> tagged,
      Origin origin)
      implements LinkStep {
    public SetBridgeVlans {
      tagged = List.copyOf(tagged);
    }

    @Override
    public String describe() {
      return "put " + hostName + " into " + describeVlans(untagged, tagged) + " of " + bridge;
    }
  }

  /**
   * Makes a veth's end on the host a port of an Open vSwitch bridge, by ovs-vsctl(8).
   *
   * @param untagged VLAN of packets without a tag; 0 for none, empty for no VLANs
   */
  record AddSwitchPort(
      String name,
      String hostName,
      String bridge,
      OptionalInt untagged,
      List<Integer> tagged,
      Origin origin)
      implements LinkStep {
    public AddSwitchPort {
      tagged = List.copyOf(tagged);
    }

    @Override
    public Optional<Undo> undo() {
      return Optional.of(new LinkUndo.RemoveSwitchPort(bridge, hostName));
    }

    @Override
    public String describe() {
      boolean plain = untagged.isEmpty() && tagged.isEmpty();
      return "make "
          + hostName
          + " a port of the switch "
          + bridge
          + (plain ? "" : ", " + describeVlans(untagged, tagged));
    }
  }

  /**
   * Adds a route on the host to what is behind a veth. It goes with the interface.
   *
   * @param destination with its prefix, {@code 10.1.0.0/24}
   */
  record AddHostRoute(String name, String hostName, String destination, Origin origin)
      implements LinkStep {
    @Override
    public String describe() {
      return "route " + destination + " by " + hostName + " on the host";
    }
  }

  /**
   * Makes the host answer on a veth for the container's gateway and forward what comes from it.
   *
   * @param gateway an address without a prefix, or {@link AddGateway#AUTO}
   * @param link interface of the host whose address is meant by that
   */
  record AnswerForGateway(
      String name,
      String hostName,
      String gateway,
      boolean ipv6,
      Optional<String> link,
      Origin origin)
      implements LinkStep {
    @Override
    public String describe() {
      return "answer for the gateway " + gateway + " on " + hostName;
    }
  }

  /**
   * Makes the host answer on one of its interfaces for an address of the container's. It must
   * forward already, and is not made to.
   *
   * @param address without a prefix
   */
  record AnswerForAddress(String name, String link, String address, boolean ipv6, Origin origin)
      implements LinkStep {
    @Override
    public Optional<Undo> undo() {
      return Optional.of(new LinkUndo.RemoveNeighbourProxy(link, address));
    }

    @Override
    public String describe() {
      return "answer for " + address + " on " + link;
    }
  }

  /**
   * Routes an address of an ipvlan to the host's loopback interface, without which the host does
   * not answer for it.
   */
  record RouteToLoopback(String name, String address, Origin origin) implements LinkStep {
    /** The interface. */
    public static final String LOOPBACK = "lo";

    @Override
    public Optional<Undo> undo() {
      return Optional.of(new LinkUndo.RemoveHostRoute(LOOPBACK, address));
    }

    @Override
    public String describe() {
      return "route " + address + " by lo on the host";
    }
  }

  private static String describeVlans(OptionalInt untagged, List<Integer> tagged) {
    Stream<String> plain =
        untagged.stream().mapToObj(id -> id == 0 ? "no VLAN untagged" : "VLAN " + id);
    Stream<String> others = tagged.stream().map(id -> "VLAN " + id + " tagged");
    return Stream.concat(plain, others).collect(Collectors.joining(", "));
  }
}
