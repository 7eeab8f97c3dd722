package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The Debian package, in a Debian 12 of its own with systemd: alone, and beside Debian's lxc. */
class PackageTest {
  private static final Path PACKAGES =
      Path.of(System.getProperty("coffer.prefix"), "../package").toAbsolutePath().normalize();
  private static final long MOST_BYTES = 45_000_000;

  /** What a package may leave: what others keep of it, and what belongs to the running system. */
  private static final String EVERY_FILE =
      "find / -xdev -path /tmp -prune -o -path /run -prune -o -path /proc -prune -o -path /sys -prune"
          + " -o -path /dev -prune -o -path /var/lib/dpkg -prune -o -path /var/log -prune"
          + " -o -path /var/lib/systemd -prune -o -path /var/cache -prune -o -path /var/tmp -prune -o -path /srv -prune"
          + " -o -print | sort";

  /** Programs of Debian's lxc that are not as it brought them. */
  private static final String CHANGED = "dpkg -V lxc | grep -v -e ' c ' -e /usr/share || :";

  /** The process id of root's engine. */
  private static final String ENGINE =
      "coffer engine status --format json | grep -o '\"pid\": *[0-9]*'";

  @RegisterExtension final Machine machine = new Machine();

  private static Path deb() throws IOException {
    assumeTrue(Files.isDirectory(PACKAGES), "needs the packages that ./dev package makes");
    try (var files = Files.list(PACKAGES)) {
      return files.filter(file -> file.toString().endsWith(".deb")).findFirst().orElseThrow();
    }
  }

  private Debian debian(Debian.Kind kind) throws IOException {
    Path share = Files.createDirectories(machine.home().resolve("share"));
    Files.copy(deb(), share.resolve("coffer.deb"));
    Files.copy(
        Path.of("/bin/busybox"), share.resolve("busybox"), StandardCopyOption.COPY_ATTRIBUTES);
    Debian debian =
        Debian.make(
            kind,
            machine,
            "deb",
            "coffer.security = default",
            "coffer.idmap = none",
            "coffer.nesting = 1",
            "lxc.mount.entry = " + share + " srv none bind,create=dir 0 0");
    Path units = machine.container("deb").resolve("rootfs/etc/systemd/system");
    // they wait for a network that nobody gives this container
    Files.createSymbolicLink(units.resolve("lxc.service"), Path.of("/dev/null"));
    Files.createSymbolicLink(
        units.resolve("systemd-networkd-wait-online.service"), Path.of("/dev/null"));
    debian.start();
    debian.boots();
    return debian;
  }

  /** With the environment of the container, not of this test. */
  private Outcome shell(String text) {
    List<String> command =
        new ArrayList<>(List.of("--clear-env", "-v", "HOME=/root", "--", "/bin/sh", "-ec"));
    command.add("PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH; cd /\n" + text);
    return machine
        .lxcCommand("attach", "deb", command.toArray(String[]::new))
        .within(Duration.ofMinutes(3))
        .run();
  }

  private String inside(String text) {
    return shell(text).ok().text();
  }

  @Test
  void aloneItIsInstalledUsedUpgradedRemovedAndPurged() throws IOException {
    assertTrue(Files.size(deb()) < MOST_BYTES);
    assertTrue(changelog().startsWith("coffer (0.1.0) "), changelog());
    Debian debian = debian(Debian.Kind.PLAIN);
    // small installations have no manual pages; busybox-static is recommended
    inside("mkdir -p /usr/share/man/man1; cp /srv/busybox /bin/busybox");
    String before = inside(EVERY_FILE);
    inside("dpkg -i /srv/coffer.deb");
    isInPlace();
    inside(
        """
        coffer create c1
        printf '%s\\n' 'lxc.net =' 'lxc.net.0.type = empty' 'lxc.start.auto = 1' >>/var/lib/lxc/c1/config
        lxc-start -n c1
        """);
    upgrades();

    debian.restarts();
    debian.boots();
    assertEquals("RUNNING", inside("lxc-info -n c1 -sH"), "started with the host");
    inside("systemctl stop coffer.service");
    assertEquals("STOPPED", inside("lxc-info -n c1 -sH"));
    leaves(before);
    debian.halts();
  }

  /** The container goes on, the engine does not: the new launcher asks for one of its own build. */
  private void upgrades() throws IOException {
    String pid = inside("lxc-info -n c1 -pH");
    String engine = inside(ENGINE);
    nextVersion(machine.home().resolve("share"));
    inside("dpkg -i /srv/next.deb");
    assertEquals("0.1.0+1", inside("dpkg-query -W -f '${Version}' coffer"));
    assertEquals(pid, inside("lxc-info -n c1 -pH"), "it went on through the upgrade");
    assertEquals("1", inside("lxc-attach -n c1 -- /bin/sh -c 'echo 1'"));
    assertNotEquals(engine, inside(ENGINE), "the engine is the new version's");
    inside("test -s /usr/lib/coffer/engine.aot");
  }

  /** Nothing of the package is left; a container that runs, and the ids of one that is, are. */
  private void leaves(String before) {
    inside("lxc-start -n c1; systemctl enable coffer-net.service");
    String pid = inside("lxc-info -n c1 -pH");
    inside("dpkg -r coffer");
    inside("kill -0 " + pid + "; test ! -e /usr/bin/coffer; test ! -e /usr/bin/lxc-start");
    inside("kill -9 " + pid + "; rm -r /var/lib/lxc");

    String ids = "/var/lib/coffer/idmaps";
    inside("mkdir -p /opt/lxc/web /var/lib/coffer; echo 100000 65536 /opt/lxc/web >" + ids);
    inside("sh /var/lib/dpkg/info/coffer.postrm purge");
    assertEquals("100000 65536 /opt/lxc/web", inside("cat " + ids));
    inside("rm -r /opt/lxc");
    inside("dpkg -P coffer");
    assertEquals("", newLines(before, inside(EVERY_FILE)));
    assertEquals("", inside("update-alternatives --get-selections | grep lxc || :"));
  }

  /** From the package: the Debian of this test installs no documents. */
  private String changelog() throws IOException {
    String file = "./usr/share/doc/coffer/changelog.Debian.gz";
    String script = "dpkg-deb --fsys-tarfile \"$0\" | tar -xO " + file + " | zcat";
    return machine.run("sh", "-c", script, deb().toString()).ok().text();
  }

  private void isInPlace() {
    assertTrue(inside("coffer version").startsWith("coffer 0.1.0"));
    assertEquals("/usr/bin/coffer", inside("readlink -f /usr/bin/lxc-start"));
    assertEquals("/etc/alternatives/lxc-ls", inside("readlink /usr/bin/lxc-ls"));
    inside("zcat /usr/share/man/man1/lxc-ls.1.gz | grep -q '^.TH '");
    inside(
        "test -s /usr/lib/coffer/engine.aot; test -s /usr/share/fish/vendor_completions.d/coffer.fish");
    assertEquals("enabled", inside("systemctl is-enabled coffer.service"));
    inside("coffer doctor | grep -q '^Containers can run here'");
    inside("test -s /usr/lib/coffer/jre/legal/java.base/LICENSE");
  }

  /** The same under a higher version, and as another build: launcher and engine compare its id. */
  private void nextVersion(Path share) throws IOException {
    Path unpacked = machine.home().resolve("unpacked");
    machine.run("dpkg-deb", "-R", deb().toString(), unpacked.toString()).ok();
    Path control = unpacked.resolve("DEBIAN/control");
    Files.writeString(
        control, Files.readString(control).replaceFirst("Version: .*", "Version: 0.1.0+1"));
    anotherBuild(unpacked);
    machine
        .command(
            "dpkg-deb", "-Zgzip", "-b", unpacked.toString(), share.resolve("next.deb").toString())
        .within(Duration.ofMinutes(2))
        .run()
        .ok();
  }

  private static void anotherBuild(Path tree) throws IOException {
    Path noted = tree.resolve("usr/lib/coffer/build-id");
    String id = Files.readString(noted).strip();
    String other = "00".repeat(id.length() / 2);
    Path launcher = tree.resolve("usr/bin/coffer");
    String program = Files.readString(launcher, StandardCharsets.ISO_8859_1);
    String inProgram = bytes(id);
    assertTrue(program.contains(inProgram), "the launcher has the id " + id);
    Files.writeString(
        launcher, program.replace(inProgram, bytes(other)), StandardCharsets.ISO_8859_1);
    Files.writeString(noted, other + "\n");
  }

  private static String bytes(String hexadecimal) {
    return new String(HexFormat.of().parseHex(hexadecimal), StandardCharsets.ISO_8859_1);
  }

  @Test
  void besideDebiansLxcNothingOfItIsTouchedAndInItsPlaceTheToolsHaveItsNames() throws IOException {
    Path share = Files.createDirectories(machine.home().resolve("share"));
    Outcome fetched = machine.command("apt-get", "download", "lxc").in(share).run();
    assumeTrue(fetched.exit() == 0, "needs Debian's lxc from the mirror");
    Debian debian = debian(Debian.Kind.NESTING);
    String whole = inside(CHANGED);
    inside("dpkg -i /srv/coffer.deb");
    assertEquals(whole, inside("test ! -L /usr/bin/lxc-start; " + CHANGED));
    assertEquals("/usr/bin/coffer", inside("readlink -f /usr/lib/coffer/bin/lxc-start"));
    assertTrue(inside("/usr/lib/coffer/bin/lxc-ls --version").startsWith("5.0"));

    inside("mkdir -p /usr/share/man/man1; dpkg -P --force-depends lxc");
    inside("test -L /usr/share/man/man1/lxc-start.1.gz");
    assertEquals("/usr/bin/coffer", inside("readlink -f /usr/bin/lxc-start"));
    // with its manual pages, which Coffer's alternatives have the names of meanwhile
    inside("rm -f /etc/dpkg/dpkg.cfg.d/99mmdebstrap");
    inside("dpkg -i --force-depends --force-confnew /srv/lxc_*.deb");
    assertEquals("", inside("dpkg -V lxc | grep /usr/share/man/man1 || :"));
    assertEquals(whole, inside("test ! -L /usr/bin/lxc-start; " + CHANGED));
    inside("dpkg -P coffer");
    assertEquals(whole, inside("test -x /usr/bin/lxc-start; " + CHANGED));
    assertEquals("", inside("dpkg -V lxc | grep /usr/share/man/man1 || :"));
    debian.halts();
  }

  @Test
  void twoBuildsAreTheSameAndTheArchiveWorksAnywhere() throws IOException {
    String sums = Files.readString(deb().resolveSibling("SHA256SUMS"));
    Path dev = PACKAGES.resolve("../../dev").normalize();
    machine
        .command(dev.toString(), "package")
        .with("JAVA_HOME", System.getProperty("java.home"))
        .within(Duration.ofMinutes(4))
        .run()
        .ok();
    assertEquals(sums, Files.readString(PACKAGES.resolve("SHA256SUMS")));
    Path archive;
    try (var files = Files.list(PACKAGES)) {
      archive = files.filter(file -> file.toString().endsWith(".tar.xz")).findFirst().orElseThrow();
    }
    machine.run("tar", "-C", machine.home().toString(), "-xf", archive.toString()).ok();
    String name = archive.getFileName().toString().replace(".tar.xz", "");
    Path coffer = machine.home().resolve(name).resolve("bin/coffer");
    assertTrue(machine.run(coffer.toString(), "version").ok().out().startsWith("coffer 0.1.0"));
    machine.run(coffer.toString(), "engine", "stop").ok();
  }

  private static String newLines(String before, String after) {
    List<String> old = before.lines().toList();
    return String.join("\n", after.lines().filter(line -> !old.contains(line)).toList());
  }
}
