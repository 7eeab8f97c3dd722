package dev.coffer.config;

import dev.coffer.model.AppArmor.Profile;
import dev.coffer.model.Landlock.Scope;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Keys about the kernel's security modules: AppArmor, SELinux and Landlock. */
final class ConfinementKeys {
  private static final String NONE = "none";
  private static final int HIGHEST_PORT = 65535;
  private static final List<String> SCOPES =
      Arrays.stream(Scope.values()).map(Scope::describe).toList();

  static final Key<Profile> APPARMOR_PROFILE =
      Key.single(
              "lxc.apparmor.profile",
              Types.withWords(
                  ValueType.of(
                      "profile", (text, reading) -> Profile.parse(text), Profile::describe),
                  List.of("generated", "unchanged", "unconfined")),
              "AppArmor profile, or unconfined, unchanged, generated",
              "generated")
          .formerly("lxc.aa_profile");
  static final Key<Boolean> APPARMOR_REQUIRED =
      SecurityKeys.flag("coffer.apparmor.required", "1 refuses a start without AppArmor profile");
  static final Key<Boolean> APPARMOR_INCOMPLETE =
      SecurityKeys.flag(
              "lxc.apparmor.allow_incomplete", "1 starts on kernels that mediate only in part")
          .formerly("lxc.aa_allow_incomplete");
  static final Key<Boolean> APPARMOR_NESTING =
      SecurityKeys.flag(
          "lxc.apparmor.allow_nesting", "1 lets the generated profile allow containers inside");
  static final Key<String> APPARMOR_RAW =
      Key.list("lxc.apparmor.raw", Types.TEXT, "line for the generated profile", "deny /x rw,");
  static final Key<String> SELINUX_CONTEXT =
      Key.single(
              "lxc.selinux.context",
              Types.TEXT,
              "SELinux label of the container",
              "system_u:system_r:lxc_t:s0")
          .formerly("lxc.se_context");
  static final Key<String> SELINUX_KEYRING =
      Key.single(
          "lxc.selinux.context.keyring",
          Types.TEXT,
          "SELinux label of the keyring",
          "system_u:system_r:lxc_t:s0");

  static final Key<String> LANDLOCK_READ =
      path("read", "path that may be read, with all below it; all others are out of reach", "/etc");
  static final Key<String> LANDLOCK_EXECUTE =
      path("execute", "path that may be read and executed, with all below it", "/usr");
  static final Key<String> LANDLOCK_WRITE =
      path("write", "path that may be read and changed, with all below it", "/tmp");
  static final Key<Set<Integer>> LANDLOCK_CONNECT =
      ports(
          "connect", "TCP ports that may be connected to, and no others; none for none", "53 443");
  static final Key<Set<Integer>> LANDLOCK_BIND =
      ports("bind", "TCP ports that may be bound, and no others; none for none", "8080");
  static final Key<Set<Scope>> LANDLOCK_SCOPE =
      Key.list(
          "coffer.landlock.scope",
          Types.withWords(
              ValueType.of(
                  "signal, abstract-socket",
                  (text, reading) -> scopes(text),
                  scopes -> scopes.stream().map(Scope::describe).collect(Collectors.joining(" "))),
              SCOPES),
          "what reaches no process outside: signal, abstract-socket",
          "signal abstract-socket");
  static final Key<Boolean> LANDLOCK_INCOMPLETE =
      SecurityKeys.flag(
          "coffer.landlock.allow_incomplete", "1 starts with what the kernel's Landlock can do");
  static final Key<String> LANDLOCK =
      Key.group(
          "coffer.landlock",
          "empty, it clears all Landlock rules",
          LANDLOCK_READ,
          LANDLOCK_EXECUTE,
          LANDLOCK_WRITE,
          LANDLOCK_CONNECT,
          LANDLOCK_BIND,
          LANDLOCK_SCOPE);

  private ConfinementKeys() {}

  static List<Key<?>> all() {
    return List.of(
        APPARMOR_PROFILE,
        APPARMOR_REQUIRED,
        APPARMOR_INCOMPLETE,
        APPARMOR_NESTING,
        APPARMOR_RAW,
        SELINUX_KEYRING,
        SELINUX_CONTEXT,
        LANDLOCK_READ,
        LANDLOCK_EXECUTE,
        LANDLOCK_WRITE,
        LANDLOCK_CONNECT,
        LANDLOCK_BIND,
        LANDLOCK_SCOPE,
        LANDLOCK_INCOMPLETE,
        LANDLOCK);
  }

  private static Key<String> path(String word, String description, String example) {
    ValueType<String> type = ValueType.of("path", (text, reading) -> absolute(text), text -> text);
    return Key.list("coffer.landlock." + word, type, description, example);
  }

  private static String absolute(String text) throws BadValueException {
    if (!text.startsWith("/")) {
      throw new BadValueException(
          "\"" + text + "\" is not an absolute path", "write the path as it is inside");
    }
    return text;
  }

  private static Key<Set<Integer>> ports(String word, String description, String example) {
    ValueType<Set<Integer>> type =
        ValueType.of(
            "ports",
            (text, reading) -> ports(text),
            ports ->
                ports.isEmpty()
                    ? NONE
                    : ports.stream().map(String::valueOf).collect(Collectors.joining(" ")));
    return Key.list("coffer.landlock." + word, type, description, example);
  }

  private static Set<Integer> ports(String text) throws BadValueException {
    Set<Integer> ports = new TreeSet<>();
    if (!text.equals(NONE)) {
      for (String word : Types.split(text)) {
        ports.add((int) Numbers.parse(word, 0, HIGHEST_PORT));
      }
    }
    return ports;
  }

  private static Set<Scope> scopes(String text) throws BadValueException {
    Set<Scope> scopes = new LinkedHashSet<>();
    for (String word : Types.split(text)) {
      if (Scope.parse(word).isEmpty()) {
        throw Types.unknownWord("There is no Landlock scope", word, SCOPES);
      }
      scopes.add(Scope.parse(word).get());
    }
    return scopes;
  }
}
