package dev.coffer.network;

import dev.coffer.linux.NetlinkBody;
import dev.coffer.model.plan.LinkStep.CreateIpvlan;
import dev.coffer.model.plan.LinkStep.CreateMacvlan;
import dev.coffer.model.plan.LinkStep.CreateVlan;
import dev.coffer.model.plan.LinkStep.Stacked;

/** How the kernel spells the kinds of interfaces that lie on others, if_link.h. */
final class StackedKind {
  private static final int IFLA_MACVLAN_MODE = 1;
  private static final int IFLA_IPVLAN_MODE = 1;
  private static final int IFLA_IPVLAN_FLAGS = 2;
  private static final int IFLA_VLAN_ID = 1;
  private static final String PASSTHRU = "passthru";

  private StackedKind() {}

  static String name(Stacked step) {
    return switch (step) {
      case CreateMacvlan _ -> "macvlan";
      case CreateIpvlan _ -> "ipvlan";
      case CreateVlan _ -> "vlan";
    };
  }

  static void put(Stacked step, NetlinkBody data) {
    switch (step) {
      case CreateMacvlan macvlan -> data.put(IFLA_MACVLAN_MODE, macvlanMode(macvlan.mode()));
      case CreateIpvlan ipvlan ->
          data.putShort(IFLA_IPVLAN_MODE, ipvlanMode(ipvlan.mode()))
              .putShort(IFLA_IPVLAN_FLAGS, isolation(ipvlan.isolation()));
      case CreateVlan vlan -> data.putShort(IFLA_VLAN_ID, vlan.id());
    }
  }

  /** Whether another like it cannot be made on the link at the same time. */
  static boolean isAlone(Stacked step) {
    return step instanceof CreateVlan
        || step instanceof CreateMacvlan macvlan && macvlan.mode().equals(PASSTHRU);
  }

  /** Whether the kernel gives it the link's address at birth, whatever is asked for. */
  static boolean takesAddressOfLink(Stacked step) {
    return step instanceof CreateIpvlan
        || step instanceof CreateMacvlan macvlan && macvlan.mode().equals(PASSTHRU);
  }

  private static int macvlanMode(String mode) {
    return switch (mode) {
      case "vepa" -> 2;
      case "bridge" -> 4;
      case PASSTHRU -> 8;
      default -> 1;
    };
  }

  private static int ipvlanMode(String mode) {
    return switch (mode) {
      case "l2" -> 0;
      case "l3s" -> 2;
      default -> 1;
    };
  }

  private static int isolation(String isolation) {
    return switch (isolation) {
      case "private" -> 1;
      case "vepa" -> 2;
      default -> 0;
    };
  }
}
