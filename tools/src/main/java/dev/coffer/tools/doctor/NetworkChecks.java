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
            : Finding.limited(
                "bridge lxcbr0",
                "not there; containers of the default configuration have no network;"
                    + " remedy: systemctl start lxc-net"));
    boolean forwards =
        machine.read("/proc/sys/net/ipv4/ip_forward").filter(v -> v.startsWith("1")).isPresent();
    findings.add(
        forwards
            ? Finding.ok("IPv4 forwarding", "")
            : Finding.limited(
                "IPv4 forwarding",
                "off; containers do not reach beyond this machine; remedy: sysctl"
                    + " net.ipv4.ip_forward=1"));
    findings.add(
        machine.exists("/dev/net/tun")
            ? Finding.ok("TUN device", "")
            : Finding.limited("TUN device", "no VPN inside containers; remedy: modprobe tun"));
    return findings;
  }
}
