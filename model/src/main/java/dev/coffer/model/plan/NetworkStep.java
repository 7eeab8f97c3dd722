package dev.coffer.model.plan;

import dev.coffer.model.Origin;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is done for a network interface of the container, over rtnetlink(7): it is made where it is
 * to be, under its final name, and then given what it needs. All names of interfaces of the host
 * are looked up when the step is carried out.
 */
public sealed interface NetworkStep extends HostStep
    permits NetworkStep.CreateVeth,
        NetworkStep.AddAddress,
        NetworkStep.AddGateway,
        LinkStep,
        PortStep,
        BridgeStep,
        UserNetworkStep {
  /** The interface's name inside the container. */
  String name();

  /**
   * Makes a pair of veth(4), one end inside, the other on the host.
   *
   * @param hostName of the end on the host
   * @param bridge that end becomes a port of
   * @param hardwareAddress of the end inside, as {@code 00:16:3e:01:02:03}; empty for one of the
   *     kernel's choice
   * @param hostAddress the same of the end on the host
   * @param mtu in bytes; empty for that of the bridge
   * @param receiveQueues how many, at least 1
   * @param sendQueues how many, at least 1
   * @param up whether the end inside is brought up; that on the host always is
   */
  record CreateVeth(
      String name,
      String hostName,
      Optional<String> bridge,
      Optional<String> hardwareAddress,
      Optional<String> hostAddress,
      OptionalInt mtu,
      int receiveQueues,
      int sendQueues,
      boolean up,
      Origin origin)
      implements NetworkStep {
    @Override
    public Optional<Undo> undo() {
      return Optional.of(new Undo.RemoveLink(hostName));
    }

    @Override
    public String describe() {
      return "create veth "
          + name
          + " with "
          + hostName
          + " on the host"
          + bridge.map(to -> ", a port of " + to).orElse("");
    }
  }

  /**
   * Adds an address inside.
   *
   * @param address with its prefix, {@code 10.0.3.2/24}
   * @param broadcast the one for all hosts, IPv4 only
   */
  record AddAddress(String name, String address, Optional<String> broadcast, Origin origin)
      implements NetworkStep {
    @Override
    public String describe() {
      return "add address " + address + " to " + name;
    }
  }

  /**
   * Adds the default route inside.
   *
   * @param gateway an address, {@link #AUTO} or {@link #DEVICE}
   * @param link interface of the host whose address is meant by {@link #AUTO}
   */
  record AddGateway(String name, boolean ipv6, String gateway, Optional<String> link, Origin origin)
      implements NetworkStep {
    /** The address of the interface on the host. */
    public static final String AUTO = "auto";

    /** No gateway, all is on the link. */
    public static final String DEVICE = "dev";

    @Override
    public String describe() {
      String by =
          switch (gateway) {
            case AUTO -> "the address of " + link.orElse("nothing");
            case DEVICE -> name;
            default -> gateway;
          };
      return "route all of " + (ipv6 ? "IPv6" : "IPv4") + " by " + by;
    }
  }
}
