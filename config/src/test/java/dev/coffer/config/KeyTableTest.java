package dev.coffer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.config.KeyRow.Effect;
import dev.coffer.model.Sourced;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for every row of the table. */
class KeyTableTest {
  /** Rows that hold a value of their own: not lxc.include, and not those that only clear others. */
  static Stream<Key<?>> keysWithValues() {
    return LxcKeys.keys().stream().filter(key -> !key.isGroup() && key != HookAndLogKeys.INCLUDE);
  }

  static Stream<Key<?>> groups() {
    return LxcKeys.keys().stream().filter(Key::isGroup);
  }

  @ParameterizedTest
  @MethodSource("keysWithValues")
  void whatIsPrintedCanBeReadBackAndPrintsTheSame(Key<?> key) {
    String name = concrete(key);
    LxcConfig first = Configs.parse(before(key) + name + " = " + key.row().example() + "\n");
    assertEquals(List.of(), first.problems());
    String printed = first.get(name).orElseThrow();
    assertNotEquals("", printed);
    if (key != SecurityKeys.KEYRING) { // whose default LXC prints wrongly
      assertNotEquals(key.row().unset(), printed, "the example must not be the default");
    }

    StringBuilder again = new StringBuilder(before(key));
    for (String line : printed.split("\n")) {
      again.append(name).append(" = ").append(line).append('\n');
    }
    LxcConfig second = Configs.parse(again.toString());
    assertEquals(List.of(), second.problems());
    assertEquals(printed, second.get(name).orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("keysWithValues")
  void clearingGoesBackToTheDefaultAndLeavesNoLine(Key<?> key) {
    String name = concrete(key);
    LxcConfig config = Configs.parse(before(key) + name + " = " + key.row().example() + "\n");
    assertTrue(config.clear(name));
    assertEquals(List.of(), config.values(name));
    if (key == NetworkKeys.TYPE) {
      assertEquals("", config.text());
      assertEquals("", config.get("lxc.net").orElseThrow());
    } else {
      assertEquals(before(key), config.text());
      assertEquals(key.row().unset(), config.get(name).orElseThrow());
    }
  }

  @ParameterizedTest
  @MethodSource("keysWithValues")
  void anEmptyValueDoesWhatTheRowSays(Key<?> key) {
    String name = concrete(key);
    String text = before(key) + name + " = " + key.row().example() + "\n" + name + " =\n";
    LxcConfig config = Configs.parse(text);
    assertEquals(text, config.text());
    switch (key.row().empty()) {
      case UNSETS -> assertEquals(List.of(), config.values(name));
      case MEANS_ZERO -> assertEquals(List.of("0"), config.values(name));
      case IS_REFUSED -> assertTrue(config.hasErrors());
      case IS_IGNORED -> assertEquals(List.of(key.row().example()), config.values(name));
    }
  }

  @ParameterizedTest
  @MethodSource("keysWithValues")
  void aKeyInEffectChangesTheSpecAndOneNotYetInEffectIsListed(Key<?> key) {
    String prelude = specPrelude(key);
    String text = prelude + concrete(key) + " = " + key.row().example() + "\n";
    List<String> listed = Configs.spec(text).notInEffect().stream().map(Sourced::value).toList();
    if (key.row().effect() == Effect.LATER) {
      assertTrue(listed.contains(concrete(key)), listed::toString);
      return;
    }
    assertFalse(listed.contains(concrete(key)));
    boolean changed =
        !withoutOrigins(Configs.spec(text)).equals(withoutOrigins(Configs.spec(prelude)));
    assertEquals(key.row().effect() == Effect.START, changed);
  }

  @ParameterizedTest
  @MethodSource("keysWithValues")
  void everyFormerNameStillWorksWithANote(Key<?> key) {
    for (String former : key.row().formerNames()) {
      String name = former.replace("RESOURCE", "nofile");
      String before = before(key).replace("lxc.net.0.", "lxc.network.");
      LxcConfig config = Configs.parse(before + name + " = " + key.row().example() + "\n");
      assertFalse(config.hasErrors());
      int line = before.isEmpty() ? 1 : 2;
      assertEquals(
          "/c/config:"
              + line
              + "  "
              + name
              + ": \""
              + name
              + "\" is a name from LXC 2; it is \""
              + concrete(key)
              + "\" today",
          config.problems().getLast().describe());
      assertEquals(1, config.values(concrete(key)).size());
      assertTrue(LxcKeys.isSupported(name));
      assertTrue(config.clear(name));
      assertEquals(List.of(), config.values(concrete(key)));
    }
  }

  @ParameterizedTest
  @MethodSource("keysWithValues")
  void aKeyWithASlipOfTheKeyboardIsRecognized(Key<?> key) {
    String name = concrete(key);
    String typed = name.substring(0, 6) + "q" + name.substring(6);
    assertFalse(LxcKeys.isSupported(typed));
    assertEquals(name, LxcKeys.nearest(typed).orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("groups")
  void aGroupTakesNoValueAndClearsItsMembers(Key<?> group) {
    String name = group.row().name().replace("N", "0");
    assertEquals(
        List.of(
            "/c/config:1  "
                + name
                + ": "
                + name
                + " must not have a value (leave it empty to clear"
                + " all keys below "
                + name
                + ")"),
        Configs.problems(name + " = x\n"));
    Key<?> member = group.members().getFirst();
    String line = concrete(member) + " = " + member.row().example() + "\n";
    LxcConfig byLine = Configs.parse(line + name + " =\n");
    assertEquals(List.of(), byLine.values(concrete(member)));
    LxcConfig byClear = Configs.parse("# kept\n" + line);
    assertTrue(byClear.clear(name));
    assertEquals(List.of(), byClear.values(concrete(member)));
    assertEquals("# kept\n", byClear.text());
  }

  @Test
  void everyRowIsComplete() {
    Set<String> names = new HashSet<>();
    for (KeyRow row : LxcKeys.table()) {
      assertTrue(names.add(row.name()), row.name());
      assertTrue(row.name().startsWith("lxc.") || row.name().startsWith("coffer."), row.name());
      assertFalse(row.description().isBlank(), row.name());
      assertFalse(row.description().endsWith("."), row.name());
      assertFalse(row.type().form().isBlank(), row.name());
    }
  }

  @Test
  void everyKeyThatLxc5HasIsInTheTable() {
    // As get_keys() of liblxc 5.0.2 gives them.
    String keys =
        """
        lxc.arch lxc.apparmor.profile lxc.apparmor.allow_incomplete lxc.apparmor.allow_nesting
        lxc.apparmor.raw lxc.autodev.tmpfs.size lxc.autodev lxc.cap.drop lxc.cap.keep lxc.cgroup2
        lxc.cgroup.dir.monitor.pivot lxc.cgroup.dir.monitor lxc.cgroup.dir.container.inner
        lxc.cgroup.dir.container lxc.cgroup.dir lxc.cgroup.relative lxc.cgroup
        lxc.console.buffer.size lxc.console.logfile lxc.console.path lxc.console.rotate
        lxc.console.size lxc.sched.core lxc.environment lxc.ephemeral lxc.execute.cmd lxc.group
        lxc.hook.autodev lxc.hook.clone lxc.hook.destroy lxc.hook.mount lxc.hook.post-stop
        lxc.hook.pre-mount lxc.hook.pre-start lxc.hook.start lxc.hook.start-host lxc.hook.stop
        lxc.hook.version lxc.hook lxc.idmap lxc.include lxc.init.cmd lxc.init.gid lxc.init.groups
        lxc.init.uid lxc.init.cwd lxc.keyring.session lxc.log.file lxc.log.level lxc.log.syslog
        lxc.monitor.unshare lxc.monitor.signal.pdeath lxc.mount.auto lxc.mount.entry
        lxc.mount.fstab lxc.namespace.clone lxc.namespace.keep lxc.time.offset.boot
        lxc.time.offset.monotonic lxc.net lxc.no_new_privs lxc.prlimit lxc.pty.max
        lxc.rootfs.managed lxc.rootfs.mount lxc.rootfs.options lxc.rootfs.path
        lxc.seccomp.allow_nesting lxc.seccomp.notify.cookie lxc.seccomp.notify.proxy
        lxc.seccomp.profile lxc.selinux.context.keyring lxc.selinux.context lxc.signal.halt
        lxc.signal.reboot lxc.signal.stop lxc.start.auto lxc.start.delay lxc.start.order
        lxc.tty.dir lxc.tty.max lxc.uts.name lxc.sysctl lxc.proc
        """;
    List<String> ours = LxcConfig.empty().keys("");
    for (String key : keys.split("\\s+")) {
      assertTrue(ours.contains(key), key);
    }
    assertTrue(LxcKeys.isSupported("lxc.environment.runtime"));
    assertTrue(LxcKeys.isSupported("lxc.environment.hooks"));
  }

  /** A key with something in place of the word in capitals. */
  private static String concrete(Key<?> key) {
    return key.row()
        .name()
        .replace(".N.", ".0.")
        .replace("RESOURCE", "nofile")
        .replace("NAME", "net.ipv4.ip_forward")
        .replace("FILE", "devices.allow")
        .replace("NS", "net");
  }

  /** Lines without which the key is not accepted. */
  private static String before(Key<?> key) {
    if (!NetworkKeys.isSetting(key)) {
      return "";
    }
    return "lxc.net.0.type = " + NetworkKeys.onlyFor(key).orElse("phys") + "\n";
  }

  private static String specPrelude(Key<?> key) {
    if (key == LimitKeys.DIR_MONITOR || key == LimitKeys.DIR_CONTAINER) {
      return "lxc.cgroup.dir.monitor = a\nlxc.cgroup.dir.container = b\n";
    }
    return before(key);
  }

  // Two specs are the same when they differ only in where things were said.
  private static String withoutOrigins(Object spec) {
    return spec.toString().replaceAll("Origin\\[[^\\]]*\\]", "");
  }
}
