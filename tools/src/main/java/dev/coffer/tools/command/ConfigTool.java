package dev.coffer.tools.command;

import dev.coffer.config.SystemConfig;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import dev.coffer.tools.text.Json;
import java.util.List;
import java.util.Optional;

/** lxc-config: settings of the whole installation, lxc.system.conf(5). */
public final class ConfigTool implements Tool {
  private static final Option LIST = Option.flag('l', "list", "List the items there are.");

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-config",
          "-l | ITEM",
          "shows settings of the whole installation",
          "ITEM may be shortened; the first item that begins with it is shown.\n\n"
              + "--format json prints an object with a member for each item, null where it is not set;"
              + " with ITEM, for those that begin with it.",
          OptionTable.bare(LIST, OutputFormat.OPTION),
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
    if (OutputFormat.of(session) == OutputFormat.JSON) {
      session.out().print(json(session));
      return Runner.OK;
    }
    if (session.has(LIST)) {
      session.out().println(String.join("\n", session.coffer().systemConfig().items()));
      return Runner.OK;
    }
    if (session.operands().isEmpty() || session.operands().getFirst().isEmpty()) {
      session.out().print(session.face() == Face.COFFER ? all(session) : usage());
      return Runner.OK;
    }
    return show(session, session.operands().getFirst());
  }

  /** As LXC has it, all of this is output, and only an unknown item is a failure. */
  private static int show(Session session, String wanted) {
    SystemConfig config = session.coffer().systemConfig();
    for (String item : config.items()) {
      if (item.startsWith(wanted)) {
        Optional<String> value = config.get(item);
        session.out().println(value.orElse(wanted + " is not set."));
        return Runner.OK;
      }
    }
    session.out().println("Unknown configuration item: " + wanted);
    return Runner.FAILED;
  }

  private static String json(Session session) {
    SystemConfig config = session.coffer().systemConfig();
    String wanted = session.operands().isEmpty() ? "" : session.operands().getFirst();
    Json json = new Json().object();
    config.items().stream()
        .filter(item -> item.startsWith(wanted))
        .forEach(item -> json.member(item, config.get(item)));
    return json.endObject().text();
  }

  private static String all(Session session) {
    SystemConfig config = session.coffer().systemConfig();
    StringBuilder out = new StringBuilder();
    for (String item : config.items()) {
      out.append(item).append(" = ").append(config.get(item).orElse("")).append('\n');
    }
    return out.toString();
  }

  private static String usage() {
    return """
    Usage: lxc-config -l: list all available configuration items
           lxc-config item: print configuration item
    """;
  }
}
