package dev.coffer.network;

import dev.coffer.linux.BridgePort;
import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.IpConfig;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.LinkDetails;
import dev.coffer.linux.Links;
import dev.coffer.linux.NeighbourProxies;
import dev.coffer.linux.Netlink;
import dev.coffer.linux.NewLink;
import dev.coffer.model.plan.LinkStep;
import dev.coffer.model.plan.LinkStep.AddHostRoute;
import dev.coffer.model.plan.LinkStep.AnswerForAddress;
import dev.coffer.model.plan.LinkStep.AnswerForGateway;
import dev.coffer.model.plan.LinkStep.MoveLink;
import dev.coffer.model.plan.LinkStep.RouteToLoopback;
import dev.coffer.model.plan.LinkStep.SetBridgeVlans;
import dev.coffer.model.plan.LinkUndo;
import dev.coffer.model.plan.NetworkStep.AddGateway;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/** Carries out the steps about interfaces of the host and those that lie on them. */
final class HostLinks {
  private static final Path SYSCTLS = Path.of("/proc/sys/net");

  /** How long the kernel may take to take a network namespace of an earlier life apart. */
  private static final Duration REMOVAL = Duration.ofSeconds(2);

  private static final Set<Integer> TAKEN =
      Set.of(Errno.EEXIST.number(), Errno.EBUSY.number(), Errno.EINVAL.number());

  private final Fd namespace;
  private final Netlink outside;
  private final Supplier<Netlink> inside;
  private final Links links;
  private final Path folder;

  /**
   * @param namespace the container's
   * @param folder where files are on which it is held for the host's interfaces in it
   * @param outside in the host's namespace
   * @param inside in the container's
   */
  HostLinks(Fd namespace, Path folder, Netlink outside, Supplier<Netlink> inside) {
    this.folder = folder;
    this.namespace = namespace;
    this.outside = outside;
    this.inside = inside;
    this.links = new Links(outside);
  }

  void run(LinkStep step) {
    switch (step) {
      case LinkStep.Stacked stacked -> create(stacked);
      case MoveLink move -> move(move);
      case LinkStep.CopyMtu copy -> copyMtu(copy);
      case SetBridgeVlans vlans -> setVlans(vlans);
      case LinkStep.AddSwitchPort port -> OpenVswitch.add(port);
      case AddHostRoute route -> addRoute(route);
      case AnswerForGateway answer -> answer(answer);
      case AnswerForAddress answer -> answer(answer);
      case RouteToLoopback route ->
          new IpConfig(outside)
              .addRoute(
                  links.require(RouteToLoopback.LOOPBACK).index(),
                  InetAddress.ofLiteral(route.address()),
                  length(route.address()));
    }
  }

  private void create(LinkStep.Stacked step) {
    NewLink link =
        NewLink.of(step.name(), StackedKind.name(step))
            .in(namespace)
            .parent(links.require(step.link()).index())
            .mtu(step.mtu())
            .withData(data -> StackedKind.put(step, data));
    if (!StackedKind.takesAddressOfLink(step)) {
      link.hardwareAddress(step.hardwareAddress());
    }
    addWhenFree(link, StackedKind.isAlone(step));
    if (StackedKind.takesAddressOfLink(step)) {
      step.hardwareAddress().ifPresent(address -> setAddress(step.name(), address));
    }
    if (step.up()) {
      setUp(step.name());
    }
  }

  /** What only one may have is taken until the namespace of its last owner is gone. */
  private void addWhenFree(NewLink link, boolean alone) {
    long end = System.nanoTime() + REMOVAL.toNanos();
    while (true) {
      try {
        links.add(link);
        return;
      } catch (KernelException e) {
        if (!alone || !TAKEN.contains(e.errno()) || System.nanoTime() > end) {
          throw e;
        }
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.util.concurrent.CancellationException("the caller is gone");
    }
  }

  private void setAddress(String name, String address) {
    Links within = new Links(inside.get());
    within.setHardwareAddress(within.require(name).index(), address);
  }

  private void setUp(String name) {
    Links within = new Links(inside.get());
    within.setUp(within.require(name).index(), true);
  }

  private void move(MoveLink step) {
    PhysicalLinks.hold(namespace, step.link(), folder);
    links.move(links.require(step.link()).index(), namespace, step.name());
    Links within = new Links(inside.get());
    int index = within.require(step.name()).index();
    step.hardwareAddress().ifPresent(address -> within.setHardwareAddress(index, address));
    step.mtu().ifPresent(bytes -> within.setMtu(index, bytes));
    if (step.up()) {
      within.setUp(index, true);
    }
  }

  private void copyMtu(LinkStep.CopyMtu step) {
    int bytes = links.require(step.link()).mtu();
    links.setMtu(links.require(step.hostName()).index(), bytes);
    Links within = new Links(inside.get());
    within.setMtu(within.require(step.name()).index(), bytes);
  }

  private void setVlans(SetBridgeVlans step) {
    LinkDetails bridge = LinkDetails.require(outside, step.bridge());
    if (!bridge.filtersVlans()) {
      throw new KernelException("filter VLANs on " + step.bridge(), Errno.EOPNOTSUPP.number());
    }
    BridgePort port = new BridgePort(outside, links.require(step.hostName()).index());
    step.untagged()
        .ifPresent(id -> {
          if (bridge.defaultVlan() > 0 && bridge.defaultVlan() != id) {
            port.leave(bridge.defaultVlan());
          }
          if (id > 0) {
            port.join(id, false);
          }
        });
    step.tagged().forEach(id -> port.join(id, true));
  }

  private void addRoute(AddHostRoute step) {
    String[] parts = step.destination().split("/");
    new IpConfig(outside)
        .addRoute(
            links.require(step.hostName()).index(),
            InetAddress.ofLiteral(parts[0]),
            Integer.parseInt(parts[1]));
  }

  private void answer(AnswerForGateway step) {
    String family = step.ipv6() ? "ipv6" : "ipv4";
    if (step.ipv6()) {
      require("ipv6", "all", "forwarding");
    }
    set(family, step.hostName(), "forwarding");
    if (step.ipv6()) {
      set(family, step.hostName(), "proxy_ndp");
    }
    new NeighbourProxies(outside, links.require(step.hostName()).index()).add(gateway(step));
  }

  private static InetAddress gateway(AnswerForGateway step) {
    return step.gateway().equals(AddGateway.AUTO)
        ? ContainerLinks.addressOf(step.link().orElseThrow(), step.ipv6())
        : InetAddress.ofLiteral(step.gateway());
  }

  private void answer(AnswerForAddress step) {
    int index = links.require(step.link()).index();
    if (step.ipv6()) {
      require("ipv6", step.link(), "proxy_ndp");
    }
    require(step.ipv6() ? "ipv6" : "ipv4", step.link(), "forwarding");
    new NeighbourProxies(outside, index).add(InetAddress.ofLiteral(step.address()));
  }

  private static void set(String family, String link, String name) {
    HostFiles.writeSmall(SYSCTLS.resolve(family).resolve("conf").resolve(link).resolve(name), "1");
  }

  /** The host's own rules are not changed for a container. */
  private static void require(String family, String link, String name) {
    Path file = SYSCTLS.resolve(family).resolve("conf").resolve(link).resolve(name);
    if (!HostFiles.readIfThere(file).map(String::strip).orElse("").equals("1")) {
      throw new KernelException(
          "require sysctl net." + family + ".conf." + link + "." + name + "=1",
          Errno.EINVAL.number());
    }
  }

  private static int length(String address) {
    return address.contains(":") ? 128 : 32;
  }

  /** Whether what the undo takes back is made by its step, and not there already. */
  static boolean isOurs(LinkUndo undo) {
    if (!(undo instanceof LinkUndo.RemoveNeighbourProxy proxy)) {
      return true;
    }
    try (Netlink netlink = Netlink.open()) {
      return new Links(netlink)
          .find(proxy.link())
          .filter(link ->
              new NeighbourProxies(netlink, link.index())
                  .has(InetAddress.ofLiteral(proxy.address())))
          .isEmpty();
    }
  }

  /** Takes a step back; what is gone already is left. */
  static void undo(LinkUndo undo) {
    switch (undo) {
      case LinkUndo.ReturnLink back -> PhysicalLinks.takeHome(back);
      case LinkUndo.ReleaseNetwork release -> PhysicalLinks.release(release);
      case LinkUndo.RemoveSwitchPort port -> OpenVswitch.remove(port);
      case LinkUndo.RemoveNeighbourProxy proxy ->
          onHost(
              proxy.link(),
              (netlink, index) ->
                  new NeighbourProxies(netlink, index)
                      .remove(InetAddress.ofLiteral(proxy.address())));
      case LinkUndo.RemoveHostRoute route ->
          onHost(
              route.link(),
              (netlink, index) ->
                  new IpConfig(netlink)
                      .removeRoute(
                          index, InetAddress.ofLiteral(route.address()), length(route.address())));
    }
  }

  private interface Removal {
    void remove(Netlink netlink, int index);
  }

  private static void onHost(String link, Removal removal) {
    try (Netlink netlink = Netlink.open()) {
      new Links(netlink).find(link).ifPresent(found -> removal.remove(netlink, found.index()));
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT) && !e.is(Errno.ESRCH) && !e.is(Errno.ENODEV)) {
        throw e;
      }
    }
  }
}
