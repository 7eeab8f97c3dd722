package dev.coffer.tools.command;

import dev.coffer.AttachOptions;
import dev.coffer.ConsoleOptions;
import dev.coffer.Container;
import dev.coffer.CopyOptions;
import dev.coffer.DestroyOptions;
import dev.coffer.StartOptions;
import dev.coffer.StopOptions;
import dev.coffer.model.ContainerState;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** lxc-start-ephemeral of LXC 1, by the means of lxc-copy -e. */
public final class StartEphemeralTool implements Tool {
  private static final int ESCAPE = 1; // Ctrl+a
  private static final StopOptions END =
      new StopOptions(StopOptions.Action.SHUTDOWN, Duration.ofSeconds(5), true, true);

  private static final Option ORIGINAL = Option.value('o', "orig", "NAME", "Name of the original.");
  private static final Option NAME = Option.value('n', "name", "NAME", "Name of the copy.");
  private static final Option LXC_PATH =
      Option.value('P', "lxcpath", "PATH", "Directory that holds the containers.");
  private static final Option BIND =
      Option.value('b', "bdir", "DIR", "Show a directory of the host in it.");
  private static final Option COPY_ON_WRITE =
      Option.value('c', "cdir", "DIR", "The same, but what it changes there is not kept.");
  private static final Option USER =
      Option.value('u', "user", "USER", "Whom the command is run as inside.");
  private static final Option KEY =
      Option.value('S', "key", "FILE", "Accepted; commands are run without SSH.");
  private static final Option DAEMON =
      Option.flag('d', "daemon", "Return when it runs, and leave it running.");
  private static final Option STORAGE =
      Option.value('s', "storage-type", "TYPE", "Where changes go: tmpfs (default) or dir.");
  private static final Option UNION =
      Option.value('U', "union-type", "TYPE", "Accepted; it is always overlay.");
  private static final Option KEEP =
      Option.flag('k', "keep-data", "Keep the copy with its changes when it ends.");

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-start-ephemeral",
          "-o ORIG [OPTION...] [COMMAND...]",
          "starts a throw-away copy of a container",
          "Starts a copy that is deleted when it ends; lxc-copy -e is its successor. Runs COMMAND in it and ends it, or connects"
              + " this terminal with its console, or leaves it running (-d).",
          OptionTable.bare(
              ORIGINAL,
              NAME,
              LXC_PATH,
              BIND,
              COPY_ON_WRITE,
              USER,
              KEY,
              DAEMON,
              STORAGE,
              UNION,
              KEEP),
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
  public boolean runsCommand() {
    return true;
  }

  @Override
  public int run(Session session) {
    String from =
        session.value(ORIGINAL).orElseThrow(() -> new BadArgument("no original; give one with -o"));
    Path lxcPath = session.path(LXC_PATH).orElseGet(() -> session.coffer().lxcPath());
    Container original = session.coffer().container(from, lxcPath);
    if (!original.isDefined()) {
      session.log().error("The source container '" + from + "' doesn't exist.");
      return Runner.FAILED;
    }
    String name = session.value(NAME).orElseGet(() -> CopyTool.freeName(from));
    original.copy(
        CopyOptions.of(name)
            .asSnapshot()
            .evenRunning()
            .withLines(lines(session, lxcPath.resolve(name))));
    session.flush();
    Container copy = session.coffer().container(name, lxcPath);
    try {
      copy.start(StartOptions.DETACHED);
    } catch (RuntimeException e) {
      if (!session.has(KEEP)) {
        copy.destroy(new DestroyOptions(true, false));
      }
      throw e;
    }
    return session.has(DAEMON) ? leave(session, name) : use(session, copy);
  }

  private static List<String> lines(Session session, Path directory) {
    List<String> lines = new ArrayList<>();
    boolean kept = session.has(KEEP);
    if (!kept) {
      lines.add("lxc.ephemeral = 1");
    }
    if (!kept && session.value(STORAGE).orElse("tmpfs").equals("tmpfs")) {
      lines.add("coffer.rootfs.volatile = 1");
    }
    for (String shown : session.arguments().values(BIND)) {
      lines.addAll(EphemeralMounts.lines("bind=" + shown, directory));
    }
    for (String shown : session.arguments().values(COPY_ON_WRITE)) {
      lines.addAll(EphemeralMounts.lines("overlay=" + shown, directory));
    }
    return lines;
  }

  private static int leave(Session session, String name) {
    session.out().println("The ephemeral container " + name + " runs now.");
    session.out().println("To enter it: lxc-attach -n " + name);
    session.out().println("To end it:   lxc-stop -n " + name);
    return Runner.OK;
  }

  private static int use(Session session, Container copy) {
    int status;
    try {
      status =
          session.operands().isEmpty()
              ? copy.console(new ConsoleOptions(1, ESCAPE, tty -> {}))
              : copy.attach(command(session));
    } finally {
      if (copy.state() != ContainerState.STOPPED) {
        copy.stop(END);
      }
      if (!session.has(KEEP)) {
        CopyTool.awaitGone(copy);
      }
    }
    return status;
  }

  /** Another user's command goes by su(1), which knows the user's ids, home and shell. */
  private static AttachOptions command(Session session) {
    Optional<String> user = session.value(USER);
    if (user.isEmpty()) {
      return AttachOptions.of(session.operands().toArray(String[]::new));
    }
    String line =
        String.join(
            " ",
            session.operands().stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .toList());
    return AttachOptions.of("su", "-", user.get(), "-c", line);
  }
}
