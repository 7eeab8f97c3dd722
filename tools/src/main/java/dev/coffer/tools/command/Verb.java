package dev.coffer.tools.command;

import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.CommandPage.Example;
import java.util.List;
import java.util.Optional;

/** The verbs of {@code coffer}, in the order and the groups of its help. */
public enum Verb {
  CREATE(
      Group.LIFE,
      "create",
      "NAME [OPTION…] [-- TEMPLATE-OPTION…]",
      "make a container",
      List.of(
          new Example("coffer create web", "makes a small container from the built-in image"),
          new Example(
              "coffer create deb -t download -- -d debian -r bookworm -a amd64",
              "makes one from an image of images.linuxcontainers.org"))),
  START(
      Group.LIFE,
      "start",
      "NAME [OPTION…] [-- COMMAND…]",
      "start a container",
      List.of(
          new Example("coffer start web", "starts it and returns when it runs"),
          new Example("coffer start web -F", "stays with it, on this terminal"),
          new Example(
              "coffer start web -s lxc.uts.name=test", "with one setting changed this time"))),
  STOP(
      Group.LIFE,
      "stop",
      "NAME [OPTION…]",
      "stop a container",
      List.of(
          new Example("coffer stop web", "asks it to shut down; kills it after 60 seconds"),
          new Example("coffer stop web -r", "restarts it"),
          new Example("coffer stop web -k", "kills it at once"))),
  COPY(
      Group.LIFE,
      "copy",
      "NAME NEWNAME [OPTION…]",
      "copy a container, or run a throw-away copy",
      List.of(
          new Example("coffer copy web web2", "a full copy"),
          new Example("coffer copy web web2 -s", "one that keeps only its changes"),
          new Example("coffer copy web -e", "started at once, deleted when it ends"),
          new Example("coffer copy web -e -t -- apt update", "for one command, in memory"))),
  RENAME(
      Group.LIFE,
      "rename",
      "NAME NEWNAME",
      "give a container another name",
      List.of(new Example("coffer rename web shop", "while it is stopped"))),
  SNAPSHOT(
      Group.LIFE,
      "snapshot",
      "NAME [OPTION…]",
      "keep the present state of a container, or return to one",
      List.of(
          new Example("coffer snapshot web", "prints the name of the new snapshot"),
          new Example("coffer snapshot web -L", "lists them"),
          new Example("coffer snapshot web -r snap0", "makes it as it was"),
          new Example("coffer snapshot web -r snap0 -N old", "as a container of its own"))),
  DESTROY(
      Group.LIFE,
      "destroy",
      "NAME [-f]",
      "delete a container with all its files",
      List.of(
          new Example("coffer destroy web", "deletes it when it is stopped"),
          new Example("coffer destroy web -f", "stops it first"))),
  SHELL(
      Group.INSIDE,
      "shell",
      "NAME [OPTION…]",
      "open a shell in a running container",
      List.of(new Example("coffer shell web", "the login shell of root inside"))),
  EXEC(
      Group.INSIDE,
      "exec",
      "NAME [OPTION…] COMMAND…",
      "run a command in a running container",
      List.of(
          new Example("coffer exec web ps -ef", "prints the processes inside"),
          new Example("coffer exec web -u 1000 id", "as another user; options stand before it"))),
  CONSOLE(
      Group.INSIDE,
      "console",
      "NAME [OPTION…]",
      "use a terminal of a running container",
      List.of(
          new Example("coffer console web", "a login on the first terminal that is free"),
          new Example("coffer console web -t 0", "on the console; Ctrl+a q leaves"))),
  RUN(
      Group.INSIDE,
      "run",
      "NAME [OPTION…] [COMMAND…]",
      "run one command in a throw-away copy of a container",
      List.of(
          new Example("coffer run web ls -l /", "nothing it changes stays"),
          new Example("coffer run web", "a shell"),
          new Example("coffer run docker://alpine", "from an image of a registry"))),
  EXECUTE(
      Group.INSIDE,
      "execute",
      "NAME [OPTION…] COMMAND…",
      "start a container for one command",
      List.of(
          new Example(
              "coffer execute web ls -l /", "starts web for this command and stops it after"))),
  LIST(
      Group.LOOK,
      "list",
      "[OPTION…] [REGEX]",
      "list containers",
      List.of(
          new Example("coffer list", "a table of all containers"),
          new Example("coffer list --running -F name,ram,ipv4", "chosen columns of running ones"),
          new Example("coffer list -1", "names only"),
          new Example("coffer list --format json", "for programs"))),
  INFO(
      Group.LOOK,
      "info",
      "NAME [OPTION…]",
      "show what is known about a container",
      List.of(
          new Example("coffer info web", "state, process, addresses, resource use"),
          new Example("coffer info web -c lxc.net", "a value of its configuration"))),
  LOGS(
      Group.LOOK,
      "logs",
      "NAME [OPTION…]",
      "print what a container's console printed last",
      List.of(
          new Example("coffer logs web", "all that is kept, also after its end"),
          new Example("coffer logs web -f", "and what is printed from now on"))),
  EVENTS(
      Group.LOOK,
      "events",
      "[REGEX] [OPTION…]",
      "print what happens to containers, as JSON lines",
      List.of(
          new Example("coffer events", "every change of state, until interrupted"),
          new Example("coffer events 'web.*'", "of containers with such names"))),
  TOP(
      Group.LOOK,
      "top",
      "[OPTION…]",
      "show what running containers use, as it goes on",
      List.of(
          new Example("coffer top", "a screen, the busiest first"),
          new Example("coffer top -s m -d 1", "by memory, measured every second"),
          new Example("coffer top -b -d 60 > use.csv", "comma separated values, every minute"))),
  METRICS(
      Group.LOOK,
      "metrics",
      "[OPTION…]",
      "print what containers use, for Prometheus",
      List.of(new Example("coffer metrics", "OpenMetrics text"))),
  EXPLAIN(
      Group.LOOK,
      "explain",
      "NAME [OPTION…] [-- COMMAND…]",
      "print what a start would do, step by step, and why",
      List.of(
          new Example("coffer explain web", "every step with the line that asked for it"),
          new Example("coffer explain web --diff other.conf", "what would change with that file"),
          new Example("coffer explain web --diff lxc", "what Coffer's own keys add"),
          new Example("coffer explain web --format json", "for programs"))),
  WAIT(
      Group.LOOK,
      "wait",
      "NAME -s STATE [OPTION…]",
      "wait for a container's state",
      List.of(new Example("coffer wait web -s STOPPED -t 30", "for half a minute at most"))),
  FREEZE(Group.INSIDE, "freeze", "NAME", "freeze all processes of a container", List.of()),
  UNFREEZE(Group.INSIDE, "unfreeze", "NAME", "let a frozen container go on", List.of()),
  AUTOSTART(
      Group.SYSTEM,
      "autostart",
      "[OPTION…]",
      "start or stop the containers that run with the host",
      List.of(
          new Example("coffer autostart --parallel", "side by side where their order allows"),
          new Example("coffer autostart -s", "shuts them down again"),
          new Example("coffer autostart -L -g web", "whom of group web it would start"))),
  CONFIG(
      Group.SYSTEM,
      "config",
      "[-l | ITEM]",
      "show settings of the whole installation",
      List.of(new Example("coffer config lxc.lxcpath", "where the containers are"))),
  CONVERT(
      Group.SYSTEM,
      "convert",
      "-c FILE",
      "write a configuration of LXC 1 or 2 with today's names",
      List.of(
          new Example(
              "coffer convert -c /var/lib/lxc/old/config", "keeps the old one as config.backup"))),
  DOCTOR(
      Group.SYSTEM,
      "doctor",
      "[OPTION…]",
      "tell what this machine offers and what is missing",
      List.of(
          new Example("coffer doctor", "a line per thing, with the remedy where one is needed"))),
  NETWORK(
      Group.SYSTEM,
      "network",
      NetworkTool.ARGUMENTS,
      "look after the bridges that containers are attached to",
      List.of(
          new Example("coffer network list", "all networks, and whether they are up"),
          new Example("coffer network leases", "the addresses that containers on lxcbr0 have"),
          new Example(
              "coffer network create lab --isolated", "a second one, of which nothing gets out"),
          new Example("coffer network stop lxcbr0", "ends it; the next start makes it again"),
          new Example(
              "coffer network attach web --link br0 --ipv4 10.0.3.9/24",
              "gives a running container a veth on a bridge"),
          new Example("coffer network detach web eth1", "takes it away"),
          new Example("coffer network link web eth0 down", "as if its cable was pulled"))),
  IMAGE(
      Group.SYSTEM,
      "image",
      ImageTool.ARGUMENTS,
      "look after the images that containers are made from",
      List.of(
          new Example("coffer image list images:", "what images.linuxcontainers.org has"),
          new Example("coffer image pull debian/bookworm", "fetches one into the store"),
          new Example("coffer image publish web web-1", "makes an image of a stopped container"),
          new Example("coffer image export web-1 web.tar.zst", "writes it into a file"),
          new Example("coffer image gc", "frees what nothing uses"))),
  ENGINE(
      Group.SYSTEM,
      "engine",
      "status | stop",
      "look after the engine, the process that answers these commands",
      List.of(
          new Example("coffer engine status", "what it is doing"),
          new Example(
              "coffer engine stop", "ends it; containers go on, the next command starts it"))),
  BROKER(
      Group.SYSTEM,
      "broker",
      "[OPTION…]",
      "join ordinary users' containers to bridges, as a service",
      List.of(
          new Example("coffer broker", "as root; /etc/lxc/lxc-usernet says who may have what"))),
  HELP(
      Group.SYSTEM,
      "help",
      "[COMMAND]",
      "explain a command",
      List.of(new Example("coffer help start", "everything about starting"))),
  VERSION(Group.SYSTEM, "version", "", "tell the version", List.of());

  /** Headings of the list of verbs. */
  enum Group {
    LIFE("The life of a container"),
    INSIDE("Inside a container"),
    LOOK("Looking"),
    SYSTEM("This installation");

    final String title;

    Group(String title) {
      this.title = title;
    }
  }

  final Group group;
  final String word;
  final String summary;
  private final String arguments;
  private final List<Example> examples;

  Verb(Group group, String word, String arguments, String summary, List<Example> examples) {
    this.group = group;
    this.word = word;
    this.arguments = arguments;
    this.summary = summary;
    this.examples = examples;
  }

  /** The verb of this word, or of the name an LXC user would look for. */
  static Optional<Verb> find(String word) {
    String known =
        switch (word) {
          case "attach" -> "exec";
          case "ls" -> "list";
          default -> word;
        };
    for (Verb verb : values()) {
      if (verb.word.equals(known)) {
        return Optional.of(verb);
      }
    }
    return Optional.empty();
  }

  /** Other words for the same. */
  List<String> synonyms() {
    return switch (this) {
      case EXEC -> List.of("attach");
      case LIST -> List.of("ls");
      default -> List.of();
    };
  }

  Tool tool() {
    return switch (this) {
      case CREATE -> new CreateTool();
      case START -> new StartTool();
      case STOP -> new StopTool();
      case COPY -> new CopyTool();
      case RENAME -> new RenameTool();
      case SNAPSHOT -> new SnapshotTool();
      case DESTROY -> new DestroyTool();
      case SHELL, EXEC -> new AttachTool();
      case CONSOLE -> new ConsoleTool();
      case RUN -> new RunTool();
      case EXECUTE -> new ExecuteTool();
      case LIST -> new ListTool();
      case INFO -> new InfoTool();
      case LOGS -> new LogsTool();
      case EVENTS -> new MonitorTool();
      case TOP -> new TopTool();
      case METRICS -> new MetricsTool();
      case EXPLAIN -> new ExplainTool();
      case WAIT -> new WaitTool();
      case FREEZE -> new FreezeTool(FreezeTool.Way.FREEZE);
      case UNFREEZE -> new FreezeTool(FreezeTool.Way.UNFREEZE);
      case AUTOSTART -> new AutostartTool();
      case CONFIG -> new ConfigTool();
      case CONVERT -> new UpdateConfigTool();
      case DOCTOR -> new DoctorTool();
      case NETWORK -> new NetworkTool();
      case IMAGE -> new ImageTool();
      case ENGINE -> new EngineTool();
      case BROKER -> new BrokerTool();
      case HELP -> new HelpTool();
      case VERSION -> new VersionTool();
    };
  }

  CommandPage page() {
    return tool().page().as(CofferCommand.PROGRAM + " " + word, arguments, summary, examples);
  }
}
