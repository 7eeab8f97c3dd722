package dev.coffer.tools.command;

import dev.coffer.Usage;
import dev.coffer.tools.text.Json;
import java.util.List;
import java.util.OptionalLong;

/** The list of containers as JSON, a member per column. */
final class ContainerJson {
  private ContainerJson() {}

  static String write(List<Glance> containers, List<Column> columns) {
    Json json = new Json().array();
    for (Glance container : containers) {
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

  private static void member(Json json, Glance container, Column column) {
    OptionalLong none = OptionalLong.empty();
    switch (column) {
      case NAME -> json.member("name", container.name());
      case STATE -> json.member("state", container.state().name());
      case PID -> json.member("pid", container.pid());
      case RAM -> json.member("ram_bytes", container.usage().map(Usage::memoryBytes).orElse(none));
      case SWAP -> json.member("swap_bytes", container.usage().map(Usage::swapBytes).orElse(none));
      case AUTOSTART -> json.member("autostart", container.autostart());
      case GROUPS -> json.member("groups", container.groups());
      case INTERFACE -> json.member("interfaces", container.interfaces());
      case IPV4 -> json.member("ipv4", container.addresses(false));
      case IPV6 -> json.member("ipv6", container.addresses(true));
      case UNPRIVILEGED -> json.member("unprivileged", container.unprivileged());
    }
  }
}
