package dev.coffer.plan;

import dev.coffer.model.plan.NetworkStep;
import dev.coffer.model.plan.PortStep;

/** What the kernel's word about an interface means, and what to do. */
final class NetworkHints {
  private static final int ENOENT = 2;
  private static final int EEXIST = 17;
  private static final int ENODEV = 19;
  private static final int EPERM = 1;
  private static final int EOPNOTSUPP = 95;
  private static final int EADDRNOTAVAIL = 99;

  private NetworkHints() {}

  /** A truer sentence than the kernel's; null where that is true. */
  static String reason(String call, int errno) {
    if (errno == ENODEV && call.startsWith("find interface ")) {
      return "there is no interface " + call.substring("find interface ".length()) + " (ENODEV)";
    }
    if (errno == EADDRNOTAVAIL && call.startsWith("find an address of ")) {
      return call.substring("find an address of ".length()) + " has no address of this family";
    }
    if (call.startsWith("require sysctl ")) {
      return "it requires the sysctl " + call.substring("require sysctl ".length());
    }
    if (call.startsWith("filter VLANs on ")) {
      return "the bridge " + call.substring("filter VLANs on ".length()) + " filters no VLANs";
    }
    if (errno == EOPNOTSUPP && call.equals("set hardware address")) {
      return "it has the hardware address of its link (EOPNOTSUPP)";
    }
    if (errno == EOPNOTSUPP && call.equals("create link")) {
      return "the kernel does not know this kind of interface (EOPNOTSUPP)";
    }
    if (errno == ENOENT && call.startsWith("add ")) {
      return "the kernel lacks " + call.substring("add ".length()) + " (ENOENT)";
    }
    return null;
  }

  /** Null where there is nothing to say. */
  static String hint(NetworkStep step, String call, int errno) {
    if (call.startsWith("require sysctl ")) {
      return "allow it: sysctl -w " + call.substring("require sysctl ".length());
    }
    if (call.startsWith("filter VLANs on ")) {
      String bridge = call.substring("filter VLANs on ".length());
      return "let it: ip link set " + bridge + " type bridge vlan_filtering 1";
    }
    if (call.equals("set hardware address") && errno == EOPNOTSUPP) {
      return "remove lxc.net.N.hwaddr, or choose macvlan";
    }
    return switch (errno) {
      case ENOENT ->
          step instanceof PortStep
              ? "load the modules (modprobe sch_tbf sch_ingress cls_u32 act_mirred ifb), or leave"
                  + " coffer.net.N.limits.… out"
              : null;
      case ENODEV -> "\"ip link\" shows those of the host; name one of them in lxc.net.N.link";
      case EEXIST ->
          call.equals("create link")
              ? "another interface has the name: choose one with lxc.net.N.veth.pair or"
                  + " lxc.net.N.name"
              : "it is configured twice";
      case EOPNOTSUPP -> "load its module (modprobe), or choose another lxc.net.N.type";
      case EPERM -> "only root may make interfaces of the host";
      case EADDRNOTAVAIL -> "give the link an address, or write the gateway's address";
      default -> null;
    };
  }
}
