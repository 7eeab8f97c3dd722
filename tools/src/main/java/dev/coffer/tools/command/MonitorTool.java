package dev.coffer.tools.command;

import dev.coffer.ContainerEvent;
import dev.coffer.Events;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.CommonOptions;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import dev.coffer.tools.text.Json;
import dev.coffer.tools.text.PosixRegex;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** lxc-monitor, and {@code coffer events}: what happens to containers, as it happens. */
public final class MonitorTool implements Tool {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private static final Option QUIT =
      Option.flag('Q', "quit", "End lxc-monitord, which serves those who listen.");

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-monitor",
          "[--name=NAME]",
          "prints what happens to containers",
          "Prints every change of state, and how a container's first process has ended, until it is"
              + " interrupted. NAME is a regular expression (regex(7)) for the whole name. -P may be"
              + " given several times.",
          OptionTable.of(QUIT),
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
  public boolean takesManyPaths() {
    return true;
  }

  @Override
  public int run(Session session) {
    List<Path> paths =
        session.arguments().values(CommonOptions.LXC_PATH).stream()
            .map(session.invocation()::resolve)
            .toList();
    List<Path> watched = paths.isEmpty() ? List.of(session.coffer().lxcPath()) : paths;
    if (session.has(QUIT)) {
      watched.forEach(session.coffer()::endMonitord);
      return Runner.OK;
    }
    Predicate<String> wanted = wanted(session);
    List<Events> all = new ArrayList<>();
    try {
      watched.forEach(path -> all.add(session.coffer().events(path)));
      follow(session, all, wanted);
    } finally {
      all.forEach(Events::close);
    }
    return Runner.OK;
  }

  private static Predicate<String> wanted(Session session) {
    List<String> names = new ArrayList<>(session.operands());
    session.value(CommonOptions.NAME).ifPresent(names::addFirst);
    if (names.isEmpty()) {
      return name -> true;
    }
    String regex = names.getFirst();
    return PosixRegex.parse("^(" + regex + ")$")
        .orElseThrow(() -> new BadArgument("'" + regex + "' is no regular expression"));
  }

  /** The first directory is waited for, the others are looked at in between. */
  private static void follow(Session session, List<Events> all, Predicate<String> wanted) {
    Duration patience = all.size() == 1 ? LOOK_AGAIN : LOOK_AGAIN.dividedBy(10L * all.size());
    while (!Thread.currentThread().isInterrupted() && !session.out().isAbandoned()) {
      for (Events events : all) {
        events
            .next(patience)
            .filter(event -> wanted.test(event.name()))
            .ifPresent(event -> print(session, event));
      }
    }
  }

  private static void print(Session session, ContainerEvent event) {
    session.out().println(session.face() == Face.LXC ? text(event) : json(event));
    session.flush();
  }

  private static String text(ContainerEvent event) {
    return "'"
        + event.name()
        + switch (event) {
          case ContainerEvent.StateReached reached ->
              "' changed state to [" + reached.state() + "]";
          case ContainerEvent.InitEnded ended -> "' exited with status [" + ended.code() + "]";
        };
  }

  private static String json(ContainerEvent event) {
    Json json = Json.line().object();
    json.member("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    json.member("lxcpath", event.lxcPath().toString());
    json.member("name", event.name());
    switch (event) {
      case ContainerEvent.StateReached reached -> {
        json.member("event", "state");
        json.member("state", reached.state().name());
      }
      case ContainerEvent.InitEnded ended -> {
        json.member("event", "exit");
        json.member("code", ended.code());
        json.member("signal", ended.signal());
      }
    }
    return json.endObject().text().stripTrailing();
  }
}
