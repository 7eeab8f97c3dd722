package dev.coffer.tools.command;

import dev.coffer.autostart.Autostart;
import dev.coffer.autostart.Autostart.Action;
import dev.coffer.autostart.Candidate;
import dev.coffer.autostart.Selection;
import dev.coffer.model.CofferException;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import dev.coffer.tools.text.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** lxc-autostart: starts, restarts or stops the containers that are to run with the host. */
public final class AutostartTool implements Tool {
  private static final int SOME_FAILED = 2;
  private static final int DEFAULT_TIMEOUT = 60;

  private static final Option KILL = Option.flag('k', "kill", "Kill them instead.");
  private static final Option LIST =
      Option.flag('L', "list", "Only print their names, and the delays that would be waited.");
  private static final Option REBOOT = Option.flag('r', "reboot", "Restart them instead.");
  private static final Option SHUTDOWN = Option.flag('s', "shutdown", "Shut them down instead.");
  private static final Option ALL =
      Option.flag('a', "all", "Whatever groups they are in, or none.");
  private static final Option IGNORE_AUTO =
      Option.flag('A', "ignore-auto", "Those without lxc.start.auto too.");
  private static final Option GROUPS =
      Option.value(
          'g',
          "groups",
          "GROUPS",
          "Those in one of these groups, joined by commas, one group after the other; an empty name"
              + " stands for containers in no group, which is what is done without this option.");
  private static final Option TIMEOUT =
      Option.value(
          't', "timeout", "T", "Kill what has not shut down after T seconds (default 60).");
  private static final Option PARALLEL =
      Option.optional(
              (char) 0,
              "parallel",
              "N",
              "Up to N at the same time (default 16), as far as their order and coffer.start.needs"
                  + " allow.")
          .ours();

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-autostart",
          "[OPTION...]",
          "starts the containers that are to run with the host",
          "Starts the containers that have lxc.start.auto = 1: those of lower lxc.start.order first,"
              + " equal ones by name, waiting lxc.start.delay seconds after each. To stop them goes"
              + " the other way round. What a container names in coffer.start.needs is started"
              + " before it, chosen or not; coffer.start.ready says when a container is of use, and"
              + " is waited for.\n\n"
              + "--format json, with -L, prints an array of objects with the members name and"
              + " delay_seconds.\n\n"
              + "Exit code: 0 all went well, 1 none did or, of lxc-autostart, there are no containers, 2 some"
              + " failed.",
          OptionTable.of(
              KILL,
              LIST,
              REBOOT,
              SHUTDOWN,
              ALL,
              IGNORE_AUTO,
              GROUPS,
              TIMEOUT,
              PARALLEL,
              OutputFormat.OPTION),
          List.of());

  private static final int DEFAULT_AT_ONCE = 16;

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
    Action action = action(session);
    Selection selection =
        new Selection(session.has(IGNORE_AUTO), session.has(ALL), groups(session));
    int timeout =
        session.value(TIMEOUT).map(text -> Numbers.natural("-t", text)).orElse(DEFAULT_TIMEOUT);
    int atOnce = atOnce(session);
    Autostart autostart = new Autostart(session.coffer(), session.lxcPath(), selection, action);
    if (session.has(LIST)) {
      if (OutputFormat.of(session) == OutputFormat.JSON) {
        session.out().print(json(autostart.affected()));
      } else {
        autostart.affected().forEach(candidate -> print(session, candidate, action));
      }
      return autostart.defined() == 0 ? nothingThere(session) : Runner.OK;
    }
    session.flush();
    int failed =
        autostart.run(
            Duration.ofSeconds(timeout),
            atOnce,
            (name, failure) -> tell(session, action, name, failure));
    if (autostart.defined() == 0) {
      return nothingThere(session);
    }
    if (failed == autostart.defined()) {
      return Runner.FAILED;
    }
    return failed > 0 ? SOME_FAILED : Runner.OK;
  }

  /** A service on a host without containers has not failed; lxc-autostart(1) says that it has. */
  private static int nothingThere(Session session) {
    return session.face() == Face.LXC ? Runner.FAILED : Runner.OK;
  }

  private static Action action(Session session) {
    List<Option> given = List.of(KILL, REBOOT, SHUTDOWN).stream().filter(session::has).toList();
    if (given.size() > 1) {
      throw new BadArgument("--kill, --reboot and --shutdown cannot be given together");
    }
    if (given.isEmpty()) {
      return Action.START;
    }
    Option option = given.getFirst();
    return option == KILL ? Action.KILL : option == REBOOT ? Action.REBOOT : Action.SHUTDOWN;
  }

  private static List<String> groups(Session session) {
    List<String> groups = new ArrayList<>();
    for (String value : session.arguments().values(GROUPS)) {
      groups.addAll(List.of(value.split(",", -1)));
    }
    return groups.isEmpty() ? List.of("") : groups;
  }

  private static int atOnce(Session session) {
    if (!session.has(PARALLEL)) {
      return 1;
    }
    int atOnce =
        session
            .value(PARALLEL)
            .map(text -> Numbers.natural("--parallel", text))
            .orElse(DEFAULT_AT_ONCE);
    if (atOnce == 0) {
      throw new BadArgument("--parallel=0: at least one has to be started at a time");
    }
    return atOnce;
  }

  private static String json(List<Candidate> candidates) {
    Json json = new Json().array();
    for (Candidate candidate : candidates) {
      json.object().member("name", candidate.name());
      json.member("delay_seconds", candidate.delay().toSeconds()).endObject();
    }
    return json.endArray().text();
  }

  private static void print(Session session, Candidate candidate, Action action) {
    boolean delays = action == Action.START || action == Action.REBOOT;
    session.out().println(candidate.name() + (delays ? " " + candidate.delay().toSeconds() : ""));
  }

  private static synchronized void tell(
      Session session, Action action, String name, CofferException failure) {
    String doing =
        switch (action) {
          case START -> "starting";
          case REBOOT -> "rebooting";
          case SHUTDOWN -> "shutting down";
          case KILL -> "killing";
        };
    session.log().error("Error " + doing + " container: " + name);
    session.log().error(name + ": " + failure.getMessage(), failure.details());
  }
}
