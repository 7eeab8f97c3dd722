package dev.coffer.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.CofferException;
import dev.coffer.tools.Console.Seen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What all tools have in common: names, help, failures, logs. */
class FrameTest {
  private final Console console = new Console();

  @TempDir Path scratch;

  @Test
  void aNameIsNeeded() {
    assertEquals(
        Seen.failing("lxc-start: No container name specified\n"), console.run("lxc-start"));
    assertEquals(
        Seen.failing(
            """
            coffer stop: No container name specified
              usage: coffer stop NAME [OPTION…]
            """),
        console.run("coffer", "stop"));
  }

  @Test
  void oneDirectoryOfContainersIsEnough() {
    assertEquals(
        Seen.failing("This command only accepts 1 -P,--lxcpath arguments\n"),
        console.run("lxc-info", "-P", "/a", "--lxcpath=/b", "x"));
  }

  @Test
  void theVersionIsLxcsForItsToolsAndCoffersForCoffer() {
    assertEquals(Seen.printing("5.0.2\n"), console.run("lxc-ls", "--vers"));
    assertEquals(Seen.printing("5.0.2\n"), console.run("lxc-start", "c1", "ls", "--version"));
    assertEquals(Seen.printing("0.1.0\n"), console.run("coffer", "--version"));
    assertEquals(Seen.printing("0.1.0\n"), console.run("coffer", "start", "--version"));
  }

  @Test
  void helpOfLxcsToolsGoesToStandardErrorWithCodeZeroAndAfterAMistakeWithOne() {
    Seen help = console.run("lxc-freeze", "--help");
    assertEquals(
        new Seen(
            0,
            "",
            """
            Usage: lxc-freeze --name=NAME

            lxc-freeze: freezes all processes of a container

            Options :
              -n, --name=NAME  Name of the container.

            Common options :
              -?, --help               Show this help.
                  --usage              Show all options in a few lines.
                  --version            Show the version.
              -q, --quiet              Print no messages.
              -o, --logfile=FILE       Write log lines to FILE; "none" for nowhere.
              -l, --logpriority=LEVEL  Least important level to log: TRACE, DEBUG, INFO,
                                       NOTICE, WARN, ERROR (as without this option), CRIT,
                                       ALERT or FATAL.
              -P, --lxcpath=PATH       Directory that holds the containers.
                  --rcfile=FILE        Read the configuration from FILE.

            Mandatory or optional arguments to long options are also mandatory or optional
            for any corresponding short options.

            See the lxc-freeze man page for further information.

            """),
        help);
    assertEquals(help, console.run("lxc-freeze", "-h"));
    assertEquals(new Seen(1, "", help.err()), console.run("lxc-freeze", "-?"));
    assertEquals(
        Seen.failing("lxc-freeze: unrecognized option '--x'\n" + help.err()),
        console.run("lxc-freeze", "--x"));
  }

  @Test
  void usageIsMadeAsLxcMakesIt() {
    assertEquals(
        new Seen(
            0,
            "",
            "Usage: lxc-stop [-r|--reboot] [-W|--nowait] [-t|--timeout=TIMEOUT] [-k|--kill] \n"
                + "\t[--nokill] [--nolock] [-n|--name=NAME] [-h|--help] \n"
                + "\t[-?|--help] [--usage] [--version] [-q|--quiet] \n"
                + "\t[-o|--logfile=LOGFILE] [-l|--logpriority=LOGPRIORITY] [-P|--lxcpath=LXCPATH]"
                + " [--rcfile=RCFILE] \n\t\n"),
        console.run("lxc-stop", "--usage"));
  }

  @Test
  void helpOfCofferIsForNewcomersAndGoesToStandardOutput() {
    Seen help = console.run("coffer", "help", "wait");
    assertEquals(
        Seen.printing(
            """
            coffer wait: wait for a container's state

            Usage: coffer wait NAME -s STATE [OPTION…]

            Returns as soon as the container is in one of the states.

            Exit code: 0 when it is, 1 when the time was over before.

            Examples:
              coffer wait web -s STOPPED -t 30
                  for half a minute at most

            Options:
              -n, --name=NAME    Name of the container.
              -s, --state=STATE  States to wait for, joined by |: STOPPED, STARTING,
                                 RUNNING, STOPPING, ABORTING, FREEZING, FROZEN, THAWED.
              -t, --timeout=TMO  Wait TMO seconds at most; 0 looks once.

            Common options:
              -?, --help               Show this help.
                  --usage              Show all options in a few lines.
                  --version            Show the version.
              -q, --quiet              Print no messages.
              -o, --logfile=FILE       Write log lines to FILE; "none" for nowhere.
              -l, --logpriority=LEVEL  Least important level to log: TRACE, DEBUG, INFO,
                                       NOTICE, WARN, ERROR (as without this option), CRIT,
                                       ALERT or FATAL.
              -P, --lxcpath=PATH       Directory that holds the containers.
                  --rcfile=FILE        Read the configuration from FILE.
            """),
        help);
    assertEquals(help, console.run("coffer", "wait", "--help"));
  }

  @Test
  void cofferAloneListsItsCommands() {
    Seen overview = console.run("coffer");
    assertEquals(
        Seen.printing(
            """
            Coffer runs Linux containers.

            Usage: coffer COMMAND [ARGUMENT…]

            The life of a container
              create      make a container
              start       start a container
              stop        stop a container
              copy        copy a container, or run a throw-away copy
              rename      give a container another name
              snapshot    keep the present state of a container, or return to one
              destroy     delete a container with all its files

            Inside a container
              shell       open a shell in a running container
              exec        run a command in a running container
              console     use a terminal of a running container
              run         run one command in a throw-away copy of a container
              execute     start a container for one command
              freeze      freeze all processes of a container
              unfreeze    let a frozen container go on

            Looking
              list        list containers
              info        show what is known about a container
              logs        print what a container's console printed last
              events      print what happens to containers, as JSON lines
              top         show what running containers use, as it goes on
              metrics     print what containers use, for Prometheus
              explain     print what a start would do, step by step, and why
              wait        wait for a container's state

            This installation
              autostart   start or stop the containers that run with the host
              config      show settings of the whole installation
              convert     write a configuration of LXC 1 or 2 with today's names
              doctor      tell what this machine offers and what is missing
              network     look after the bridges that containers are attached to
              image       look after the images that containers are made from
              engine      look after the engine, the process that answers these commands
              broker      join ordinary users' containers to bridges, as a service
              help        explain a command
              version     tell the version

            To begin
              coffer create web       make a container
              coffer start web        start it
              coffer shell web        go in
              coffer stop web         stop it

            'coffer help COMMAND' explains one of them. The tools of LXC are here too, under
            their own names: lxc-create, lxc-start, lxc-ls and so on.
            """),
        overview);
    assertEquals(overview, console.run("coffer", "--help"));
    assertEquals(overview, console.run("coffer", "help"));
  }

  @Test
  void aMistypedCommandOrOptionIsGuessed() {
    assertEquals(
        Seen.failing(
            """
            coffer: unknown command 'strat'
              did you mean 'start'?
              'coffer help' lists the commands
            """),
        console.run("coffer", "strat", "web"));
    assertEquals(
        Seen.failing(
            """
            coffer start: unrecognized option '--foregound=yes'
              did you mean '--foreground'?
              'coffer start --help' lists the options
            """),
        console.run("coffer", "start", "--foregound=yes", "web"));
    assertEquals(
        Seen.failing("coffer: unknown command 'xyzzy'\n  'coffer help' lists the commands\n"),
        console.run("coffer", "help", "xyzzy"));
  }

  @Test
  void aNameWithoutAToolIsRefused() {
    assertEquals(
        new Seen(127, "", "lxc-xyz: Coffer has no tool of this name\n"), console.run("lxc-xyz"));
  }

  @Test
  void aMistakeOfOursIsOneLineAndAWayToReportIt() {
    console.openFailure = new IllegalStateException("what");
    Seen seen = console.run("lxc-start", "c1");
    List<String> lines = seen.err().lines().toList();
    assertEquals(1, seen.code());
    assertEquals(
        "lxc-start: c1: internal error: java.lang.IllegalStateException: what", lines.getFirst());
    assertTrue(lines.get(1).startsWith("  at    dev.coffer"), lines.get(1));
    assertEquals(
        "  hint  this is a mistake in Coffer; run it again with COFFER_DEBUG=1 and report that",
        lines.get(2));
    assertEquals(3, lines.size());
    console.environment.put("COFFER_DEBUG", "1");
    assertTrue(console.run("lxc-start", "c1").err().contains("\tat dev.coffer.tools"));
  }

  @Test
  void theLogFileGetsLxcsLinesAboveTheLevelAsked() throws IOException {
    FakeContainer c1 = console.container("c1");
    c1.failure = new CofferException("it broke", List.of("hint  mend it"));
    Path log = scratch.resolve("new/log");
    assertEquals(
        Seen.failing("lxc-stop: c1: it broke\n  hint  mend it\n"),
        runStop(c1, "-o", log.toString(), "c1"));
    assertEquals(
        "lxc-stop c1 TIME ERROR    lxc_stop - coffer:run:0 - it broke\n"
            + "lxc-stop c1 TIME ERROR    lxc_stop - coffer:run:0 - hint  mend it\n",
        Files.readString(log).replaceAll(" \\d{14}\\.\\d{3} ", " TIME "));
    assertEquals(PosixFilePermissions.fromString("rw-r-----"), Files.getPosixFilePermissions(log));
    assertEquals(new Seen(1, "", ""), runStop(c1, "-o", log.toString(), "-l", "FATAL", "c1"));
    assertEquals(2, Files.readAllLines(log).size());
  }

  @Test
  void aLevelAloneLogsBesideTheContainerWhereThereIsOne() throws IOException {
    Path lxcPath = Files.createDirectories(scratch.resolve("lxc"));
    Files.createDirectories(lxcPath.resolve("there"));
    console.run("lxc-info", "-l", "ERROR", "-P", lxcPath.toString(), "there", "-c");
    console.run("lxc-stop", "-l", "DEBUG", "-P", lxcPath.toString(), "there");
    console.run("lxc-stop", "-l", "DEBUG", "-P", lxcPath.toString(), "typo");
    console.run("lxc-destroy", "-l", "DEBUG", "-P", lxcPath.toString(), "there");
    assertEquals(1, Files.readAllLines(lxcPath.resolve("there/there.log")).size());
    assertEquals(false, Files.exists(lxcPath.resolve("typo")));
  }

  private Seen runStop(FakeContainer container, String... arguments) {
    container.running(1);
    return console.run("lxc-stop", arguments);
  }

  @Test
  void aLogFileThatCannotBeWrittenIsToldAndDoesNotStopTheTool() {
    console.container("c1").running(1);
    Seen seen = console.run("lxc-start", "-o", "/proc/no/log", "c1");
    assertEquals(0, seen.code());
    assertTrue(
        seen.err().startsWith("lxc-start: c1: cannot write the log file \"/proc/no/log\"\n  why  "),
        seen.err());
    assertTrue(seen.err().endsWith("lxc-start: c1: Container is already running\n"), seen.err());
  }

  @Test
  void theEngineTellsHowItIs() {
    assertEquals(
        Seen.printing(
            """
            PID:         4711
            Uptime:      1 h 2 min
            Build:       0.1.0-abc
            Requests:    12
            Memory:      50.00 MiB
            Containers:  3
            Socket:      /run/coffer/engine
            """),
        console.run("coffer", "engine", "status"));
    assertEquals(
        Seen.printing(
            """
            {
              "pid": 4711,
              "uptime_seconds": 3725,
              "build": "0.1.0-abc",
              "requests_served": 12,
              "memory_bytes": 52428800,
              "containers": 3,
              "socket": "/run/coffer/engine"
            }
            """),
        console.run("coffer", "engine", "status", "--format=json"));
    assertEquals(List.of(), console.engineCalls);
  }

  @Test
  void theEngineIsStopped() {
    assertEquals(Seen.printing(""), console.run("coffer", "engine", "stop"));
    assertEquals(List.of("stop"), console.engineCalls);
    console.otherCalls.add(new EngineCall(17, List.of("lxc-start", "-n", "web", "-F")));
    assertEquals(
        Seen.printing(
            """
            The engine ends when these commands have ended:
              17  lxc-start -n web -F
            """),
        console.run("coffer", "engine", "stop"));
    assertEquals(
        Seen.failing("coffer engine: unknown command 'dance'; use status or stop\n"),
        console.run("coffer", "engine", "dance"));
  }
}
