package dev.coffer.tools.command;

import dev.coffer.Address;
import dev.coffer.Container;
import dev.coffer.Usage;
import dev.coffer.config.LxcConfig;
import dev.coffer.model.ContainerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One container while it is listed: whatever is asked of it is found out once, and nothing before.
 */
final class Glance {
  private final Container container;
  private ContainerState state;
  private LxcConfig file;
  private Optional<Usage> usage;
  private List<Address> addresses;

  Glance(Container container) {
    this.container = container;
  }

  String name() {
    return container.name();
  }

  boolean isDefined() {
    return container.isDefined();
  }

  ContainerState state() {
    if (state == null) {
      state = container.state();
    }
    return state;
  }

  OptionalInt pid() {
    return container.initPid();
  }

  Optional<Usage> usage() {
    if (usage == null) {
      usage = container.usage();
    }
    return usage;
  }

  List<String> interfaces() {
    return container.interfaces();
  }

  List<String> addresses(boolean ipv6) {
    if (addresses == null) {
      addresses = container.addresses();
    }
    List<String> found = new ArrayList<>();
    for (Address address : addresses) {
      if (address.ipv6() == ipv6) {
        found.add(address.address());
      }
    }
    return found;
  }

  List<String> groups() {
    String lines = config("lxc.group");
    return lines.isEmpty() ? List.of() : List.of(lines.strip().split("\n"));
  }

  boolean autostart() {
    return config("lxc.start.auto").strip().equals("1");
  }

  boolean unprivileged() {
    return !config("lxc.idmap").isEmpty();
  }

  /** The running container's own value; of a stopped one, the file's, which is then read once. */
  private String config(String key) {
    if (state() != ContainerState.STOPPED) {
      return container.configItem(key).orElse("");
    }
    if (file == null) {
      file = container.config();
    }
    return file.get(key).orElse("");
  }
}
