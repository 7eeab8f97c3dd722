package dev.coffer.model;

import java.util.Map;

/**
 * One lxc.net.N block.
 *
 * @param type veth, macvlan, ipvlan, vlan, phys, empty or none
 * @param settings the other subkeys in their order; lists are joined by newlines
 */
public record Nic(int index, Sourced<String> type, Map<String, Sourced<String>> settings) {
  public Nic {
    settings = Map.copyOf(settings);
  }

  /** Whether a program of the host is run when it comes or goes. */
  public boolean hasScript() {
    return settings.containsKey("script.up") || settings.containsKey("script.down");
  }

  public boolean isUp() {
    return settings.containsKey("flags");
  }
}
