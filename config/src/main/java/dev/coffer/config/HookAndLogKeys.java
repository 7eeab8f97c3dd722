package dev.coffer.config;

import dev.coffer.model.HookType;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Keys about hooks, logs and includes. */
final class HookAndLogKeys {
  private static final List<String> LEVELS =
      List.of("trace", "debug", "info", "notice", "warn", "error", "crit", "alert", "fatal");
  private static final List<String> FACILITIES =
      List.of(
          "daemon", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7");

  static final Map<HookType, Key<String>> HOOKS = hooks();
  static final Key<Long> HOOK_VERSION =
      Key.single(
              "lxc.hook.version",
              ValueType.of("0 or 1", (text, reading) -> hookVersion(text), Object::toString),
              "1 gives hooks their facts in the environment instead of as arguments",
              "1")
          .unset("0");
  static final Key<String> ALL_HOOKS =
      Key.group("lxc.hook", "empty, it clears all hooks", HOOKS.values().toArray(Key<?>[]::new));
  static final Key<Integer> LOG_LEVEL =
      Key.single(
              "lxc.log.level",
              Types.withWords(
                  ValueType.of(
                      "level or 0 to 8",
                      (text, reading) -> level(text),
                      level -> LEVELS.get(level).toUpperCase(Locale.ROOT)),
                  LEVELS),
              "least level of messages that are logged",
              "debug")
          .unset("NOTSET")
          .formerly("lxc.loglevel");
  static final Key<String> LOG_FILE =
      Key.single("lxc.log.file", Types.PATH, "where messages are logged", "/var/log/c1.log")
          .formerly("lxc.logfile");
  static final Key<String> LOG_SYSLOG =
      Key.single(
              "lxc.log.syslog",
              Types.withWords(
                  ValueType.of("facility", (text, reading) -> facility(text), text -> text),
                  FACILITIES),
              "facility of the system log that gets the messages",
              "daemon")
          .formerly("lxc.syslog");
  static final Key<String> INCLUDE =
      Key.single(
              "lxc.include", Types.PATH, "file, or directory with *.conf, read at this place", "/x")
          .whenEmpty(KeyRow.Empty.IS_IGNORED);

  private HookAndLogKeys() {}

  static List<Key<?>> all() {
    Stream<Key<?>> others =
        Stream.of(HOOK_VERSION, ALL_HOOKS, INCLUDE, LOG_FILE, LOG_LEVEL, LOG_SYSLOG);
    return Stream.concat(HOOKS.values().stream(), others).toList();
  }

  private static Map<HookType, Key<String>> hooks() {
    Map<HookType, Key<String>> hooks = new EnumMap<>(HookType.class);
    HookType.ofContainers()
        .forEach(type ->
            hooks.put(
                type,
                Key.list(
                    "lxc.hook." + type.key(),
                    Types.COMMAND,
                    "command for the moment " + type.key(),
                    "/usr/bin/true " + type.key())));
    return hooks;
  }

  private static long hookVersion(String text) throws BadValueException {
    try {
      return Numbers.parse(text, 0, 1);
    } catch (BadValueException e) {
      throw new BadValueException(
          "Invalid hook version specified. Currently only 0 (legacy) and 1 are supported", "");
    }
  }

  private static int level(String text) throws BadValueException {
    if (!text.isEmpty() && Character.isDigit(text.charAt(0))) {
      try {
        return (int) Numbers.parse(text, 0, LEVELS.size() - 1);
      } catch (BadValueException e) {
        throw new BadValueException("Invalid log priority " + text, "give 0 to 8");
      }
    }
    int level = LEVELS.indexOf(text.toLowerCase(Locale.ROOT));
    if (level < 0) {
      throw Types.unknownWord("Invalid log priority", text, LEVELS);
    }
    return level;
  }

  private static String facility(String text) throws BadValueException {
    if (!FACILITIES.contains(text.toLowerCase(Locale.ROOT))) {
      throw Types.unknownWord("Invalid facility", text, FACILITIES);
    }
    return text;
  }
}
