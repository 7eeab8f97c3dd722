package dev.coffer.config;

import dev.coffer.model.ContainerSpec.EnvironmentEntry;
import dev.coffer.model.ContainerSpec.Personality;
import dev.coffer.model.Restart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Keys about who the container is, its first process and its environment. */
final class IdentityKeys {
  private static final List<String> ARCH_32 =
      List.of(
          "arm", "armel", "armhf", "armv7l", "athlon", "i386", "i486", "i586", "i686", "linux32",
          "mips", "mipsel", "ppc", "powerpc", "x86");
  private static final List<String> ARCH_64 =
      List.of(
          "aarch64",
          "amd64",
          "arm64",
          "linux64",
          "loong64",
          "loongarch64",
          "mips64",
          "mips64el",
          "ppc64",
          "ppc64el",
          "ppc64le",
          "powerpc64",
          "riscv64",
          "s390x",
          "x86_64");
  private static final List<String> ARCHES =
      Stream.concat(ARCH_32.stream(), ARCH_64.stream()).toList();

  private static final List<String> RESTARTS =
      Arrays.stream(Restart.When.values()).map(Restart.When::word).toList();

  private static final ValueType<Personality> ARCH =
      Types.withWords(
          ValueType.of(
              "architecture",
              (text, reading) -> personality(text),
              // LXC prints these two words on every architecture.
              personality -> personality == Personality.LINUX32 ? "i686" : "x86_64"),
          ARCHES);

  private static final ValueType<List<Long>> GROUPS =
      ValueType.of(
          "ids separated by commas", (text, reading) -> groups(text), IdentityKeys::joined);

  static final Key<String> HOSTNAME =
      Key.single("lxc.uts.name", Types.text(64), "host name of the container", "web")
          .formerly("lxc.utsname");
  static final Key<Personality> PERSONALITY =
      Key.single("lxc.arch", ARCH, "architecture that uname(2) reports", "x86_64");
  static final Key<String> INIT_COMMAND =
      Key.single(
              "lxc.init.cmd", Types.COMMAND, "first process, instead of /sbin/init", "/sbin/init")
          .formerly("lxc.init_cmd");
  static final Key<String> INIT_CWD =
      Key.single("lxc.init.cwd", Types.PATH, "working directory of the first process", "/srv");
  static final Key<Long> INIT_UID =
      id("lxc.init.uid", "user id of the first process").formerly("lxc.init_uid");
  static final Key<Long> INIT_GID =
      id("lxc.init.gid", "group id of the first process").formerly("lxc.init_gid");
  static final Key<List<Long>> INIT_GROUPS =
      Key.list("lxc.init.groups", GROUPS, "additional groups of the first process", "10,20")
          .printedBy(lines -> joined(lines.stream().flatMap(List::stream).toList()));
  static final Key<String> EXECUTE_COMMAND =
      Key.single(
          "lxc.execute.cmd", Types.COMMAND, "what lxc-execute runs by default", "/usr/bin/env");
  static final Key<Boolean> EPHEMERAL =
      Key.single("lxc.ephemeral", Types.FLAG, "destroy the container when it has stopped", "1")
          .unset("0");
  static final Key<EnvironmentEntry> ENVIRONMENT =
      environment(
          "lxc.environment",
          EnvironmentEntry.Scope.ALL,
          "variable for the first process and for hooks; without = it is taken from the caller");
  static final Key<EnvironmentEntry> ENVIRONMENT_RUNTIME =
      environment(
              "lxc.environment.runtime",
              EnvironmentEntry.Scope.INIT,
              "variable for the first process only")
          .since("LXC 7.0");
  static final Key<EnvironmentEntry> ENVIRONMENT_HOOKS =
      environment("lxc.environment.hooks", EnvironmentEntry.Scope.HOOKS, "variable for hooks only")
          .since("LXC 7.0");
  static final Key<List<String>> GROUP =
      Key.list("lxc.group", Types.WORDS, "groups for lxc-autostart and lxc-ls", "onboot web")
          .effect(KeyRow.Effect.TOOLS);
  static final Key<Boolean> START_AUTO =
      Key.single("lxc.start.auto", Types.FLAG, "start with the host", "1")
          .unset("0")
          .effect(KeyRow.Effect.TOOLS);
  static final Key<Long> START_DELAY =
      Key.single(
              "lxc.start.delay",
              Types.number(0, Numbers.UINT_MAX),
              "seconds lxc-autostart waits after starting it",
              "5")
          .unset("0")
          .effect(KeyRow.Effect.TOOLS);
  static final Key<Long> START_ORDER =
      Key.single(
              "lxc.start.order",
              Types.number(Integer.MIN_VALUE, Integer.MAX_VALUE),
              "place among the containers lxc-autostart starts, lower first",
              "-5")
          .unset("0")
          .effect(KeyRow.Effect.TOOLS);
  static final Key<List<String>> START_NEEDS =
      Key.list(
              "coffer.start.needs",
              Types.WORDS,
              "containers that lxc-autostart starts before it, and stops after it",
              "database cache")
          .effect(KeyRow.Effect.TOOLS);
  static final Key<String> START_READY =
      Key.single(
              "coffer.start.ready",
              Types.COMMAND,
              "shell command inside that succeeds once the container is of use to others;"
                  + " lxc-autostart waits for it",
              "pg_isready -q")
          .effect(KeyRow.Effect.TOOLS);
  static final Key<Long> START_READY_TIMEOUT =
      Key.single(
              "coffer.start.ready.timeout",
              Types.number(1, Numbers.UINT_MAX),
              "seconds lxc-autostart waits for coffer.start.ready to succeed",
              "30")
          .unset("60")
          .effect(KeyRow.Effect.TOOLS);
  static final Key<Restart.When> RESTART =
      Key.single(
              "coffer.restart",
              Types.withWords(
                  ValueType.of(
                      "no, on-failure or always",
                      (text, reading) -> restart(text),
                      Restart.When::word),
                  RESTARTS),
              "whether it starts again by itself when its first process has ended",
              "on-failure")
          .unset("no");
  static final Key<Long> RESTART_LIMIT =
      Key.single(
              "coffer.restart.limit",
              Types.number(0, Integer.MAX_VALUE),
              "restarts in a row, 0 for any number; a life of ten seconds begins a new row",
              "3")
          .unset(String.valueOf(Restart.DEFAULT_LIMIT));
  static final Key<Integer> SIGNAL_HALT =
      signal("lxc.signal.halt", "asks the first process to shut down").formerly("lxc.haltsignal");
  static final Key<Integer> SIGNAL_REBOOT =
      signal("lxc.signal.reboot", "asks the first process to restart").formerly("lxc.rebootsignal");
  static final Key<Integer> SIGNAL_STOP =
      signal("lxc.signal.stop", "ends the first process at once").formerly("lxc.stopsignal");
  static final Key<Integer> SIGNAL_KEEPER_DEATH =
      signal("lxc.monitor.signal.pdeath", "sent to the first process when its keeper dies")
          .unset("9");
  static final Key<Long> MONITOR_UNSHARE =
      Key.single(
              "lxc.monitor.unshare",
              Types.number(0, Numbers.UINT_MAX),
              "1 gives the keeper a mount namespace of its own before the first hook",
              "1")
          .unset("0");

  private IdentityKeys() {}

  static List<Key<?>> all() {
    return List.of(
        PERSONALITY,
        ENVIRONMENT,
        ENVIRONMENT_RUNTIME,
        ENVIRONMENT_HOOKS,
        EPHEMERAL,
        EXECUTE_COMMAND,
        GROUP,
        INIT_COMMAND,
        INIT_GID,
        INIT_GROUPS,
        INIT_UID,
        INIT_CWD,
        MONITOR_UNSHARE,
        RESTART,
        RESTART_LIMIT,
        SIGNAL_KEEPER_DEATH,
        SIGNAL_HALT,
        SIGNAL_REBOOT,
        SIGNAL_STOP,
        START_AUTO,
        START_DELAY,
        START_ORDER,
        START_NEEDS,
        START_READY,
        START_READY_TIMEOUT,
        HOSTNAME);
  }

  private static Key<Long> id(String name, String description) {
    return Key.single(name, Types.number(0, Numbers.UINT_MAX - 1), description, "1000").unset("0");
  }

  private static Key<Integer> signal(String name, String description) {
    return Key.single(name, Types.SIGNAL, description, "SIGTERM").unset("0");
  }

  private static Key<EnvironmentEntry> environment(
      String name, EnvironmentEntry.Scope scope, String description) {
    ValueType<EnvironmentEntry> type =
        ValueType.of(
            "NAME=VALUE or NAME",
            (text, reading) -> variable(text, scope, reading),
            entry -> entry.name() + "=" + entry.value());
    return Key.list(name, type, description, "LANG=C.UTF-8");
  }

  private static EnvironmentEntry variable(
      String text, EnvironmentEntry.Scope scope, Reading reading) throws BadValueException {
    int equals = text.indexOf('=');
    if (equals >= 0) {
      return new EnvironmentEntry(text.substring(0, equals), text.substring(equals + 1), scope);
    }
    String value =
        reading
            .variable(text)
            .orElseThrow(() ->
                new BadValueException(
                    "the environment has no variable \"" + text + "\" to take over",
                    "write " + text + "=VALUE"));
    return new EnvironmentEntry(text, value, scope);
  }

  private static Restart.When restart(String text) throws BadValueException {
    for (Restart.When when : Restart.When.values()) {
      if (when.word().equals(text)) {
        return when;
      }
    }
    throw Types.unknownWord("Invalid restart policy", text, RESTARTS);
  }

  private static Personality personality(String text) throws BadValueException {
    if (ARCH_32.contains(text)) {
      return Personality.LINUX32;
    }
    if (ARCH_64.contains(text)) {
      return Personality.LINUX;
    }
    throw Types.unknownWord("Unsupported personality", text, ARCHES);
  }

  private static List<Long> groups(String text) throws BadValueException {
    List<Long> groups = new ArrayList<>();
    for (String word : text.split(",")) {
      if (!word.isBlank()) {
        groups.add(group(word.strip()));
      }
    }
    if (groups.isEmpty()) {
      throw new BadValueException("No valid groups specified", "write ids separated by commas");
    }
    return groups;
  }

  private static long group(String word) throws BadValueException {
    try {
      return Numbers.parse(word, 0, Numbers.UINT_MAX - 1);
    } catch (BadValueException e) {
      throw new BadValueException(
          "No valid groups specified: \"" + word + "\" is not a group id",
          "write ids separated by commas");
    }
  }

  private static String joined(List<Long> groups) {
    return groups.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
