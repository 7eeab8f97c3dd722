package dev.coffer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.CofferException;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading, changing and saving a whole file. */
class LxcConfigTest {
  private static final Origin OPTION = Origin.option("-s");

  @TempDir Path directory;

  @Test
  void anEmptyConfigurationHasNothingWrongAndNothingIn() {
    LxcConfig config = LxcConfig.empty();
    assertEquals(List.of(), config.problems());
    assertEquals("", config.text());
    assertEquals(Optional.of(""), config.get("lxc.uts.name"));
    assertEquals(Optional.empty(), config.file());
  }

  @Test
  void linesOfOthersAreIgnoredAndKept() {
    String text = "# lxc.bogus = 1\n\n  #x\nfoo\nLXC.uts.name = 1\nimage.os = debian\n";
    LxcConfig config = Configs.parse(text);
    assertEquals(List.of(), config.problems());
    assertEquals(text, config.text());
  }

  @Test
  void allProblemsAreReportedAtOnceWithFileAndLine() {
    String text =
        """
        lxc.utsnam = web
        lxc.tty.max = four
        lxc.uts.name web
        lxc.mount.auto = prc
        lxc.net.0.type = vethh
        coffer.shield = 1
        lxc.cap.drop = CAP_SYS_TIME
        """;
    List<String> problems =
        List.of(
            "/c/config:1  lxc.utsnam: Unsupported config key \"lxc.utsnam\"; did you mean"
                + " \"lxc.uts.name\"?",
            "/c/config:2  lxc.tty.max: \"four\" is not a number",
            "/c/config:3: Invalid configuration line: lxc.uts.name web (write KEY = VALUE)",
            "/c/config:4  lxc.mount.auto: Invalid filesystem to automount \"prc\" (did you mean"
                + " \"proc\"?)",
            "/c/config:5  lxc.net.0.type: Invalid network type \"vethh\" (did you mean"
                + " \"veth\"?)",
            "/c/config:6  coffer.shield: Unsupported config key \"coffer.shield\"",
            "/c/config:7  lxc.cap.drop: Invalid capability specified: \"CAP_SYS_TIME\" (did you"
                + " mean \"sys_time\"?)");
    assertEquals(problems, Configs.problems(text));
    CofferException e = assertThrows(CofferException.class, () -> Configs.spec(text));
    assertEquals("Failed to load config for c", e.getMessage());
    assertEquals(problems, e.details());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "lxc.uts.name = a|a",
        "`  lxc.uts.name\t=\t a \t`|a",
        "lxc.uts.name=a=b|a=b",
        "lxc.uts.name = 'a b'|a b",
        "lxc.uts.name = \" a \"|` a `",
        "lxc.uts.name = \"a\" # no comment|\"a\" # no comment",
        "lxc.uts.name = \"a'|\"a'",
        "lxc.uts.name = \"|\"",
        "lxc.uts.name = a # b|a # b",
        "`lxc.uts.name = a\r`|a",
        "lxc.uts.name = ''|``"
      })
  void valuesAreTrimmedAndUnquotedWhenFullyQuoted(String line, String value) {
    assertEquals(value == null ? "" : value, Configs.parse(line).get("lxc.uts.name").orElseThrow());
  }

  @Test
  void theLastLineOfASingleValueWinsAndListsAddUp() {
    LxcConfig config =
        Configs.parse(
            "lxc.tty.max = 1\nlxc.tty.max = 2\nlxc.cap.drop = mknod kill\nlxc.cap.drop = 3\n");
    assertEquals(List.of("2"), config.values("lxc.tty.max"));
    assertEquals("mknod\nkill\n3\n", config.get("lxc.cap.drop").orElseThrow());
    assertEquals(List.of("mknod kill", "3"), config.values("lxc.cap.drop"));
    assertEquals("", config.get("lxc.cap.keep").orElseThrow());
  }

  @Test
  void capabilitiesAreKeptOrDroppedButNotBoth() {
    assertEquals(
        List.of(
            "/c/config:2  lxc.cap.keep: Keeping and dropping capabilities are mutually exclusive"
                + " (clear the other with \"lxc.cap.drop =\", set at /c/config:1  lxc.cap.drop)"),
        Configs.problems("lxc.cap.drop = kill\nlxc.cap.keep = chown\n"));
    assertEquals(
        List.of(), Configs.problems("lxc.cap.drop = kill\nlxc.cap.drop =\nlxc.cap.keep = chown\n"));
  }

  @Test
  void namespacesAreClonedOrKeptButNotBoth() {
    assertEquals(
        List.of(
            "/c/config:2  lxc.namespace.clone: Cannot set both \"lxc.namespace.clone\" and"
                + " \"lxc.namespace.keep\" (clear the other with \"lxc.namespace.keep =\", set at"
                + " /c/config:1  lxc.namespace.keep)"),
        Configs.problems("lxc.namespace.keep = net\nlxc.namespace.clone = pid\n"));
  }

  @Test
  void aMissingMainFileIsTheOnlyOneThatThrows() {
    Path missing = directory.resolve("none");
    CofferException e =
        assertThrows(CofferException.class, () -> LxcConfig.read(missing, Map.of()));
    assertEquals(
        "Failed to open file \"" + missing + "\": No such file or directory (ENOENT)",
        e.getMessage());
  }

  @Test
  void includesAreReadInPlaceAndProblemsNameTheIncludedFile() throws Exception {
    Path main = write("config", "lxc.tty.max = 1\nlxc.include = more\nlxc.uts.name = last\n");
    Path more = write("more", "lxc.tty.max = 2\nlxc.uts.name = first\nlxc.tty.dri = x\n");
    LxcConfig config = LxcConfig.read(main, Map.of());
    assertEquals("2", config.get("lxc.tty.max").orElseThrow());
    assertEquals("last", config.get("lxc.uts.name").orElseThrow());
    assertEquals(
        more
            + ":3  lxc.tty.dri: Unsupported config key \"lxc.tty.dri\"; did you mean"
            + " \"lxc.tty.dir\"?",
        config.problems().getFirst().describe());
    assertEquals(Files.readString(main), config.text());
    assertEquals(Optional.empty(), config.get("lxc.include"));
  }

  @Test
  void ofAnIncludedDirectoryTheConfFilesAreReadInOrderOfTheirNames() throws Exception {
    Files.createDirectory(directory.resolve("d"));
    write("d/2.conf", "lxc.group = b\n");
    write("d/1.conf", "lxc.group = a\n");
    write("d/3.txt", "lxc.bogus = 1\n");
    Path main = write("config", "lxc.include = " + directory + "/d\n");
    LxcConfig config = LxcConfig.read(main, Map.of());
    assertEquals(List.of(), config.problems());
    assertEquals("a\nb\n", config.get("lxc.group").orElseThrow());
  }

  @Test
  void aMissingIncludedFileIsAnErrorAndAMissingDirectoryIsNot() throws Exception {
    Path main = write("config", "lxc.include = /none/such\nlxc.include = /none/such/\n");
    assertEquals(
        List.of(
            main
                + ":1  lxc.include: Failed to open file \"/none/such\": No such file or directory"
                + " (ENOENT)"),
        LxcConfig.read(main, Map.of()).problems().stream().map(Problem::describe).toList());
  }

  @Test
  void aFileThatIncludesItselfIsStopped() throws Exception {
    Path main = write("config", "lxc.include = other\n");
    Path other = write("other", "lxc.include = config\n");
    assertEquals(
        List.of(other + ":1  lxc.include: \"" + main + "\" includes itself"),
        LxcConfig.read(main, Map.of()).problems().stream().map(Problem::describe).toList());
  }

  @Test
  void filesThatIncludeEachOtherWithoutEndAreStopped() throws Exception {
    for (int i = 0; i < 12; i++) {
      write("f" + i, ("lxc.include = f" + (i + 1) + "\n").repeat(4));
    }
    write("f12", "");
    Path main = write("config", "lxc.include = f0\n");
    assertTrue(
        LxcConfig.read(main, Map.of())
            .problems()
            .getFirst()
            .describe()
            .endsWith("lxc.include: more than 2000 files are included"));
  }

  @Test
  void variablesAreTakenOverFromTheCaller() {
    LxcConfig config = Configs.parse("lxc.environment = HOME\nlxc.environment = A=B\n");
    assertEquals("HOME=/root\nA=B\n", config.get("lxc.environment").orElseThrow());
    assertEquals(
        List.of(
            "/c/config:1  lxc.environment: the environment has no variable \"NONE\" to take over"
                + " (write NONE=VALUE)"),
        Configs.problems("lxc.environment = NONE\n"));
  }

  @Test
  void randomDigitsOfAddressesAreFilledInAndSaved() {
    LxcConfig config =
        Configs.parse("lxc.net.0.type = veth\n  lxc.net.0.hwaddr='xx:16:3e:xx:Xx:xx'  \n");
    String address = config.get("lxc.net.0.hwaddr").orElseThrow();
    assertTrue(address.matches("[0-9a-f][02468ace]:16:3e(:[0-9a-f]{2}){3}"), address);
    assertEquals("lxc.net.0.type = veth\n  lxc.net.0.hwaddr='" + address + "'  \n", config.text());
    config.set("lxc.net.0.hwaddr", "00:16:3e:xx:xx:xx", OPTION);
    assertTrue(
        config
            .text()
            .endsWith("lxc.net.0.hwaddr = " + config.get("lxc.net.0.hwaddr").orElseThrow() + "\n"));
  }

  @Test
  void aTypeBeginsAnInterfaceAnewAndGapsInTheNumbersStay() {
    String text =
        """
        lxc.net.5.type = veth
        lxc.net.5.link = br0
        lxc.net.2.type = phys
        lxc.net.5.type = macvlan
        """;
    LxcConfig config = Configs.parse(text);
    assertEquals(List.of(), config.problems());
    assertEquals("phys\nmacvlan\n", config.get("lxc.net").orElseThrow());
    assertEquals("", config.get("lxc.net.5.link").orElseThrow());
    assertEquals("private", config.get("lxc.net.5.macvlan.mode").orElseThrow());
    assertEquals(Optional.empty(), config.get("lxc.net.5.veth.pair"));
    assertEquals(Optional.empty(), config.get("lxc.net.0.type"));
  }

  @Test
  void settingsAboveTheFirstTypeAreLostWithAWarning() {
    assertEquals(
        List.of(
            "WARNING /c/config:2  lxc.net.0.type: the type begins the interface anew, so what"
                + " stands above it for lxc.net.0 is lost (put the type first)"),
        Configs.problems("lxc.net.0.link = br0\nlxc.net.0.type = veth\n"));
  }

  @Test
  void aKeyOfAnotherTypeOfInterfaceIsRefused() {
    assertEquals(
        List.of(
            "/c/config:2  lxc.net.0.vlan.id: only an interface of type vlan has this key, and this"
                + " one is veth (put lxc.net.0.type = vlan above it)",
            "/c/config:3  lxc.net.0.tpye: Unknown network configuration key \"lxc.net.0.tpye\"; did"
                + " you mean \"lxc.net.0.type\"?",
            "/c/config:4  lxc.net.1.flags: there is no interface lxc.net.1"),
        Configs.problems(
            "lxc.net.0.type = veth\nlxc.net.0.vlan.id = 1\nlxc.net.0.tpye = x\nlxc.net.1.flags =\n"));
  }

  @Test
  void eachLineWithAFormerTypeOpensTheNextInterface() {
    String text =
        """
        lxc.utsname = web
        lxc.network.type = veth
        lxc.network.link = br0
        lxc.network.type = veth
        lxc.network.link = br1
        lxc.network.ipv4 = 10.0.3.2/24
        lxc.network.0.name = eth7
        lxc.rootfs = /srv/web
        lxc.rootfs.backend = btrfs
        lxc.limit.nofile = 5
        lxc.pivotdir = x
        """;
    LxcConfig config = Configs.parse(text);
    assertFalse(config.hasErrors());
    assertEquals("br0", config.get("lxc.net.0.link").orElseThrow());
    assertEquals("eth7", config.get("lxc.net.0.name").orElseThrow());
    assertEquals("br1", config.get("lxc.net.1.link").orElseThrow());
    assertEquals("10.0.3.2/24", config.get("lxc.net.1.ipv4.address").orElseThrow());
    assertEquals("5", config.get("lxc.prlimit.nofile").orElseThrow());
    assertEquals("btrfs", config.spec("c", directory).rootfs().type());
    assertEquals(11, config.problems().size());
    assertEquals(
        "/c/config:3  lxc.network.link: \"lxc.network.link\" is a name from LXC 2; it is"
            + " \"lxc.net.0.link\" today",
        config.problems().get(2).describe());
    assertEquals(
        "/c/config:9  lxc.rootfs.backend: \"lxc.rootfs.backend\" is from LXC 2; write"
            + " lxc.rootfs.path = TYPE:PATH instead",
        config.problems().get(8).describe());
    assertEquals(
        "/c/config:11  lxc.pivotdir: \"lxc.pivotdir\" is from LXC 2 and does nothing any more",
        config.problems().get(10).describe());
    assertTrue(config.clear("lxc.net.0"));
    assertTrue(config.clear("lxc.rootfs.path"));
    assertEquals(
        """
        lxc.utsname = web
        lxc.network.type = veth
        lxc.network.link = br1
        lxc.network.ipv4 = 10.0.3.2/24
        lxc.limit.nofile = 5
        lxc.pivotdir = x
        """,
        config.text());
  }

  @Test
  void aFormerKeyOfAnInterfaceBeforeAnyTypeIsRefused() {
    assertEquals(
        List.of(
            "/c/config:1  lxc.network.link: \"lxc.network.link\" comes before any interface (put"
                + " lxc.network.type above it)"),
        Configs.problems("lxc.network.link = br0\n"));
  }

  @Test
  void anEmptyFormerNetworkKeyRemovesAllInterfaces() {
    LxcConfig config =
        Configs.parse("lxc.network.type = veth\nlxc.network =\nlxc.network.link = br0\n");
    assertEquals("", config.get("lxc.net").orElseThrow());
    assertEquals(
        "/c/config:3  lxc.network.link: \"lxc.network.link\" comes before any interface (put"
            + " lxc.network.type above it)",
        config.problems().getLast().describe());
  }

  @Test
  void aSettingIsAppendedAndAnEmptyOneRemovesTheLines() {
    LxcConfig config = Configs.parse("# c\nlxc.tty.max = 1\n\n lxc.tty.max=2\nlxc.arch = x86\n");
    assertTrue(config.set("lxc.uts.name", " 'a' ", OPTION));
    assertTrue(config.set("lxc.tty.max", "", OPTION));
    assertEquals("# c\n\nlxc.arch = x86\nlxc.uts.name =  'a' \n", config.text());
    assertEquals(" 'a' ", config.get("lxc.uts.name").orElseThrow());
    assertEquals("0", config.get("lxc.tty.max").orElseThrow());
  }

  @Test
  void aRefusedSettingLeavesTheTextAndOnlySetRemembersTheProblem() {
    LxcConfig config = LxcConfig.empty();
    assertEquals(
        "-s: \"x\" is not a number",
        config.trySet("lxc.tty.max", "x", OPTION).getFirst().describe());
    assertEquals(List.of(), config.problems());
    assertFalse(config.set("lxc.tty.max", "x", OPTION));
    assertTrue(config.hasErrors());
    assertEquals("", config.text());
  }

  @Test
  void aLineWithoutNewlineAtTheEndStaysSoUntilSomethingIsAppended() {
    LxcConfig config = Configs.parse("lxc.tty.max = 1\n\nlxc.arch = x86");
    assertEquals("lxc.tty.max = 1\n\nlxc.arch = x86", config.text());
    config.set("lxc.uts.name", "a", OPTION);
    assertEquals("lxc.tty.max = 1\n\nlxc.arch = x86\nlxc.uts.name = a\n", config.text());
  }

  @Test
  void clearingAGroupLeavesItsNeighbours() {
    LxcConfig config =
        Configs.parse(
            """
            lxc.cgroup.dir = d
            lxc.cgroup.relative = 1
            lxc.cgroup.cpuset.cpus = 0
            lxc.cgroup2.memory.max = 1G
            lxc.hook.version = 1
            lxc.hook.stop = x
            lxc.prlimit.core = 0
            """);
    assertTrue(config.clear("lxc.cgroup"));
    assertTrue(config.clear("lxc.hook"));
    assertTrue(config.clear("lxc.prlimit"));
    assertFalse(config.clear("lxc.bogus"));
    assertFalse(config.clear("lxc.net.0.link"));
    assertTrue(config.clear("lxc.net.0"));
    assertEquals(
        """
        lxc.cgroup.dir = d
        lxc.cgroup.relative = 1
        lxc.cgroup2.memory.max = 1G
        lxc.hook.version = 1
        """,
        config.text());
  }

  @Test
  void keysBelowAPrefixAreGivenWithoutIt() {
    LxcConfig config = Configs.parse("lxc.net.3.type = vlan\nlxc.sysctl.a.b = 1\n");
    assertEquals(
        List.of(
            "type",
            "script.up",
            "script.down",
            "flags",
            "link",
            "name",
            "hwaddr",
            "mtu",
            "ipv6.address",
            "ipv6.gateway",
            "ipv4.address",
            "ipv4.gateway",
            "l2proxy",
            "vlan.id"),
        config.keys("lxc.net.3"));
    assertEquals(List.of(), config.keys("lxc.net.0"));
    assertEquals(List.of("drop", "keep"), config.keys("lxc.cap"));
    assertEquals(List.of("a.b"), config.keys("lxc.sysctl"));
    assertEquals(List.of(), config.keys("lxc.uts.name"));
  }

  @Test
  void aFileIsSavedByteForByteWithModeAndLinkKept() throws Exception {
    byte[] bytes =
        "# Gr\u00fc\u00dfe\r\nlxc.uts.name = a\n\n".getBytes(StandardCharsets.ISO_8859_1);
    Path file = directory.resolve("config");
    Files.write(file, bytes);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    LxcConfig.read(link, Map.of()).save(link);
    assertEquals(
        new String(bytes, StandardCharsets.ISO_8859_1),
        Files.readString(file, StandardCharsets.ISO_8859_1));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("rw-rw-r--", permissions(file));

    Path fresh = directory.resolve("fresh");
    LxcConfig.read(link, Map.of()).save(fresh);
    assertEquals("rw-r-----", permissions(fresh));
    try (var files = Files.list(directory)) {
      assertEquals(3, files.count(), "no temporary file is left");
    }
  }

  @Test
  void aFileThatCannotBeSavedIsNamed() {
    Path nowhere = directory.resolve("none/config");
    CofferException e = assertThrows(CofferException.class, () -> LxcConfig.empty().save(nowhere));
    assertEquals(
        "cannot write \"" + nowhere + "\": No such file or directory (ENOENT)", e.getMessage());
  }

  @Test
  void controlCharactersOfAFileDoNotReachTheTerminal() {
    assertEquals(
        List.of("/c/config:1  lxc.tty.max: \"?[31m\" is not a number"),
        Configs.problems("lxc.tty.max = \u001b[31m\n"));
  }

  private Path write(String name, String text) throws Exception {
    return Files.writeString(directory.resolve(name), text);
  }

  private static String permissions(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
