package dev.coffer.network;

import dev.coffer.linux.Bridges;
import dev.coffer.linux.Errno;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Links;
import dev.coffer.linux.LockFile;
import dev.coffer.linux.Neighbours;
import dev.coffer.linux.NetAddresses;
import dev.coffer.linux.Netlink;
import dev.coffer.model.CofferException;
import dev.coffer.model.plan.BridgeUndo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The bridges of this network namespace that Coffer looks after: those of networks, which are made
 * when they are needed and stay, and those of zones, which go with the last container. Bridges that
 * somebody else made are left alone.
 */
public final class Networks {
  /** This process's: what the caller's environment says about files holds for all of it. */
  private static final Networks SYSTEM = new Networks(System.getenv());

  private final NetworkCatalog catalog;

  /**
   * @param environment COFFER_LXC_NET names a file in place of /etc/default/lxc-net,
   *     COFFER_NETWORKS a folder in place of /etc/coffer/networks
   */
  Networks(Map<String, String> environment) {
    this.catalog =
        new NetworkCatalog(
            Optional.ofNullable(environment.get("COFFER_LXC_NET")).map(Path::of),
            Path.of(environment.getOrDefault("COFFER_NETWORKS", "/etc/coffer/networks")));
  }

  /** Those of this machine, as this process's environment describes them. */
  public static Networks system() {
    return SYSTEM;
  }

  /**
   * How a network is.
   *
   * @param ports interfaces that are attached
   * @param pid of its dnsmasq
   * @param obstacles what keeps it from working as it should
   */
  public record Status(
      BridgeNetwork network,
      State state,
      List<String> ports,
      Optional<Integer> pid,
      List<Obstacle> obstacles) {}

  /** How far a network is up. */
  public enum State {
    UP,
    DOWN,
    /** Marked as up, but part of it is gone; the next start that needs it repairs it. */
    BROKEN,
    /** The bridge is there and up, but was made by somebody else; it is used as it is. */
    FOREIGN
  }

  /** The bridges that are made when a container needs them. */
  public Set<String> bridges() {
    return catalog.bridges();
  }

  /** All that are described, by name. */
  public List<BridgeNetwork> all() {
    return catalog.all();
  }

  /** What is wrong with descriptions that cannot be used. */
  public List<CofferException> problems() {
    return catalog.problems();
  }

  /** LXC's network, if it is wanted: USE_LXC_BRIDGE. */
  public Optional<BridgeNetwork> lxc() {
    return Optional.of(catalog.lxc()).filter(LxcNet::enabled).map(LxcNet::network);
  }

  /**
   * @throws CofferException where there is none of this name
   */
  public BridgeNetwork require(String name) {
    return catalog.require(name);
  }

  /** Looks without changing anything. */
  public Status status(BridgeNetwork network) {
    try (Netlink netlink = Netlink.open()) {
      Optional<Links.Found> bridge = new Links(netlink).find(network.bridge());
      List<String> ports =
          bridge.map(found -> new Bridges(netlink).ports(found.index())).orElse(List.of());
      Optional<Integer> pid = Dnsmasq.find(network).stream().boxed().findFirst();
      State state = state(network, bridge, pid.isPresent());
      return new Status(network, state, ports, pid, obstacles(network));
    }
  }

  private static State state(BridgeNetwork network, Optional<Links.Found> bridge, boolean serves) {
    boolean isUp = bridge.isPresent() && bridge.get().up();
    if (!Files.exists(network.files().marker())) {
      return isUp ? State.FOREIGN : State.DOWN;
    }
    return isUp && (serves || !network.hasService()) ? State.UP : State.BROKEN;
  }

  private static State state(BridgeNetwork network) {
    try (Netlink netlink = Netlink.open()) {
      Optional<Links.Found> bridge = new Links(netlink).find(network.bridge());
      return state(network, bridge, Dnsmasq.find(network).isPresent());
    }
  }

  /** What of other firewalls stands in a network's way. */
  public List<Obstacle> obstacles(BridgeNetwork network) {
    return network.isolated() ? List.of() : OtherFirewalls.read().obstacles(network.bridge());
  }

  /**
   * The same for networks that a start will have to make; of others the user has been told.
   *
   * @param links the interfaces of the host that containers are attached to
   */
  public List<Obstacle> obstaclesAhead(List<String> links) {
    return catalog.all().stream()
        .filter(network -> links.contains(network.bridge()))
        .filter(network -> state(network) == State.DOWN)
        .flatMap(network -> obstacles(network).stream())
        .distinct()
        .toList();
  }

  /** Makes what a container's start needs; returns at once where it is there. */
  void ensure(String bridge) {
    BridgeNetwork network =
        catalog.all().stream()
            .filter(each -> each.bridge().equals(bridge))
            .findFirst()
            .orElseGet(() -> catalog.require(bridge));
    if (isReady(network)) {
      return;
    }
    try (LockFile _ = lock(network)) {
      State state = state(network);
      if (state == State.DOWN || state == State.BROKEN) {
        new BringUp(network).run(state == State.DOWN);
      }
    }
  }

  private static boolean isReady(BridgeNetwork network) {
    State state = state(network);
    return state == State.UP || state == State.FOREIGN;
  }

  /**
   * Makes a network now, or what is missing of it.
   *
   * @return false if it was up
   * @throws CofferException where the bridge is somebody else's
   */
  public boolean start(BridgeNetwork network) {
    return told("make the network " + network.name(), () -> startNow(network));
  }

  /** The kernel's word alone tells nobody what could not be done. */
  private static <T> T told(String what, Supplier<T> change) {
    try {
      return change.get();
    } catch (KernelException e) {
      throw new CofferException(
          "cannot " + what + ": " + e.getMessage(),
          e.is(Errno.EPERM) || e.is(Errno.EACCES)
              ? List.of("hint  only root may change the host's network")
              : List.of());
    }
  }

  private static boolean startNow(BridgeNetwork network) {
    try (LockFile _ = lock(network)) {
      State state = state(network);
      if (state == State.FOREIGN) {
        throw new CofferException(
            "the bridge " + network.bridge() + " was made by somebody else",
            List.of("hint  it is used as it is; \"ip link delete\" removes it"));
      }
      new BringUp(network).run(state == State.DOWN);
      return state != State.UP;
    }
  }

  /**
   * Ends a network. Its bridge stays as long as something is attached to it.
   *
   * @return the interfaces that are attached
   */
  public List<String> stop(BridgeNetwork network) {
    return told("end the network " + network.name(), () -> stopNow(network));
  }

  private static List<String> stopNow(BridgeNetwork network) {
    try (LockFile _ = lock(network)) {
      return new BringUp(network).takeDown();
    }
  }

  /** The leases that its dnsmasq has given, by address. */
  public List<Lease> leases(BridgeNetwork network) {
    return Lease.read(network.files().leases());
  }

  /**
   * Describes a new network. It is made when it is needed.
   *
   * @param settings values by the file's keys; an address is chosen where none is given
   * @throws CofferException where it cannot be
   */
  public BridgeNetwork create(String name, Map<String, String> settings) {
    return catalog.create(name, FreeSubnet.complete(settings, taken()));
  }

  private List<Subnet> taken() {
    List<Subnet> taken = new ArrayList<>();
    for (BridgeNetwork network : catalog.all()) {
      network.ipv4().ifPresent(family -> taken.add(family.address()));
    }
    catalog.lxcNetwork().flatMap(BridgeNetwork::ipv4).ifPresent(lxc -> taken.add(lxc.address()));
    for (NetAddresses.Link link : NetAddresses.read()) {
      link.addresses().forEach(each -> taken.add(new Subnet(each.address(), each.prefix())));
    }
    return taken;
  }

  /**
   * Stops a network and forgets it, with its leases.
   *
   * @throws CofferException where something is attached to it, or it is LXC's
   */
  public void delete(String name) {
    BridgeNetwork network = catalog.require(name);
    if (network.kind() == BridgeNetwork.Kind.LXC_NET) {
      throw new CofferException(
          name + " is the network of lxc-net",
          List.of("hint  set USE_LXC_BRIDGE=false in " + network.source()));
    }
    Status status = status(network);
    if (!status.ports().isEmpty()) {
      throw new CofferException(
          "the network " + name + " is in use by " + String.join(", ", status.ports()),
          List.of("hint  stop the containers that are attached to it"));
    }
    if (status.state() != State.DOWN && status.state() != State.FOREIGN) {
      stop(network);
    }
    catalog.delete(name);
    try {
      Files.deleteIfExists(network.files().leases());
    } catch (IOException e) {
      throw new CofferException(
          "cannot remove " + network.files().leases() + ": " + e.getMessage());
    }
  }

  /** Takes a step back; what is gone already is left. */
  public void undo(BridgeUndo undo) {
    switch (undo) {
      case BridgeUndo.LeaveZone zone -> leaveZone(zone.bridge());
      case BridgeUndo.ForgetNeighbour one -> forget(one.bridge(), one.hardwareAddress());
    }
  }

  /**
   * Forgets a container that was attached: its lease and its entries among the neighbours. What
   * cannot be forgotten runs out by itself.
   */
  private void forget(String bridge, String hardwareAddress) {
    catalog.all().stream()
        .filter(network -> network.bridge().equals(bridge))
        .forEach(network -> release(network, hardwareAddress));
    try (Netlink netlink = Netlink.open()) {
      new Links(netlink)
          .find(bridge)
          .ifPresent(found -> new Neighbours(netlink).forget(found.index(), hardwareAddress));
    }
  }

  private static void release(BridgeNetwork network, String hardwareAddress) {
    network
        .ipv4()
        .ifPresent(family ->
            LeaseReturn.run(network.files().leases(), hardwareAddress, family.address().address()));
  }

  private static LockFile lock(BridgeNetwork network) {
    return lock(network.files().lock());
  }

  private static LockFile lock(Path file) {
    Dnsmasq.makeFolder(file.getParent());
    return LockFile.acquire(file, LockFile.Kind.WHOLE_FILE);
  }

  private LockFile zoneLock() {
    return lock(catalog.lxcNetwork().orElseGet(() -> LxcNet.unset().network()).files().lock());
  }

  /**
   * Makes a zone's bridge unless it is there.
   *
   * @return held until the container is attached, so that nobody removes it before
   */
  LockFile joinZone(String bridge) {
    LockFile lock = zoneLock();
    try {
      Zones.make(bridge);
      return lock;
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Removes a zone's bridge if nothing is attached to it any more. */
  private void leaveZone(String bridge) {
    try (LockFile _ = zoneLock()) {
      Zones.remove(bridge);
    }
  }
}
