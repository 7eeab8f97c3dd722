package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.model.ContainerState;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import dev.coffer.tools.text.PosixRegex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * lxc-ls: the containers there are, as names or as a table. Asks a container for nothing that is
 * not filtered by or shown.
 */
public final class ListTool implements Tool {
  private static final Option LINE = Option.flag('1', "line", "One name per line.");
  private static final Option FANCY =
      Option.flag('f', "fancy", "A table with a line per container.");
  private static final Option FANCY_FORMAT =
      Option.value(
          'F',
          "fancy-format",
          "COLUMNS",
          "Columns of the table, joined by commas: NAME, STATE, PID, RAM, SWAP, AUTOSTART, GROUPS,"
              + " INTERFACE, IPV4, IPV6, UNPRIVILEGED.");
  private static final Option ACTIVE = Option.flag("active", "Only those that are not stopped.");
  private static final Option RUNNING = Option.flag("running", "Only running ones.");
  private static final Option FROZEN = Option.flag("frozen", "Only frozen ones.");
  private static final Option STOPPED = Option.flag("stopped", "Only stopped ones.");
  private static final Option DEFINED =
      Option.flag("defined", "Only those that have a configuration file.");
  private static final Option NESTING =
      Option.optional(
          (char) 0, "nesting", "NUM", "Containers inside containers too; not in effect yet.");
  private static final Option GROUPS =
      Option.value('g', "groups", "GROUPS", "Only those in all of these groups, joined by commas.");
  private static final Option FILTER =
      Option.value("filter", "REGEX", "Only those whose name matches this expression (regex(7)).");

  private static final Option FORMAT =
      Option.value("format", "FORMAT", "Output format: text (default), json, csv or yaml.").ours();

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-ls",
          "[OPTION...] [REGEX]",
          "lists containers",
          "Several filters must all hold.\n\n"
              + "--format json prints an array of objects, csv a line each below a heading, yaml a"
              + " sequence; each has name and, as far as -F asks for them, state, pid, ram_bytes, swap_bytes, autostart, groups, interfaces, ipv4, ipv6"
              + " and unprivileged; what is not known is null.",
          OptionTable.of(
              LINE,
              FANCY,
              FANCY_FORMAT,
              ACTIVE,
              RUNNING,
              FROZEN,
              STOPPED,
              DEFINED,
              NESTING,
              GROUPS,
              FILTER,
              FORMAT),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean wantsName() {
    return false;
  }

  @Override
  public int run(Session session) {
    Optional<Function<ContainerRecords, String>> format = format(session);
    if (session.has(NESTING)) {
      session.err().println(session.program() + ": --nesting is not in effect yet");
    }
    List<Container> found = session.coffer().containers(session.lxcPath());
    List<Glance> shown = filtered(session, found);
    if (format.isPresent()) {
      columns(session)
          .map(columns -> new ContainerRecords(shown, columns))
          .ifPresent(records -> session.out().print(format.get().apply(records)));
    } else if (shown.isEmpty()) {
      sayEmpty(session, found.isEmpty());
    } else if (fancy(session)) {
      columns(session).ifPresent(columns -> printTable(session, shown, columns));
    } else {
      printNames(session, shown);
    }
    return Runner.OK;
  }

  /** Empty for text. */
  private static Optional<Function<ContainerRecords, String>> format(Session session) {
    String given = session.value(FORMAT).orElse("text");
    return switch (given) {
      case "text", "table" -> Optional.empty();
      case "json" -> Optional.of(ContainerRecords::json);
      case "csv" -> Optional.of(ContainerRecords::csv);
      case "yaml" -> Optional.of(ContainerRecords::yaml);
      default -> throw new BadArgument("--format " + given + ": must be text, json, csv or yaml");
    };
  }

  /** {@code coffer list} shows the table unless names are asked for. */
  private static boolean fancy(Session session) {
    return session.has(FANCY) || session.face() == Face.COFFER && !session.has(LINE);
  }

  private static void sayEmpty(Session session, boolean none) {
    if (session.face() == Face.COFFER && none && session.invocation().stdoutIsTerminal()) {
      session.err().println("no containers yet; \"coffer create NAME\" makes one");
    }
  }

  /** Empty where a name is none; that has been said then. */
  private static Optional<List<Column>> columns(Session session) {
    Optional<String> given = session.value(FANCY_FORMAT);
    if (given.isEmpty()) {
      return Optional.of(Column.DEFAULT);
    }
    List<Column> columns = new ArrayList<>();
    for (String name : given.get().split(",")) {
      String key = name.strip();
      Optional<Column> column = Column.parse(key);
      if (column.isPresent()) {
        columns.add(column.get());
      } else if (!key.isEmpty()) {
        session.err().println("Invalid key: " + key);
        return Optional.empty();
      }
    }
    return Optional.of(columns);
  }

  private static List<Glance> filtered(Session session, List<Container> found) {
    List<Predicate<Glance>> filters = filters(session);
    List<Glance> shown = new ArrayList<>(found.size());
    for (Container container : found) {
      Glance glance = new Glance(container);
      if (passes(glance, filters)) {
        shown.add(glance);
      }
    }
    return shown;
  }

  private static boolean passes(Glance container, List<Predicate<Glance>> filters) {
    for (Predicate<Glance> filter : filters) {
      if (!filter.test(container)) {
        return false;
      }
    }
    return true;
  }

  /** Cheapest first. An expression that cannot be read matches nothing, as with LXC. */
  private static List<Predicate<Glance>> filters(Session session) {
    List<Predicate<Glance>> filters = new ArrayList<>();
    Optional<String> regex = session.value(FILTER);
    if (regex.isEmpty() && session.operands().size() == 1) {
      regex = Optional.of(session.operands().getFirst());
    }
    if (regex.isPresent()) {
      Optional<Predicate<String>> matches = PosixRegex.parse(regex.get());
      filters.add(c -> matches.isPresent() && matches.get().test(c.name()));
    }
    if (session.has(DEFINED)) {
      filters.add(Glance::isDefined);
    }
    addStateFilters(session, filters);
    if (session.has(GROUPS)) {
      List<String> wanted = groups(session.value(GROUPS).orElseThrow());
      filters.add(c -> c.groups().containsAll(wanted));
    }
    return filters;
  }

  private static void addStateFilters(Session session, List<Predicate<Glance>> filters) {
    boolean active = session.has(ACTIVE);
    if (active || session.has(RUNNING)) {
      filters.add(c -> c.state() != ContainerState.STOPPED);
    }
    if (session.has(FROZEN)) {
      filters.add(
          c -> active ? c.state() != ContainerState.STOPPED : c.state() == ContainerState.FROZEN);
    }
    if (session.has(STOPPED)) {
      filters.add(c -> c.state() == ContainerState.STOPPED);
    }
  }

  private static List<String> groups(String given) {
    List<String> groups = new ArrayList<>();
    for (String group : given.split(",")) {
      if (!group.isBlank()) {
        groups.add(group.strip());
      }
    }
    return groups;
  }

  private static void printTable(Session session, List<Glance> shown, List<Column> columns) {
    Table table = new Table(columns, session.paint());
    for (Glance container : shown) {
      table.add(container);
    }
    session.out().print(table.toString());
  }

  /**
   * One name per line; or as many as fit the terminal, each padded to the longest. LXC pads even
   * where it prints one per line for want of a terminal.
   */
  private static void printNames(Session session, List<Glance> shown) {
    boolean lines = session.has(LINE);
    int columns = session.invocation().columns();
    int width = Column.NAME.leastWidth();
    for (Glance container : shown) {
      width = Math.max(width, container.name().length());
    }
    StringBuilder out = new StringBuilder(shown.size() * (width + 1));
    int length = 0;
    for (Glance container : shown) {
      String name = container.name();
      out.append(name);
      if (!lines) {
        out.repeat(' ', width - name.length());
        length += width;
      }
      boolean full = lines || length + width >= columns;
      out.append(full ? '\n' : ' ');
      length = full ? 0 : length + 1;
    }
    session.out().print(length > 0 ? out.append('\n').toString() : out.toString());
  }
}
