package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
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
    Debian debian = debian(Debian.Kind.PLAIN);
    // small installations have no manual pages; busybox-static is recommended
    inside("mkdir -p /usr/share/man/man1; cp /srv/busybox /bin/busybox");
    String before = inside(EVERY_FILE);
    inside("dpkg -i /srv/coffer.deb");
    isInPlace();
    inside(
        """
        lxc-create -n c1 -t busybox >/dev/null
        printf '%s\\n' 'lxc.net =' 'lxc.net.0.type = empty' 'lxc.start.auto = 1' >>/var/lib/lxc/c1/config
        lxc-start -n c1
        """);
    String pid = inside("lxc-info -n c1 -pH");
    Path share = machine.home().resolve("share");
    nextVersion(share);
    inside("dpkg -i /srv/next.deb");
    assertEquals("0.1.0+1", inside("dpkg-query -W -f '${Version}' coffer"));
    assertEquals(pid, inside("lxc-info -n c1 -pH"), "it went on through the upgrade");
    assertEquals("1", inside("lxc-attach -n c1 -- /bin/sh -c 'echo 1'"));

    debian.restarts();
    debian.boots();
    assertEquals("RUNNING", inside("lxc-info -n c1 -sH"), "started with the host");
    inside("systemctl stop coffer.service");
    assertEquals("STOPPED", inside("lxc-info -n c1 -sH"));
    inside("lxc-start -n c1");
    pid = inside("lxc-info -n c1 -pH");

    inside("dpkg -r coffer");
    inside("kill -0 " + pid + "; test ! -e /usr/bin/coffer; test ! -e /usr/bin/lxc-start");
    inside("kill -9 " + pid + "; rm -r /var/lib/lxc");
    inside("dpkg -P coffer");
    assertEquals("", newLines(before, inside(EVERY_FILE)));
    assertEquals("", inside("update-alternatives --get-selections | grep lxc || :"));
    debian.halts();
  }

  private void isInPlace() {
    assertTrue(inside("coffer version").startsWith("coffer 0.1.0"));
    assertEquals("/usr/bin/coffer", inside("readlink -f /usr/bin/lxc-start"));
    assertEquals("/etc/alternatives/lxc-ls", inside("readlink /usr/bin/lxc-ls"));
    inside("zcat /usr/share/man/man1/lxc-ls.1.gz | grep -q '^.TH '");
    inside(
        "test -s /usr/lib/coffer/engine.aot; test -s /usr/share/fish/vendor_completions.d/coffer.fish");
    assertEquals("enabled", inside("systemctl is-enabled coffer.service"));
  }

  /** The same under a higher version. */
  private void nextVersion(Path share) throws IOException {
    Path unpacked = machine.home().resolve("unpacked");
    machine.run("dpkg-deb", "-R", deb().toString(), unpacked.toString()).ok();
    Path control = unpacked.resolve("DEBIAN/control");
    Files.writeString(
        control, Files.readString(control).replaceFirst("Version: .*", "Version: 0.1.0+1"));
    machine
        .command(
            "dpkg-deb", "-Zgzip", "-b", unpacked.toString(), share.resolve("next.deb").toString())
        .within(Duration.ofMinutes(2))
        .run()
        .ok();
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

    inside("dpkg -P --force-depends lxc");
    assertEquals("/usr/bin/coffer", inside("readlink -f /usr/bin/lxc-start"));
    inside("dpkg -i --force-depends --force-confnew /srv/lxc_*.deb");
    assertEquals(whole, inside("test ! -L /usr/bin/lxc-start; " + CHANGED));
    inside("dpkg -P coffer");
    assertEquals(whole, inside("test -x /usr/bin/lxc-start; " + CHANGED));
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
