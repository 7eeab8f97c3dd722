package dev.coffer.tools.doctor;

import java.util.ArrayList;
import java.util.List;

/** What container networks need. */
final class NetworkChecks {
  private NetworkChecks() {}

  static List<Finding> examine(Machine machine) {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        machine.exists("/sys/class/net/lxcbr0")
            ? Finding.ok("bridge lxcbr0", "")
            : Finding.ok("bridge lxcbr0", "is made by the first container that needs it"));
    boolean forwards =
        machine.read("/proc/sys/net/ipv4/ip_forward").filter(v -> v.startsWith("1")).isPresent();
    findings.add(
        forwards
            ? Finding.ok("IPv4 forwarding", "")
            : Finding.ok("IPv4 forwarding", "off; switched on with the first network"));
    findings.addAll(machine.firewalls());
    if (machine.read("/proc/net/ip_tables_names").orElse("").contains("filter")) {
      findings.add(
          Finding.limited(
              "legacy iptables",
              "has rules, which may drop what containers send; remedy: iptables-legacy -S FORWARD"
                  + " shows them"));
    }
    findings.add(
        machine.exists("/dev/net/tun")
            ? Finding.ok("TUN device", "")
            : Finding.limited("TUN device", "no VPN inside containers; remedy: modprobe tun"));
    return findings;
  }
}
