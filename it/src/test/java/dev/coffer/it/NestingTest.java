package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Container managers inside a container: Coffer itself, Debian's LXC, systemd-nspawn, dockerd. */
class NestingTest {
  private static final String[] IDS = {
    "lxc.idmap = u 0 300000 131072",
    "lxc.idmap = g 0 300000 131072",
    "lxc.rootfs.options = idmap=container"
  };

  /**
   * A container made, started and asked, by whichever lxc-* come first in PATH. An emulated
   * processor may need longer for the first engine than a command waits, so that has more tries.
   */
  private static final String ROUND =
      """
      set -e
      lxc-ls >/dev/null 2>&1 || lxc-ls >/dev/null 2>&1 || :
      lxc-create -n %1$s -t busybox >/dev/null
      sed -i '/^lxc.net/d; /^lxc.apparmor/d' /var/lib/lxc/%1$s/config
      echo 'lxc.net.0.type = empty' >>/var/lib/lxc/%1$s/config
      printf '%2$s' >>/var/lib/lxc/%1$s/config
      lxc-start -n %1$s
      lxc-attach -n %1$s -- /bin/cat /proc/self/uid_map /proc/1/cmdline | tr '\\0' ' '
      lxc-stop -n %1$s -k
      lxc-destroy -n %1$s >/dev/null
      """;

  /**
   * A root file system, and a cgroup of their own as managers have it in a service. For a root
   * without systemd nspawn mounts a v1 tree, which a cgroup namespace on a host without one may
   * not.
   */
  private static final String NSPAWN =
      """
      set -e
      rm -rf /srv/box
      mkdir -p /srv/box/bin /srv/box/etc /srv/box/usr
      cp /bin/busybox /srv/box/bin/sh
      touch /srv/box/etc/os-release
      systemd-run --wait --pipe --quiet -E SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 \
        systemd-nspawn -q --register=no --keep-unit --pipe %s -D /srv/box /bin/sh -c 'echo inside nspawn; read map </proc/self/uid_map; echo $map'
      """;

  private static final String DOCKER =
      """
      mkdir -p /srv/image/bin
      cp /bin/busybox /srv/image/bin/sh
      tar -C /srv/image -c . | docker import - box >/dev/null
      docker run --rm --network none box /bin/sh -c 'echo inside docker'
      """;

  /** LXC's own profiles are not loaded inside. */
  private static final String UNCHANGED = "lxc.apparmor.profile = unchanged\\n";

  @RegisterExtension final Machine machine = new Machine();

  @Test
  @Everywhere
  void everyManagerRunsContainersInsideAMappedContainerUnderTheDefaultPolicy() throws IOException {
    Debian debian =
        make(
            "lxc.mount.auto = proc:mixed sys:mixed",
            "lxc.cap.drop = sys_module sys_rawio sys_time mac_admin mac_override");
    machine.configure("deb", IDS);
    machine.configure("deb", "coffer.seccomp = default");
    debian.start();
    debian.boots();
    assertAll(
        () -> assertEquals(0, shell(debian, "", "test -d /sys/fs/cgroup/init.scope").exit()),
        () ->
            assertEquals(
                "0 300000 131072 init",
                round(debian, "/coffer/bin:", "c1", "coffer.security = lxc\\n")),
        () -> assertEquals("0 65536 65536 init", round(debian, "/coffer/bin:", "c2", "")),
        () -> assertEquals("0 300000 131072 init", round(debian, "", "l1", UNCHANGED)),
        () -> assertEquals("inside nspawn 0 300000 131072", nspawn(debian, "")),
        () -> assertEquals("inside nspawn 0 0 65536", nspawn(debian, "--private-users=identity")),
        () -> assertEquals("inside docker", shell(debian, "", DOCKER).ok().text()));
    debian.halts();
  }

  @Test
  @Everywhere
  void everyManagerRunsContainersInsideOneWithTheHostsIdsUnderTheDefaultPolicy()
      throws IOException {
    Debian debian = make("coffer.security = default", "coffer.idmap = none");
    debian.start();
    debian.boots();
    assertAll(
        () ->
            assertEquals(
                "0 0 4294967295 init",
                round(debian, "/coffer/bin:", "c1", "coffer.security = lxc\\n")),
        () -> assertEquals("0 1000000 65536 init", round(debian, "/coffer/bin:", "c2", "")),
        () -> assertEquals("0 0 4294967295 init", round(debian, "", "l1", UNCHANGED)),
        () -> assertEquals("inside nspawn 0 0 4294967295", nspawn(debian, "")),
        () -> {
          String own = nspawn(debian, "-U");
          assertTrue(own.matches("inside nspawn 0 [1-9][0-9]+ 65536"), own);
        },
        () -> assertEquals("inside docker", shell(debian, "", DOCKER).ok().text()));
    debian.halts();
  }

  /** By its own limits, under LXC as well: docs/nesting.md. */
  @Test
  void nspawnGivesItsContainersNoOtherIdsInsideAMappedContainer() throws IOException {
    Debian debian =
        make(
            "coffer.idmap = auto 262144",
            "lxc.rootfs.options = idmap=container",
            "lxc.cap.drop = sys_rawio");
    debian.start();
    debian.boots();
    Outcome chosen = shell(debian, "", NSPAWN.formatted("-U"));
    assertTrue(chosen.err().contains("Failed to set up ID mapped mounts"), chosen.toString());
    String own =
        "chown -R 65536:65536 /srv/box\n" + NSPAWN.substring(NSPAWN.indexOf("systemd-run"));
    Outcome owned =
        shell(
            debian, "", own.formatted("--private-users=65536:65536 --private-users-ownership=off"));
    assertTrue(owned.err().contains("mknod(/srv/box/dev/null) failed"), owned.toString());
    debian.halts();
  }

  @Test
  void cofferRunsContainersInsideOneWithTheHostsIdsAndSaysWhatThatMeans() throws IOException {
    make("lxc.mount.auto = proc:mixed sys:mixed");
    String script =
        script("/coffer/bin:", ROUND.formatted("c1", "coffer.security = lxc\\n"))
            + ROUND.formatted("c2", "");
    Outcome outcome =
        machine
            .lxcCommand("execute", "deb", "--", "/bin/sh", "-c", script)
            .within(Duration.ofSeconds(60))
            .run()
            .ok();
    assertEquals("0 0 4294967295 init 0 1000000 65536 init", squeeze(outcome.out()));
    String notice = "coffer.nesting: without an id map root of the container, and of those inside";
    assertTrue(outcome.err().contains(notice), outcome.err());
  }

  private Debian make(String... config) throws IOException {
    Path prefix = machine.tool("").getParent();
    String jdk = Files.readAllLines(prefix.resolve("lib/coffer/engine.argv")).getFirst();
    String home = Path.of(jdk).getParent().getParent().toString();
    List<String> all = new ArrayList<>(List.of(config));
    all.add("coffer.nesting = 1");
    all.add("lxc.mount.entry = " + prefix + " coffer none bind,ro,create=dir");
    all.add("lxc.mount.entry = " + home + " " + home.substring(1) + " none bind,ro,create=dir");
    Debian debian = Debian.make(Debian.Kind.NESTING, machine, "deb", all.toArray(String[]::new));
    // it waits half a minute for a network that nobody gives this container
    Path units = machine.container("deb").resolve("rootfs/etc/systemd/system");
    Files.createSymbolicLink(units.resolve("lxc.service"), Path.of("/dev/null"));
    for (int tries = 0; tries < 3 && machine.run("lxc-ls").exit() != 0; tries++) {}
    return debian;
  }

  private static String nspawn(Debian debian, String options) {
    return squeeze(shell(debian, "", NSPAWN.formatted(options)).ok().text());
  }

  private static String round(Debian debian, String first, String name, String config) {
    return squeeze(shell(debian, first, ROUND.formatted(name, config)).ok().text());
  }

  private static Outcome shell(Debian debian, String first, String text) {
    return debian.inside("/bin/sh", "-c", script(first, text));
  }

  /** With the environment of the container, not of this test. */
  private static String script(String first, String text) {
    return "unset COFFER_RUN; HOME=/root PATH="
        + first
        + "/usr/sbin:/usr/bin:/sbin:/bin; export HOME PATH; cd /\n"
        + text;
  }

  private static String squeeze(String text) {
    return text.strip().replaceAll("\\s+", " ").replaceAll("/sbin/", "");
  }
}
