package dev.coffer.network;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.IpConfig;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Links;
import dev.coffer.linux.NetAddresses;
import dev.coffer.linux.Netlink;
import dev.coffer.linux.NewLink;
import dev.coffer.model.plan.BridgeStep;
import dev.coffer.model.plan.LinkStep;
import dev.coffer.model.plan.LinkUndo;
import dev.coffer.model.plan.NetworkStep;
import dev.coffer.model.plan.NetworkStep.AddAddress;
import dev.coffer.model.plan.NetworkStep.AddGateway;
import dev.coffer.model.plan.NetworkStep.CreateVeth;
import dev.coffer.model.plan.PortStep;
import dev.coffer.model.plan.UserNetworkStep;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Carries out a container's network steps: one conversation with the kernel in the host's network
 * namespace, one in the container's. One thread at a time.
 */
public final class ContainerLinks implements AutoCloseable {
  private final Fd namespace;
  private final Netlink outside;
  private final Links links;
  private final HostLinks hostLinks;
  private final Ports ports;
  private final BridgeRunner bridges = new BridgeRunner();
  private final Map<String, Integer> indices = new HashMap<>();
  private Netlink inside;

  /**
   * @param namespace the container's network namespace, which is closed with this
   * @param folder the container's run directory, where the namespace is held as long as an
   *     interface of the host is in it
   */
  public ContainerLinks(Fd namespace, Path folder) {
    this.namespace = namespace;
    this.outside = Netlink.open();
    this.links = new Links(outside);
    this.hostLinks = new HostLinks(namespace, folder, outside, this::inside);
    this.ports = new Ports(outside);
  }

  /**
   * Those of an ordinary user's container.
   *
   * @param socket of netlink(7), opened inside; closed with this
   * @param folder as for root's, though no interface of the host is noted there
   */
  public static ContainerLinks lent(Fd socket, Path folder) {
    Netlink inside = Netlink.of(socket);
    try {
      ContainerLinks links = new ContainerLinks(inside.namespace(), folder);
      links.inside = inside;
      return links;
    } catch (RuntimeException e) {
      inside.close();
      throw e;
    }
  }

  /**
   * @throws Refusal where a broker refuses
   * @throws KernelException with what was asked of the kernel as its call; ENODEV where an
   *     interface is missing
   */
  public void run(NetworkStep step) {
    switch (step) {
      case CreateVeth veth -> create(veth);
      case BridgeStep bridge -> bridges.run(bridge);
      case AddAddress address -> add(address);
      case AddGateway gateway -> add(gateway);
      case LinkStep link -> hostLinks.run(link);
      case PortStep port -> ports.run(port);
      case UserNetworkStep own -> new UserLinks(namespace, inside()).run(own);
    }
  }

  private void create(CreateVeth veth) {
    Optional<Links.Found> bridge = veth.bridge().map(links::require);
    OptionalInt mtu =
        veth.mtu().isPresent() || bridge.isEmpty()
            ? veth.mtu()
            : OptionalInt.of(bridge.get().mtu());
    NewLink host =
        NewLink.of(veth.hostName(), "veth")
            .up(true)
            .hardwareAddress(veth.hostAddress())
            .mtu(mtu)
            .queues(veth.receiveQueues(), veth.sendQueues())
            .withPeer(
                NewLink.of(veth.name(), "veth")
                    .in(namespace)
                    .hardwareAddress(veth.hardwareAddress())
                    .mtu(mtu)
                    .queues(veth.receiveQueues(), veth.sendQueues()));
    bridge.ifPresent(found -> host.master(found.index()));
    links.add(host);
    veth.bridge().ifPresent(bridges::attached);
    if (veth.up()) { // which an end without its peer cannot be, so not at birth
      new Links(inside()).setUp(index(veth), true);
    }
  }

  private void add(AddAddress step) {
    Subnet subnet = Subnet.parse(step.address());
    Optional<InetAddress> broadcast =
        step.broadcast().map(InetAddress::ofLiteral).or(subnet::broadcast);
    new IpConfig(inside()).addAddress(index(step), subnet.address(), subnet.prefix(), broadcast);
  }

  private void add(AddGateway step) {
    IpConfig config = new IpConfig(inside());
    InetAddress everything = InetAddress.ofLiteral(step.ipv6() ? "::" : "0.0.0.0");
    int index = index(step);
    if (step.gateway().equals(AddGateway.DEVICE)) {
      config.addRoute(index, everything, 0);
      return;
    }
    InetAddress gateway =
        step.gateway().equals(AddGateway.AUTO)
            ? addressOf(step.link().orElseThrow(), step.ipv6())
            : InetAddress.ofLiteral(step.gateway());
    try {
      config.addRoute(index, everything, 0, gateway);
    } catch (KernelException e) {
      if (!e.is(Errno.ENETUNREACH) && !e.is(Errno.EHOSTUNREACH) && !e.is(Errno.EINVAL)) {
        throw e;
      }
      // it lies in none of the interface's networks: a route of its own makes it known
      config.addRoute(index, gateway, step.ipv6() ? 128 : 32);
      config.addRoute(index, everything, 0, gateway);
    }
  }

  static InetAddress addressOf(String link, boolean ipv6) {
    return NetAddresses.read().stream()
        .filter(found -> found.name().equals(link))
        .flatMap(found -> found.addresses().stream())
        .filter(found -> found.scope() == NetAddresses.Scope.GLOBAL)
        .map(NetAddresses.Address::address)
        .filter(address -> address instanceof Inet4Address != ipv6)
        .findFirst()
        .orElseThrow(
            () -> new KernelException("find an address of " + link, Errno.EADDRNOTAVAIL.number()));
  }

  private int index(NetworkStep step) {
    return indices.computeIfAbsent(step.name(), name -> new Links(inside()).require(name).index());
  }

  private Netlink inside() {
    if (inside == null) {
      inside = Netlink.open(namespace);
    }
    return inside;
  }

  /** Whether what the undo takes back is made by its step, and not there already. */
  public static boolean isOurs(LinkUndo undo) {
    return HostLinks.isOurs(undo);
  }

  /** Takes a step back; what is gone already is left. */
  public static void undo(LinkUndo undo) {
    HostLinks.undo(undo);
  }

  /** Whether the host has an interface of this name. */
  public static boolean exists(String name) {
    try (Netlink netlink = Netlink.open()) {
      return new Links(netlink).find(name).isPresent();
    }
  }

  /** Removes an interface of the host, if it is still there. */
  public static void remove(String name) {
    remove(Netlink.open(), name);
  }

  /** Removes an interface of a network namespace, if it is still there. */
  public static void remove(Fd namespace, String name) {
    remove(Netlink.open(namespace), name);
  }

  private static void remove(Netlink there, String name) {
    try (there) {
      Links links = new Links(there);
      links.find(name).ifPresent(found -> links.delete(found.index()));
    } catch (KernelException e) {
      if (!e.is(Errno.ENODEV)) { // it went at this moment, with its other end
        throw e;
      }
    }
  }

  /** Brings an interface of a network namespace up, or takes it down. */
  public static void setUp(Fd namespace, String name, boolean up) {
    try (Netlink netlink = Netlink.open(namespace)) {
      Links links = new Links(netlink);
      links.setUp(links.require(name).index(), up);
    }
  }

  @Override
  public void close() {
    bridges.close();
    if (inside != null) {
      inside.close();
    }
    outside.close();
    namespace.close();
  }
}
