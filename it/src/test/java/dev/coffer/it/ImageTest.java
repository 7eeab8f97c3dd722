package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers made of images, and images made of containers. */
class ImageTest {
  private static final String SUMS = "sha256sum meta.tar.xz rootfs.tar.xz >SHA256SUMS";

  @RegisterExtension final Machine machine = new Machine();

  @Test
  void aContainerIsMadeOfALocalImageAndRuns() throws IOException {
    Path image = image();
    create("c1", "local", "-m", image + "/meta.tar.xz", "-f", image + "/rootfs.tar.xz").ok();
    String config = Files.readString(machine.container("c1").resolve("config"));
    assertTrue(config.contains("lxc.signal.halt = SIGUSR1\n"), config);
    assertTrue(
        config.contains("# left out, an image does not decide that: lxc.hook.pre-start"), config);
    assertFalse(Files.exists(machine.container("c1").resolve("rootfs/excluded")));
    machine.configure("c1", "lxc.net.0.type = empty");
    machine.lxc("start", "c1", "-d").ok();
    String name = machine.name("c1");
    assertEquals(name, machine.lxc("attach", "c1", "--", "cat", "/etc/hostname").ok().text());
  }

  @Test
  void filesOfAMappedContainerBelongToItsIds() throws IOException {
    Path image = image();
    Path config = machine.home().resolve("mapped.conf");
    Files.writeString(
        config,
        "lxc.idmap = u 0 200000 65536\nlxc.idmap = g 0 300000 65536\n"
            + "lxc.net.0.type = empty\n");
    machine
        .lxc(
            "create",
            "c1",
            "-t",
            "local",
            "-f",
            config.toString(),
            "--",
            "-f",
            image + "/rootfs.tar.xz")
        .ok();
    Path rootfs = machine.container("c1").resolve("rootfs");
    machine.lxc("start", "c1", "-d").ok();
    assertEquals(
        "0", machine.lxc("attach", "c1", "--", "stat", "-c%u", "/bin/busybox").ok().text());
    assertEquals(
        "40",
        machine.lxc("attach", "c1", "--", "stat", "-c%u", "/etc/owned").ok().text(),
        () -> machine.run("stat", "-c", "%u", rootfs + "/etc/owned").out());
  }

  @Test
  void anUnchangedContainerGivesTheSameImageAndComesBackFromIt() throws IOException {
    machine.create("c1").ok();
    Path lxcpath = machine.lxcpath();
    String first = image("publish", machine.name("c1"), "one").ok().text();
    assertEquals("one", first);
    image("publish", machine.name("c1"), "two").ok();
    assertEquals(sha("one"), sha("two"));
    Path file = machine.home().resolve("out.tar.zst");
    image("export", "one", file.toString()).ok();
    String listing = machine.run("tar", "-tf", file.toString()).ok().out();
    assertTrue(listing.startsWith("metadata.yaml\nrootfs/\nrootfs/bin/\n"), listing);
    image("import", file.toString(), "back").ok();
    create("c2", "local", "-f", file.toString()).ok();
    assertEquals(
        "",
        machine
            .run(
                "diff",
                "-r",
                "--no-dereference",
                "--exclude=hostname",
                "--exclude=dev",
                lxcpath.resolve(machine.name("c1")) + "/rootfs",
                lxcpath.resolve(machine.name("c2")) + "/rootfs")
            .ok()
            .text());
    String list = image("list").ok().out();
    assertTrue(list.startsWith("NAME"), list);
    image("remove", "one").ok();
    image("gc", "--all").ok();
    assertEquals("[]", image("list", "--format", "json").ok().text());
    image("info", "one")
        .exits(1)
        .complains(
            "coffer image: there is no image \"one\" in the store\n"
                + "  hint  coffer image list: tells those there are\n");
  }

  @Test
  void aContainerIsPublishedAsSquashfsWithItsMetadataBeside() throws IOException {
    machine.create("c1").ok();
    Path file = machine.home().resolve("out.squashfs");
    for (String name : List.of("one", "two")) {
      image("publish", machine.name("c1"), name, "--type", "squashfs").ok();
    }
    assertEquals(sha("one"), sha("two"));
    image("export", "one", file.toString()).ok().prints(file + "\n" + file + ".meta\n");
    machine.run("tar", "-tf", file + ".meta").ok().prints("metadata.yaml\n");
    create("c2", "local", "-f", file.toString(), "-m", file + ".meta").ok();
    assertTrue(
        Files.isSymbolicLink(machine.container("c2").resolve("rootfs/sbin/init"))
            || Files.exists(machine.container("c2").resolve("rootfs/sbin/init")));
  }

  @Test
  void theDownloadTemplateFetchesFromAServerAndAfterwardsFromTheStore() throws Exception {
    Path image = image();
    Path site = Files.createDirectories(machine.home().resolve("site/images/x/b1"));
    Path index = Files.createDirectories(machine.home().resolve("site/meta/1.0"));
    Files.writeString(
        index.resolve("index-system"),
        "busy;one;amd64;default;b1;/images/x/b1/\nbusy;two;amd64;default;b1;/images/x/b1/\n");
    machine.command("sh", "-c", "cp " + image + "/*.xz . && " + SUMS).in(site).run().ok();
    Process server =
        new ProcessBuilder("python3", "-um", "http.server", "0", "--bind", "127.0.0.1")
            .directory(machine.home().resolve("site").toFile())
            .redirectErrorStream(true)
            .start();
    try {
      String said = server.inputReader().readLine();
      String address = "http://127.0.0.1:" + said.replaceFirst(".*port (\\d+).*", "$1");
      String[] what = {"-d", "busy", "-r", "one", "-a", "amd64", "--server", address};
      create("c1", "download", what).ok();
      assertTrue(Files.exists(machine.container("c1").resolve("rootfs/bin/busybox")));
      Path cached = machine.home().resolve("lxc-cache/download/busy/one/amd64/default");
      assertEquals("b1\n", Files.readString(cached.resolve("build_id")));
      assertEquals(
          -1, Files.mismatch(image.resolve("rootfs.tar.xz"), cached.resolve("rootfs.tar.xz")));
      machine.run("rm", "-r", machine.home() + "/images").ok();
      machine.run("rm", site + "/rootfs.tar.xz").ok();
      create("c4", "download", what).ok(); // from LXC's cache
      assertTrue(Files.exists(machine.container("c4").resolve("rootfs/bin/busybox")));
      machine.command("cp", image + "/rootfs.tar.xz", ".").in(site).run().ok();
      String asking =
          "lxc-create -P %s -n %s -t download -- --server %s"
              .formatted(machine.lxcpath(), machine.name("c3"), address);
      machine.command("script", "-qec", asking, "/dev/null").input("three\none\n").run().ok();
      assertTrue(Files.exists(machine.container("c3").resolve("rootfs/bin/busybox")));
      server.destroy();
      server.waitFor();
      create("c2", "download", what).ok();
      assertTrue(Files.exists(machine.container("c2").resolve("rootfs/bin/busybox")));
    } finally {
      server.destroy();
    }
  }

  @Test
  void aHostileImageLeavesNothing() throws IOException {
    Path folder = Files.createDirectory(machine.home().resolve("evil"));
    machine
        .command(
            "sh",
            "-c",
            "mkdir d; echo x >d/f; tar -cPf evil.tar --transform 's,^d/f,../../../escaped,' d/f")
        .in(folder)
        .run()
        .ok();
    Outcome outcome = create("c1", "local", "-f", folder + "/evil.tar");
    outcome.exits(1);
    assertTrue(outcome.err().contains("its path climbs out by \"..\""), outcome.err());
    assertFalse(Files.exists(machine.container("c1")));
    assertFalse(Files.exists(machine.lxcpath().resolve("escaped")));
  }

  @Test
  void anOrdinaryUsersImageIsUnpackedForTheirSubordinateIds() throws IOException {
    Person person = new Person(machine);
    Path image = image();
    String c = machine.name("c");
    String store = "export COFFER_IMAGES=" + person.home() + "/images; ";
    String make = " -t local -- -m " + image + "/meta.tar.xz -f " + image + "/rootfs.tar.xz";
    person.says(store + "lxc-create -n " + c + make).ok().complains("");
    Path rootfs = person.home().resolve(".local/share/lxc/" + c + "/rootfs");
    int owned = Person.FIRST_ID + 40;
    assertEquals(owned, Files.getAttribute(rootfs.resolve("etc/owned"), "unix:uid"));
    assertEquals(owned + 1, Files.getAttribute(rootfs.resolve("etc/owned"), "unix:gid"));
    person.says("lxc-start -n " + c).ok().complains("");
    person.says("lxc-attach -n " + c + " -- cat /etc/hostname").ok().prints(c + "\n");
    person.says("lxc-stop -k -n " + c + " && lxc-destroy -n " + c).ok().complains("");
    assertFalse(Files.exists(rootfs));
  }

  @Test
  void scriptsOfLxcWorkInsideAnOrdinaryUsersNamespace() throws IOException {
    Person person = new Person(machine);
    Path image = image();
    // that script takes an image's hooks over as they stand
    String withoutHook = "sed -i /hook/d config; tar -cJf meta.tar.xz config templates excludes*";
    machine.command("sh", "-ec", withoutHook).in(image).run().ok();
    String scripts = "/usr/share/lxc/templates/lxc-";
    String local = scripts + "local -- -m " + image + "/meta.tar.xz -f " + image + "/rootfs.tar.xz";
    for (String template : List.of(scripts + "busybox", local)) {
      String c = machine.name("c");
      person.says("lxc-create -n " + c + " -t " + template).ok();
      Path rootfs = person.home().resolve(".local/share/lxc/" + c + "/rootfs");
      assertEquals(Person.FIRST_ID, Files.getAttribute(rootfs.resolve("etc"), "unix:uid"));
      person.says("lxc-start -n " + c + " && lxc-attach -n " + c + " -- id -u").ok().prints("0\n");
      person.says("lxc-stop -k -n " + c + " && lxc-destroy -n " + c).ok();
    }
  }

  @Test
  void aSquashfsBecomesAContainer() throws IOException {
    Path image = image();
    machine
        .command("sh", "-ec", "xz -dc rootfs.tar.xz | tar2sqfs -q rootfs.squashfs")
        .in(image)
        .run()
        .ok();
    create("c1", "local", "-m", image + "/meta.tar.xz", "-f", image + "/rootfs.squashfs").ok();
    Path rootfs = machine.container("c1").resolve("rootfs");
    assertTrue(Files.isSymbolicLink(rootfs.resolve("sbin/init")));
    assertEquals("40 41", machine.run("stat", "-c%u %g", rootfs + "/etc/owned").ok().text());
  }

  @Test
  void aDebianIsMadeOnceAndBoots() throws IOException {
    Outcome made =
        machine
            .lxcCommand("create", "c1", "-t", "debian", "--", "-r", "bookworm")
            .within(Duration.ofMinutes(5))
            .run();
    org.junit.jupiter.api.Assumptions.assumeTrue(
        made.exit() == 0 || !made.err().contains("mmdebstrap ended"), "no Debian mirror");
    made.ok();
    machine.configure("c1", "lxc.net =", "lxc.net.0.type = empty");
    machine.lxc("start", "c1", "-d").ok();
    Machine.await(
        "systemd",
        Duration.ofSeconds(60),
        () ->
            List.of("running", "degraded")
                .contains(
                    machine.lxc("attach", "c1", "--", "systemctl", "is-system-running").text()));
    assertEquals(
        "active",
        machine.lxc("attach", "c1", "--", "systemctl", "is-active", "console-getty").text());
    long start = System.nanoTime();
    machine.lxc("create", "c2", "-t", "debian", "--", "-r", "bookworm").ok();
    assertTrue(System.nanoTime() - start < 60_000_000_000L);
  }

  private Outcome create(String container, String template, String... arguments) {
    var all = new java.util.ArrayList<>(List.of("-t", template, "--"));
    all.addAll(List.of(arguments));
    return machine.lxc("create", container, all.toArray(String[]::new));
  }

  private Outcome image(String... words) {
    var all = new java.util.ArrayList<>(List.of("coffer", "image"));
    all.addAll(List.of(words));
    if (words[0].equals("publish")) {
      all.addAll(List.of("-P", machine.lxcpath().toString()));
    }
    return machine.command(all).run();
  }

  private String sha(String name) {
    return image("info", name)
        .ok()
        .out()
        .lines()
        .filter(l -> l.startsWith("SHA256"))
        .findFirst()
        .orElseThrow();
  }

  /** A BusyBox in LXC's form. */
  private Path image() throws IOException {
    Path folder = Files.createDirectory(machine.home().resolve("image"));
    Files.writeString(
        folder.resolve("config"),
        "lxc.signal.halt = SIGUSR1\nlxc.hook.pre-start = /bin/touch /tmp/never\n");
    Files.writeString(folder.resolve("templates"), "/etc/hostname\n");
    Files.writeString(folder.resolve("excludes"), "./excluded\n");
    Files.writeString(folder.resolve("excludes-user"), "./excluded\n./dev/null\n");
    String script =
        """
        mkdir -p r/bin r/sbin r/etc r/proc r/sys r/dev r/tmp r/root r/excluded/x
        cp /bin/busybox r/bin/ && r/bin/busybox --install -s r/bin && ln -s /bin/busybox r/sbin/init
        for link in r/bin/*; do [ ! -L $link ] || ln -sfn busybox $link; done
        echo LXC_NAME >r/etc/hostname; echo root:x:0:0::/root:/bin/sh >r/etc/passwd
        echo x >r/etc/owned; chown 40:41 r/etc/owned; mknod r/dev/null c 1 3
        printf '::sysinit:/bin/true\\n::respawn:/bin/sleep 1000\\n' >r/etc/inittab
        tar -C r -cJf rootfs.tar.xz . && tar -cJf meta.tar.xz config templates excludes*
        """;
    machine.command("sh", "-ec", script).in(folder).run().ok();
    return folder;
  }
}
