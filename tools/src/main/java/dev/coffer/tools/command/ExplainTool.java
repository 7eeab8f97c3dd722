package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.StartOptions;
import dev.coffer.config.LxcConfig;
import dev.coffer.config.LxcKeys;
import dev.coffer.model.plan.Plan;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code coffer explain}: what lxc-start would do, as a tree, or what it would do differently with
 * another configuration.
 */
public final class ExplainTool implements Tool {
  private static final String LXC = "lxc";

  private static final Option DIFF =
      Option.value(
              "diff",
              "CONFIG",
              "Only what would be different with the configuration file CONFIG; lxc stands for this"
                  + " configuration as LXC understands it, without the keys of Coffer.")
          .ours();

  @Override
  public CommandPage page() {
    CommandPage page = new StartTool().page();
    List<Option> own = new ArrayList<>(page.options().own());
    own.remove(StartArguments.EXPLAIN);
    own.add(DIFF);
    return new CommandPage(
        page.program(),
        page.arguments(),
        page.summary(),
        "Prints the plan of a start; nothing is done. Where the host, the keeper or the container's"
            + " first process acts, the lines that ask for it are named with the steps that follow"
            + " from them.",
        OptionTable.of(own.toArray(Option[]::new)),
        page.examples());
  }

  @Override
  public boolean runsCommand() {
    return true;
  }

  @Override
  public int run(Session session) {
    OutputFormat format = OutputFormat.of(session);
    Container container = session.container();
    StartOptions options = StartTool.read(session);
    Plan plan = container.plan(options);
    Optional<String> other = session.value(DIFF);
    if (other.isPresent()) {
      String with = other.get().equals(LXC) ? "LXC's meaning of its keys" : other.get();
      Plan changed = container.plan(changed(session, container, options, other.get()));
      PlanDiff diff = PlanDiff.of(plan.steps(), changed.steps());
      session
          .out()
          .print(
              format == OutputFormat.JSON
                  ? diff.json(container.name(), other.get())
                  : diff.text(with));
      return Runner.OK;
    }
    session
        .out()
        .print(format == OutputFormat.JSON ? PlanPrinter.json(container, plan) : PlanTree.of(plan));
    return Runner.OK;
  }

  private static StartOptions changed(
      Session session, Container container, StartOptions options, String with) {
    if (!with.equals(LXC)) {
      return options.withConfigFile(session.invocation().resolve(with));
    }
    Optional<Path> file = options.configFile();
    LxcConfig config =
        file.isPresent()
            ? LxcConfig.read(file.get(), session.invocation().environment())
            : container.config();
    List<String> overrides = new ArrayList<>(options.overrides());
    LxcKeys.table().stream()
        .map(row -> row.name())
        .filter(key -> key.startsWith("coffer.") && !config.get(key).orElse("").isEmpty())
        .forEach(key -> overrides.add(key + "="));
    return options.withOverrides(overrides);
  }
}
