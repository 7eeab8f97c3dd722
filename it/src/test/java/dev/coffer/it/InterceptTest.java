package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** coffer.intercept: calls that Coffer makes for a container with an id map. */
class InterceptTest {
  private static final String EPERM = "-1";

  @RegisterExtension final Machine machine = new Machine();

  private Box box(String calls, String... lines) {
    Box box = new Box(machine, "c1");
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("lxc.net.0.type = empty");
    all.add("lxc.rootfs.options = dev"); // a root with an id map is nodev otherwise
    if (!calls.isEmpty()) {
      all.add("coffer.intercept = " + calls);
    }
    box.mapped(all.toArray(String[]::new));
    CallProgram.install(machine, box.rootfs());
    return box.shifted();
  }

  private static Path directory(Path path, int mode) throws Exception {
    Files.createDirectories(path);
    Files.setPosixFilePermissions(path, permissions(mode));
    return path;
  }

  private static java.util.Set<java.nio.file.attribute.PosixFilePermission> permissions(int mode) {
    String text = "";
    for (int bit = 8; bit >= 0; bit--) {
      text += (mode >> bit & 1) == 0 ? "-" : "" + "rwx".charAt(2 - bit % 3);
    }
    return java.nio.file.attribute.PosixFilePermissions.fromString(text);
  }

  private String fromHost(String name, Path file) {
    return machine
        .run(
            "/usr/bin/python3",
            "-c",
            "import os,sys; print(os.getxattr(sys.argv[2], sys.argv[1]).decode())",
            name,
            file.toString())
        .text();
  }

  @Test
  void harmlessNodesAreMadeAndOthersAreNot() {
    Box box = box("mknod").started("-d");
    assertEquals("0", box.inside("umask 027; /ask node /tmp/null 3"));
    assertEquals(
        "crw-r----- 0 0 1,3",
        box.inside("stat -c '%A %u %g %t,%T' /tmp/null"),
        "as its umask says");
    assertEquals("", box.inside("echo gone > /tmp/null; cat /tmp/null"));
    assertEquals("0", box.inside("/ask at /tmp zero"));
    assertEquals("4", box.inside("head -c 4 /tmp/zero | wc -c"));
    assertEquals("0", box.inside("cd /tmp && mkdir -p x && cd x && /ask node ../full 7"));
    assertEquals("0", box.inside("mknod /tmp/tty c 5 0; echo $?"));
    assertEquals("0", box.inside("mknod /tmp/whiteout c 0 0; echo $?"));
    assertEquals("0", box.inside("mkfifo /tmp/fifo; echo $?"), "is not Coffer's business");
    assertEquals(EPERM, box.inside("/ask block /tmp/disk"));
    assertEquals(EPERM, box.inside("/ask node /tmp/mem 1"));
    assertEquals("1", box.inside("mknod /tmp/console c 5 1 2>/dev/null; echo $?"));
  }

  @Test
  void aCallThatCannotBeMadeFailsAsTheKernelsOwn() {
    Box box = box("mknod", "lxc.environment = X=1").started("-d");
    box.inside("mkdir /tmp/users; chown 1000:1000 /tmp/users; chmod 700 /tmp/users; touch /tmp/f");
    assertEquals("-17", box.inside("/ask node /tmp/f 3"));
    assertEquals("-2", box.inside("/ask node /tmp/nothing/n 3"));
    assertEquals("-20", box.inside("/ask node /tmp/f/n 3"));
    assertEquals("-14", box.inside("/ask null"));
    assertEquals("-9", box.inside("/ask at /nowhere n"));
    assertEquals("0", box.inside("/ask node /tmp/users/n 3"), "its root may go anywhere");
    String own = "su -s /bin/sh nobody -c '/ask node /tmp/other 3'";
    assertEquals(EPERM, box.inside("chmod 777 /tmp; " + own), "who is not root asks for nothing");
    assertEquals(
        EPERM,
        box.inside("unshare -U -r /ask node /tmp/inner 3"),
        "nor does the root of a user namespace that anybody can make");
  }

  @Test
  void marksOfOverlaysAreSetAndOtherAttributesAreNot() {
    Box box = box("setxattr").started("-d");
    box.inside("mkdir /marked /linked /opened; ln -s /linked /link; touch /f");
    assertEquals("0", box.inside("/ask mark /marked trusted.overlay.opaque y"));
    assertEquals("0", box.inside("/ask mark /link trusted.overlay.opaque x"));
    assertEquals("0", box.inside("/ask fmark /opened trusted.overlay.opaque y"));
    assertEquals("0", box.inside("/ask lmark /f trusted.overlay.whiteout y"));
    Path rootfs = box.rootfs();
    assertEquals("y", fromHost("trusted.overlay.opaque", rootfs.resolve("marked")));
    assertEquals("x", fromHost("trusted.overlay.opaque", rootfs.resolve("linked")));
    assertEquals("y", fromHost("trusted.overlay.opaque", rootfs.resolve("opened")));
    assertEquals(EPERM, box.inside("/ask mark /marked trusted.overlay.redirect /"));
    assertEquals(EPERM, box.inside("/ask mark /marked trusted.other y"));
    assertEquals("-2", box.inside("/ask mark /nothing trusted.overlay.opaque y"));
    assertEquals("0", box.inside("/ask mark /f user.x y"), "which anybody may set");
  }

  @Test
  void sysinfoTellsTheContainersOwnMemoryAndTime() {
    Box box = box("sysinfo", "lxc.cgroup.memory.limit_in_bytes = 64M").started("-d");
    String[] told = box.inside("/ask sysinfo").split(" ");
    assertEquals("0", told[0]);
    assertEquals("64", told[1]);
    assertTrue(Long.parseLong(told[2]) > 0 && Long.parseLong(told[2]) <= 64, told[2]);
    assertTrue(Long.parseLong(told[3]) < 60, "seconds since its init began: " + told[3]);
    assertTrue(Long.parseLong(told[4]) < 20, told[4] + " processes");
    assertEquals("-14", box.inside("/ask badsysinfo"));
  }

  @Test
  void withoutAnIdMapOnlySysinfoIsAnswered() {
    Box box = new Box(machine, "c1");
    box.config(
        "coffer.intercept = sysinfo mknod", "lxc.cap.drop = mknod", "lxc.net.0.type = empty");
    CallProgram.install(machine, box.rootfs());
    box.start("-d")
        .ok()
        .complains(
            "lxc-start: "
                + box.configFile()
                + ":6  coffer.intercept: only sysinfo is intercepted: without an id map root inside"
                + " is the host's root, whose other calls the kernel decides about"
                + " (coffer.idmap = auto gives the container ids of its own)\n");
    assertEquals(EPERM, box.inside("/ask node /tmp/null 3"));
    assertTrue(box.inside("/ask sysinfo").startsWith("0 "));
  }

  @Test
  void theDefaultPolicyGoesWithIt() {
    Box box = box("mknod setxattr sysinfo mount:ext4", "coffer.seccomp = default").started("-d");
    assertEquals("0", box.inside("/ask node /tmp/null 3"));
    assertEquals("0", box.inside("mkfifo /tmp/fifo; echo $?"));
    assertEquals("0", box.inside("mount -t tmpfs none /mnt; echo $?"));
    assertEquals("0", box.inside("touch /f; /ask mark /f user.long aaaaaaaaaa"));
    String filter = machine.lxc("info", "c1", "--seccomp").ok().out();
    assertTrue(filter.contains("action 0x7fc00000"), filter);
  }

  @Test
  void aPolicyThatRefusesTheCallIsNotOverruled() {
    Path policy = machine.home().resolve("policy");
    Box.write(policy, "2\ndenylist\nmknod errno 1\n");
    Box box = box("mknod", "lxc.seccomp.profile = " + policy);
    box.refuses(
        "the seccomp policy "
            + policy
            + " does not plainly allow mknod, which coffer.intercept is to answer",
        "  from  " + box.configFile() + ":11  coffer.intercept",
        "  hint  allow it in the policy, or intercept something else");
  }

  @Test
  void itGoesOnWithTheNextEngine() {
    Box box = box("mknod", "lxc.init.cmd = /work");
    Path work = box.rootfs().resolve("work");
    Box.write(
        work,
        "#!/bin/sh\nwhile :; do [ -e /go ] && { rm -f /go; /ask node /tmp/$$ 3 > /said; }; sleep 0.1;"
            + " done\n");
    assertTrue(work.toFile().setExecutable(true));
    box.shifted().started("-d");
    assertEquals("0", box.inside("/ask node /tmp/first 3"));
    machine.killEngine();
    Path said = box.rootfs().resolve("said");
    Box.write(box.rootfs().resolve("go"), "");
    Machine.await("the call", Duration.ofSeconds(10), () -> Files.exists(said));
    assertEquals("", Box.read(said), "nobody answers");
    assertEquals("0", box.inside("/ask node /tmp/second 3"));
    Machine.await("the answer", Duration.ofSeconds(10), () -> !Box.read(said).isEmpty());
    assertEquals("0\n", Box.read(said), "which waited for an engine");
  }

  @Test
  void manyCallsAndManyThreads() {
    Box box = box("mknod").started("-d");
    Outcome many = box.tryInside("/ask many 10000");
    assertEquals("0", many.ok().text());
    System.err.println("intercepted mknod and unlink: " + many.err().strip());
    assertEquals("0", box.inside("/ask threads"));
    assertEquals("0", box.inside("/ask dying"), "after 200 callers that were killed");
  }

  @Test
  void aPathThatChangesLeadsNowhereElse() throws Exception {
    Path host = directory(machine.home().resolve("host"), 0755);
    Path open = directory(host.resolve("open"), 0777);
    Box box = box("mknod setxattr", "lxc.mount.entry = " + host + " host none bind,create=dir");
    box.started("-d");
    assertEquals("-13", box.inside("/ask node /host/n 3"), "not its own root's to write to");
    assertEquals(EPERM, box.inside("/ask mark /host/open trusted.overlay.opaque y"), "nor to mark");
    box.inside("mkdir -p /tmp/d; ln -s /host /tmp/l");
    assertEquals("some made", box.inside("/ask links"));
    assertEquals("some made", box.inside("/ask memory"));
    try (var files = Files.list(host)) {
      assertEquals(List.of(open), files.toList());
    }
  }

  /** An image with a file system of ext4, attached to a loop device. */
  private Path disk() {
    Path image = machine.home().resolve("disk");
    machine.run("truncate", "-s", "16M", image.toString()).ok();
    machine.run("mkfs.ext4", "-q", "-F", "-E", "root_owner=0:0", image.toString()).ok();
    Outcome attached = machine.run("losetup", "-f", "--show", image.toString());
    assumeTrue(attached.exit() == 0, "needs loop devices");
    String device = attached.text();
    machine.afterwards(() -> machine.run("losetup", "-d", device));
    return Path.of(device);
  }

  private void node(Box box, String name, Path device, int owner, int mode) {
    String numbers = machine.run("stat", "-c", "%Hr %Lr", device.toString()).ok().text();
    String place = box.rootfs().resolve(name).toString();
    List<String> command = new ArrayList<>(List.of("mknod", place, "b"));
    command.addAll(List.of(numbers.split(" ")));
    machine.run(command.toArray(String[]::new)).ok();
    machine.run("chown", owner + ":" + owner, place).ok();
    machine.run("chmod", Integer.toOctalString(mode), place).ok();
  }

  @Test
  void aDeviceThatTheContainerCanOpenIsMounted() throws Exception {
    Path device = disk();
    Path place = directory(machine.home().resolve("place"), 0700);
    machine.run("mount", device.toString(), place.toString()).ok();
    machine.run("mknod", "-m", "666", place + "/null", "c", "1", "3").ok();
    machine.run("umount", place.toString()).ok();
    Box box = box("mount:ext4");
    node(box, "disk", device, Box.FIRST_ID, 0600);
    node(box, "closed", device, 0, 0600);
    box.started("-d");
    assertEquals("0", box.inside("/ask mount /disk /mnt ext4 0 ''"));
    Box.Mount mount = box.mount("/mnt");
    assertEquals("ext4", mount.type());
    assertTrue(mount.has("nodev"), mount.options());
    assertEquals("0 0", box.inside("echo x > /mnt/file; stat -c '%u %g' /mnt/file"));
    assertEquals("0 0", box.inside("stat -c '%u %g' /mnt/lost+found"), "as the device has it");
    assertEquals("1", box.inside("mount -o remount,bind,dev /mnt 2>/dev/null; echo $?"));
    assertEquals("1", box.inside("{ echo x > /mnt/null; } 2>/dev/null; echo $?"), "nor can they");
    assertEquals("0", box.inside("umount /mnt; echo $?"));
    assertEquals("0", box.inside("/ask mount /disk /mnt ext4 0xc0ed0001 ''"), "read-only");
    assertEquals("-30", box.inside("/ask node /mnt/n 3 >/dev/null; /ask mark /mnt user.x y"));
    box.inside("umount /mnt");
    assertEquals("-13", box.inside("/ask mount /closed /mnt ext4 0 ''"));
    assertEquals("-15", box.inside("/ask mount /etc/passwd /mnt ext4 0 ''"));
    assertEquals("-2", box.inside("/ask mount /disk /nowhere ext4 0 ''"));
    assertEquals(EPERM, box.inside("/ask mount /disk /mnt xfs 0 ''"));
    assertEquals(EPERM, box.inside("/ask mount /disk /mnt ext4 0 errors=panic"));
    assertEquals("-22", box.inside("/ask mount /disk /mnt ext4 0 journal_path=/dev/sda"));
    assertEquals("-22", box.inside("/ask mount /disk /mnt ext4 0 nonsense"));
    assertEquals("0", box.inside("/ask mount none /mnt tmpfs 0 ''"), "as anybody's");
    assertEquals("0", box.inside("mount --bind /tmp /mnt; echo $?"));
  }

  @Test
  void deviceRulesHoldForWhatIsMounted() throws Exception {
    Path device = disk();
    Box box =
        box("mount:ext4", "lxc.cgroup.devices.deny = a", "lxc.cgroup.devices.allow = c *:* rwm");
    node(box, "disk", device, Box.FIRST_ID, 0600);
    box.started("-d");
    assertEquals(EPERM, box.inside("/ask mount /disk /mnt ext4 0 ''"));
  }
}
