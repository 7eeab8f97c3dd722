package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.Usage;
import dev.coffer.tools.text.Json;
import java.util.List;
import java.util.OptionalLong;

/** The list of containers as JSON, a member per column. */
final class ContainerJson {
  private ContainerJson() {}

  static String write(List<Container> containers, List<Column> columns) {
    Json json = new Json().array();
    for (Container container : containers) {
      json.object();
      if (!columns.contains(Column.NAME)) {
        json.member("name", container.name());
      }
      for (Column column : columns) {
        member(json, container, column);
      }
      json.endObject();
    }
    return json.endArray().text();
  }

  private static void member(Json json, Container container, Column column) {
    OptionalLong none = OptionalLong.empty();
    switch (column) {
      case NAME -> json.member("name", container.name());
      case STATE -> json.member("state", container.state().name());
      case PID -> json.member("pid", container.initPid());
      case RAM -> json.member("ram_bytes", container.usage().map(Usage::memoryBytes).orElse(none));
      case SWAP -> json.member("swap_bytes", container.usage().map(Usage::swapBytes).orElse(none));
      case AUTOSTART -> json.member("autostart", Column.autostart(container));
      case GROUPS -> json.member("groups", Column.groups(container));
      case INTERFACE -> json.member("interfaces", container.interfaces());
      case IPV4 -> json.member("ipv4", Column.addresses(container, false));
      case IPV6 -> json.member("ipv6", Column.addresses(container, true));
      case UNPRIVILEGED -> json.member("unprivileged", Column.unprivileged(container));
    }
  }
}
