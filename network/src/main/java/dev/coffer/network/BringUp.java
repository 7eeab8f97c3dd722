package dev.coffer.network;

import dev.coffer.linux.Bridges;
import dev.coffer.linux.Errno;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.IpConfig;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Links;
import dev.coffer.linux.NetAddresses;
import dev.coffer.linux.Netlink;
import dev.coffer.linux.NewLink;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Makes a network and takes it down. Both can be repeated, and go on where a former one was cut
 * off: the mark that it is up comes before the bridge is, so that nobody takes half of it for a
 * bridge of somebody else's. The lock is the caller's.
 */
final class BringUp {
  private static final Path SYSCTLS = Path.of("/proc/sys/net");

  private final BridgeNetwork network;

  BringUp(BridgeNetwork network) {
    this.network = network;
  }

  /**
   * @param fresh whether what fails leaves the network down; else it is as far as it came, for what
   *     is attached to it
   */
  void run(boolean fresh) {
    try {
      forward();
      makeBridge();
      Firewall.apply(network);
      OtherFirewalls.pass(network);
      if (network.hasService() && Dnsmasq.find(network).isEmpty()) {
        Dnsmasq.start(network);
      }
    } catch (CofferException | KernelException e) {
      try {
        if (fresh) {
          takeDown();
        }
      } catch (CofferException | KernelException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private void makeBridge() {
    try (Netlink netlink = Netlink.open()) {
      Links links = new Links(netlink);
      Optional<Links.Found> found = links.find(network.bridge());
      if (found.isEmpty()) {
        links.add(
            NewLink.of(network.bridge(), "bridge")
                .hardwareAddress(network.hardwareAddress())
                .mtu(network.mtu()));
      } else if (!found.get().kind().equals("bridge")) {
        throw new CofferException(
            "the host has an interface " + network.bridge() + " that is no bridge");
      }
      Links.Found bridge = links.require(network.bridge());
      configure("ipv6", "accept_dad", "0");
      IpConfig config = new IpConfig(netlink);
      network.ipv4().ifPresent(family -> add(config, bridge.index(), family.address()));
      network
          .ipv6()
          .ifPresent(family -> {
            configure("ipv6", "autoconf", "0");
            add(config, bridge.index(), family.address());
          });
      mark();
      if (network.hardwareAddress().filter(a -> !a.equals(bridge.hardwareAddress())).isPresent()) {
        links.setHardwareAddress(bridge.index(), network.hardwareAddress().get());
      }
      links.setUp(bridge.index(), true);
    }
  }

  private static void add(IpConfig config, int index, Subnet subnet) {
    try {
      config.addAddress(index, subnet.address(), subnet.prefix(), subnet.broadcast());
    } catch (KernelException e) {
      if (!e.is(Errno.EEXIST)) { // it has it
        throw e;
      }
    }
  }

  private void mark() {
    Path marker = network.files().marker();
    Dnsmasq.makeFolder(marker.getParent());
    try {
      if (!Files.exists(marker)) {
        Files.createFile(marker);
      }
    } catch (IOException e) {
      throw new CofferException("cannot make " + marker + ": " + e.getMessage());
    }
  }

  /** Makes a router of this host. */
  private void forward() {
    if (network.isolated()) {
      return;
    }
    if (network.ipv4().isPresent()) {
      set(SYSCTLS.resolve("ipv4/ip_forward"), "1");
    }
    Path all = SYSCTLS.resolve("ipv6/conf/all/forwarding");
    if (network.ipv6().isPresent() && !isSet(all, "1")) {
      keepLearning();
      set(all, "1");
    }
  }

  /**
   * A router takes no advertisements of others, and so would lose its own way out, unless accept_ra
   * is 2 (Linux, networking/ip-sysctl).
   */
  private void keepLearning() {
    try (DirectoryStream<Path> interfaces =
        Files.newDirectoryStream(SYSCTLS.resolve("ipv6/conf"))) {
      for (Path one : interfaces) {
        boolean isLinks =
            !List.of("all", "default", "lo", network.bridge())
                .contains(one.getFileName().toString());
        if (isLinks && isSet(one.resolve("accept_ra"), "1")) {
          set(one.resolve("accept_ra"), "2");
        }
      }
    } catch (IOException e) {
      throw new CofferException("the kernel has no IPv6: " + e.getMessage());
    }
  }

  private void configure(String family, String key, String value) {
    Path path = SYSCTLS.resolve(family).resolve("conf").resolve(network.bridge()).resolve(key);
    if (HostFiles.exists(path)) { // not where the kernel lacks IPv6
      set(path, value);
    }
  }

  private static boolean isSet(Path path, String value) {
    return HostFiles.readIfThere(path).map(String::strip).equals(Optional.of(value));
  }

  private static void set(Path path, String value) {
    if (isSet(path, value)) {
      return;
    }
    try {
      HostFiles.writeSmall(path, value);
    } catch (KernelException e) {
      throw new CofferException(
          "cannot set " + path + " to " + value + ": " + Errno.describe(e.errno()),
          List.of("hint  /proc/sys must be writable, or set it before"));
    }
  }

  /**
   * Takes all down that is there of it.
   *
   * @return the interfaces that are attached, for which the bridge stays
   */
  List<String> takeDown() {
    Dnsmasq.stop(network);
    OtherFirewalls.forget(network);
    Firewall.remove(network);
    List<String> ports = removeBridge();
    try {
      Files.deleteIfExists(network.files().marker());
    } catch (IOException e) {
      throw new CofferException(
          "cannot remove " + network.files().marker() + ": " + e.getMessage());
    }
    return ports;
  }

  private List<String> removeBridge() {
    try (Netlink netlink = Netlink.open()) {
      Links links = new Links(netlink);
      Optional<Links.Found> bridge = links.find(network.bridge());
      if (bridge.isEmpty()) {
        return List.of();
      }
      int index = bridge.get().index();
      List<String> ports = new Bridges(netlink).ports(index);
      if (ports.isEmpty()) {
        links.delete(index);
        return ports;
      }
      removeAddresses(new IpConfig(netlink), index);
      links.setUp(index, false);
      return ports;
    }
  }

  private static void removeAddresses(IpConfig config, int index) {
    NetAddresses.read().stream()
        .filter(link -> link.index() == index)
        .flatMap(link -> link.addresses().stream())
        .forEach(each -> config.deleteAddress(index, each.address(), each.prefix()));
  }
}
