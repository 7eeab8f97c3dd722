package dev.coffer.network;

import dev.coffer.linux.CommandOutput;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.Programs;
import dev.coffer.model.CofferException;
import dev.coffer.network.BridgeNetwork.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The dnsmasq(8) of a network. It is nobody's child and goes on whatever becomes of who started it;
 * it is found again by its file of the process id, and taken for ours only if it was started with
 * that file.
 */
final class Dnsmasq {
  /** Whom it may be, in LXC's order. */
  private static final List<String> USERS = List.of("lxc-dnsmasq", "dnsmasq", "nobody");

  private static final int SIGTERM = 15;
  private static final int SIGKILL = 9;
  private static final long PATIENCE_MILLIS = 2000;

  private Dnsmasq() {}

  /**
   * The process, unless it has ended.
   *
   * @throws CofferException where it serves another network namespace
   */
  static OptionalInt find(BridgeNetwork network) {
    OptionalInt pid = pidOf(network);
    if (pid.isPresent() && !isHere(pid.getAsInt())) {
      throw new CofferException(
          "the dnsmasq of "
              + network.bridge()
              + " (pid "
              + pid.getAsInt()
              + ") serves another network namespace",
          List.of("hint  stop it there, or set varrun and varlib in a lxc-net file of this one"));
    }
    return pid;
  }

  private static OptionalInt pidOf(BridgeNetwork network) {
    Path file = network.files().pid();
    Optional<String> text = HostFiles.readIfThere(file).map(String::strip);
    if (text.isEmpty() || !text.get().matches("[0-9]{1,9}")) {
      return OptionalInt.empty();
    }
    int pid = Integer.parseInt(text.get());
    List<String> argv =
        List.of(HostFiles.readIfThere(Path.of("/proc/" + pid + "/cmdline")).orElse("").split("\0"));
    boolean isOurs = argv.getFirst().endsWith("dnsmasq") && argv.contains("--pid-file=" + file);
    return isOurs ? OptionalInt.of(pid) : OptionalInt.empty();
  }

  private static boolean isHere(int pid) {
    return HostFiles.readLink(Path.of("/proc/" + pid + "/ns/net"))
        .equals(HostFiles.readLink(Path.of("/proc/self/ns/net")));
  }

  /** Starts it and waits until it serves. */
  static void start(BridgeNetwork network) {
    List<String> argv = new ArrayList<>();
    argv.add(
        Programs.find("dnsmasq")
            .orElseThrow(() ->
                new CofferException(
                    "cannot give addresses and names: there is no dnsmasq",
                    List.of("hint  apt install dnsmasq-base")))
            .toString());
    argv.addAll(arguments(network, user()));
    makeFolder(network.files().leases().getParent());
    CommandOutput said = CommandOutput.of(argv, List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin"));
    if (said.status().shellCode() != 0) {
      throw new CofferException(
          "dnsmasq does not start: " + said.complaints(),
          List.of(
              "hint  another server on "
                  + addresses(network)
                  + "? \"ss -lnup\" shows it; its options are in "
                  + network.service().confFile().orElse(network.source().toString())));
    }
  }

  private static String addresses(BridgeNetwork network) {
    return network
        .ipv4()
        .or(network::ipv6)
        .map(family -> family.address().address().getHostAddress())
        .orElse(network.bridge());
  }

  static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new CofferException("cannot make the directory " + folder + ": " + e.getMessage());
    }
  }

  /** Asks it to end, kills it when it does not, and removes its file. */
  static void stop(BridgeNetwork network) {
    OptionalInt pid = find(network);
    if (pid.isPresent()) {
      try (Pidfd process = Pidfd.open(pid.getAsInt()).orElse(null)) {
        // looked at again, now that the number cannot become another's
        if (process != null && pidOf(network).equals(pid)) {
          process.sendSignal(SIGTERM);
          if (!process.awaitEnd(PATIENCE_MILLIS)) {
            process.sendSignal(SIGKILL);
            process.awaitEnd(PATIENCE_MILLIS);
          }
        }
      }
    }
    try {
      Files.deleteIfExists(network.files().pid());
    } catch (IOException e) {
      throw new CofferException("cannot remove " + network.files().pid() + ": " + e.getMessage());
    }
  }

  /** As LXC's lxc-net gives them; a network of Coffer's may have more or less of them. */
  static List<String> arguments(BridgeNetwork network, String user) {
    BridgeNetwork.Service service = network.service();
    List<String> argv = new ArrayList<>();
    // it would read /etc/dnsmasq.conf otherwise
    argv.add("--conf-file=" + service.confFile().orElse("/dev/null"));
    service
        .domain()
        .ifPresent(domain -> argv.addAll(List.of("-s", domain, "-S", "/" + domain + "/")));
    if (!service.ping()) {
      argv.add("--no-ping");
    }
    argv.addAll(List.of("-u", user, "--strict-order", "--bind-interfaces"));
    argv.add("--pid-file=" + network.files().pid());
    network
        .ipv4()
        .ifPresent(family -> {
          argv.add("--listen-address");
          argv.add(family.address().address().getHostAddress());
        });
    service.dhcpRange().ifPresent(range -> argv.addAll(List.of("--dhcp-range", range)));
    argv.add("--dhcp-lease-max=" + service.mostLeases());
    argv.add("--dhcp-no-override");
    argv.add("--except-interface=lo");
    argv.add("--interface=" + network.bridge());
    argv.add("--dhcp-leasefile=" + network.files().leases());
    argv.add("--dhcp-authoritative");
    network.ipv6().ifPresent(family -> ipv6(network, family.address(), argv));
    if (network.isolated()) {
      argv.addAll(List.of("--no-resolv", "--no-hosts", "--dhcp-option=option:router"));
    }
    return argv;
  }

  private static void ipv6(BridgeNetwork network, Subnet address, List<String> argv) {
    String first = address.address().getHostAddress();
    argv.add("--dhcp-range=" + first + (network.kind() == Kind.LXC_NET ? ",ra-only" : ",ra-names"));
    argv.add("--listen-address");
    argv.add(first);
    if (network.kind() == Kind.OWN) {
      argv.add("--enable-ra");
    }
    if (network.isolated()) {
      argv.add("--ra-param=" + network.bridge() + ",0,0"); // it is no router to elsewhere
    }
  }

  private static String user() {
    String users = HostFiles.readIfThere(Path.of("/etc/passwd")).orElse("");
    return USERS.stream()
        .filter(user -> users.lines().anyMatch(line -> line.startsWith(user + ":")))
        .findFirst()
        .orElse(USERS.getLast());
  }
}
