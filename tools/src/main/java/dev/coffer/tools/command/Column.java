package dev.coffer.tools.command;

import dev.coffer.Usage;
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

  String text(Glance container) {
    return switch (this) {
      case NAME -> container.name();
      case STATE -> container.state().name();
      case PID -> pid(container);
      case RAM -> megabytes(container.usage().map(Usage::memoryBytes));
      case SWAP -> wholeMegabytes(container.usage().map(Usage::swapBytes));
      case AUTOSTART -> container.autostart() ? "1" : "0";
      case GROUPS -> joined(container.groups());
      case INTERFACE -> joined(container.interfaces());
      case IPV4 -> joined(container.addresses(false));
      case IPV6 -> joined(container.addresses(true));
      case UNPRIVILEGED -> Boolean.toString(container.unprivileged());
    };
  }

  private static String pid(Glance container) {
    var pid = container.pid();
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
