package dev.coffer.tools.command;

import dev.coffer.Address;
import dev.coffer.Container;
import dev.coffer.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** The columns of lxc-ls: how each is asked for, and nothing else asked of the container. */
enum Column {
  NAME,
  STATE,
  PID,
  RAM,
  SWAP,
  AUTOSTART,
  GROUPS,
  INTERFACE,
  IPV4,
  IPV6,
  UNPRIVILEGED;

  private static final String NOTHING = "-";
  private static final long BYTES_PER_MEGABYTE = 1L << 20;

  static final List<Column> DEFAULT =
      List.of(NAME, STATE, AUTOSTART, GROUPS, IPV4, IPV6, UNPRIVILEGED);

  static Optional<Column> parse(String name) {
    String wanted = name.toUpperCase(Locale.ROOT);
    for (Column column : values()) {
      if (column.name().equals(wanted)) {
        return Optional.of(column);
      }
    }
    return Optional.empty();
  }

  /** Whether its values stand at the right edge. */
  boolean isAmount() {
    return this == RAM || this == SWAP;
  }

  /** Room that a column takes at least; the two amounts need that of {@code 0.00MB}. */
  int leastWidth() {
    return isAmount() ? "0.00MB".length() : name().length();
  }

  String text(Container container) {
    return switch (this) {
      case NAME -> container.name();
      case STATE -> container.state().name();
      case PID -> pid(container);
      case RAM -> megabytes(container.usage().map(Usage::memoryBytes));
      case SWAP -> wholeMegabytes(container.usage().map(Usage::swapBytes));
      case AUTOSTART -> autostart(container) ? "1" : "0";
      case GROUPS -> joined(groups(container));
      case INTERFACE -> joined(container.interfaces());
      case IPV4 -> joined(addresses(container, false));
      case IPV6 -> joined(addresses(container, true));
      case UNPRIVILEGED -> Boolean.toString(unprivileged(container));
    };
  }

  static List<String> groups(Container container) {
    String lines = container.configItem("lxc.group").orElse("");
    return lines.isEmpty() ? List.of() : List.of(lines.strip().split("\n"));
  }

  static boolean autostart(Container container) {
    return container.configItem("lxc.start.auto").orElse("").strip().equals("1");
  }

  static boolean unprivileged(Container container) {
    return !container.configItem("lxc.idmap").orElse("").isEmpty();
  }

  static List<String> addresses(Container container, boolean ipv6) {
    List<String> addresses = new ArrayList<>();
    for (Address address : container.addresses()) {
      if (address.ipv6() == ipv6) {
        addresses.add(address.address());
      }
    }
    return addresses;
  }

  private static String pid(Container container) {
    var pid = container.initPid();
    return pid.isPresent() ? Integer.toString(pid.getAsInt()) : NOTHING;
  }

  private static String joined(List<String> values) {
    return values.isEmpty() ? NOTHING : String.join(", ", values);
  }

  private static String megabytes(Optional<OptionalLong> bytes) {
    if (bytes.isEmpty()) {
      return NOTHING;
    }
    long hundredths = (bytes.get().orElse(0) * 100 + BYTES_PER_MEGABYTE / 2) / BYTES_PER_MEGABYTE;
    long rest = hundredths % 100;
    return hundredths / 100 + (rest < 10 ? ".0" : ".") + rest + "MB";
  }

  /** LXC cuts swap down to whole megabytes and prints two zeros behind them. */
  private static String wholeMegabytes(Optional<OptionalLong> bytes) {
    return bytes.isEmpty() ? NOTHING : bytes.get().orElse(0) / BYTES_PER_MEGABYTE + ".00MB";
  }
}
