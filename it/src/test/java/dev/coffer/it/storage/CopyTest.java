package dev.coffer.it.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Command;
import dev.coffer.it.Everywhere;
import dev.coffer.it.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Copies of containers, and what becomes of them. */
@Everywhere
class CopyTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void original() throws IOException {
    machine.create("a").ok();
    Files.writeString(file("a", "root/note"), "hello");
    Files.writeString(file("a", "etc/machine-id"), "0123456789abcdef0123456789abcdef\n");
  }

  private Path file(String container, String path) {
    return machine.container(container).resolve("rootfs").resolve(path);
  }

  private String config(String name) throws IOException {
    return Files.readString(machine.container(name).resolve("config"));
  }

  private String inside(String name, String script) {
    return machine.lxc("attach", name, "--", "/bin/sh", "-c", script).ok().text();
  }

  private void copy(String from, String to, String... options) {
    String[] all =
        Stream.concat(Stream.of("-N", machine.name(to)), Stream.of(options)).toArray(String[]::new);
    machine.lxc("copy", from, all).ok().prints("").complains("");
  }

  private List<String> containers() {
    return machine.run("lxc-ls", "-P", machine.lxcpath().toString(), "-1").ok().lines();
  }

  @Test
  void aFullCopyNeedsNothingOfTheOriginal() throws IOException {
    machine.configure("a", "lxc.net.7.type = empty", "lxc.net.7.hwaddr = 00:16:3e:aa:bb:cc");
    copy("a", "b");
    machine.lxc("destroy", "a").ok();
    assertFalse(config("b").contains("aa:bb:cc"));
    assertFalse(config("b").contains(machine.name("a")));
    machine.lxc("start", "b").ok();
    assertEquals(machine.name("b"), inside("b", "cat /etc/hostname"));
    assertEquals("hello", inside("b", "cat /root/note; cat /etc/machine-id"));
    assertEquals("0 0", inside("b", "stat -c '%u %g' /bin/sh"));
  }

  @Test
  void snapshotsShareWhatDoesNotChange() throws IOException {
    copy("a", "b", "-s");
    copy("b", "c", "-s");
    assertTrue(config("c").contains("overlay:" + machine.container("a") + "/rootfs:"));
    machine.lxc("start", "c").ok();
    assertEquals("hello" + machine.name("c"), inside("c", "cat /root/note /etc/hostname"));
    inside("c", "rm /root/note; echo x >/root/mine");
    assertTrue(Files.exists(file("a", "root/note")));
    String refused = machine.lxc("destroy", "a").exits(1).err();
    assertTrue(refused.contains("has clones"), refused);
    machine.lxc("stop", "c", "-k").ok();
    machine.lxc("destroy", "c").ok();
    machine.lxc("destroy", "b").ok();
    machine.lxc("destroy", "a").ok();
    assertEquals(List.of(), containers());
  }

  @Test
  void aThrowAwayCopyRunsACommandAndIsGone() throws IOException {
    var ran = machine.lxc("copy", "a", "-e", "--", "sh", "-c", "cat /root/note; exit 7").exits(7);
    assertTrue(ran.out().startsWith("Created " + machine.name("a") + "_"), ran.out());
    assertTrue(ran.out().endsWith(" as clone of " + machine.name("a") + "\nhello"), ran.out());
    assertEquals(List.of(machine.name("a")), containers());
    assertFalse(Files.exists(machine.container("a").resolve("lxc_snapshots")));
    machine.lxc("destroy", "a").ok();
  }

  @Test
  void aThrowAwayCopyGoesWhenItEndsThoughItsEngineWasKilled() {
    machine.lxc("copy", "a", "-e", "-t", "-N", machine.name("e")).ok();
    assertEquals("hello", inside("e", "cat /root/note; echo new >/root/note"));
    machine.killEngine();
    machine.lxc("stop", "e", "-k").ok();
    Machine.await("gone", SOON, () -> !Files.exists(machine.container("e")));
  }

  @Test
  void mountsOfAThrowAwayCopy() throws IOException {
    Path data = Files.createDirectory(machine.home().resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.writeString(data.resolve("f"), "shared");
    String name = machine.name("e");
    machine.lxc("copy", "a", "-e", "-N", name, "-m", "bind=" + data + ":/mnt/d:ro").ok();
    assertEquals("shared", inside("e", "cat /mnt/d/f; ! touch /mnt/d/g 2>/dev/null"));
  }

  @Test
  void oneCommandRunsInACopyOfWhatRuns() {
    machine.lxc("start", "a").ok();
    String name = machine.name("a");
    String path = machine.lxcpath().toString();
    for (int i = 0; i < 3; i++) {
      machine
          .run(
              "coffer",
              "run",
              "-P",
              path,
              name,
              "sh",
              "-c",
              "cat /root/note; rm /root/note; exit 3")
          .exits(3)
          .prints("hello");
    }
    assertEquals("hello", inside("a", "cat /root/note"));
    assertEquals(List.of(name), containers());
  }

  @Test
  void aHundredInARowLeaveNothing() {
    String path = machine.lxcpath().toString();
    for (int i = 0; i < 100; i++) {
      machine.run("coffer", "run", "-P", path, machine.name("a"), "true").ok();
    }
    assertEquals(List.of(machine.name("a")), containers());
  }

  @Test
  void snapshotsAreListedRestoredAndDeleted() throws IOException {
    Path comment = Files.writeString(machine.home().resolve("comment"), "before the change\n");
    machine.lxc("snapshot", "a", "-L").ok().prints("No snapshots\n");
    machine.lxc("snapshot", "a", "-c", comment.toString()).ok().prints("");
    Files.writeString(file("a", "root/note"), "changed");
    Files.createDirectories(file("a", "root/d/e/f"));
    machine.lxc("snapshot", "a").ok();
    String list = machine.lxc("snapshot", "a", "-L", "-C").ok().out();
    String folder = machine.container("a") + "/snaps";
    assertTrue(
        list.matches(
            "snap0 \\(%1$s\\) \\d{4}(:\\d\\d){2} [0-9:]{8}\nbefore the change\nsnap1 \\(%1$s\\) .*\n"
                .formatted(folder)),
        list);
    machine.lxc("snapshot", "a", "-r", "snap0", "-N", machine.name("old")).ok();
    assertEquals("hello", Files.readString(file("old", "root/note")));
    machine.lxc("snapshot", "a", "-r", "snap0").ok();
    assertEquals("hello", Files.readString(file("a", "root/note")));
    assertFalse(Files.exists(file("a", "root/d")));
    assertFalse(Files.exists(machine.container("a").resolve(".restoring")));
    machine.lxc("start", "a").ok();
    machine.lxc("stop", "a", "-k").ok();
    assertTrue(machine.lxc("destroy", "a").exits(1).err().contains("has snapshots"));
    machine.lxc("snapshot", "a", "-d", "snap0").ok();
    machine.lxc("destroy", "a", "-s").ok();
    assertFalse(Files.exists(machine.container("a")));
  }

  @Test
  void aContainerGetsAnotherName() throws IOException {
    machine.lxc("copy", "a", "-R", "-N", machine.name("z")).ok();
    assertEquals(List.of(machine.name("z")), containers());
    machine.lxc("start", "z").ok();
    assertEquals(machine.name("z"), inside("z", "hostname"));
    assertTrue(
        machine
            .lxc("copy", "z", "-R", "-N", machine.name("y"))
            .exits(1)
            .err()
            .contains("is running"));
  }

  @Test
  void aCopyThatIsInterruptedLeavesNothing() throws Exception {
    for (int i = 0; i < 3000; i++) {
      Files.writeString(file("a", "var/f" + i), "x".repeat(2000));
    }
    for (int millis : new int[] {0, 10, 30, 60, 100, 200}) {
      Command.Running copying = machine.lxcCommand("copy", "a", "-N", machine.name("b")).start();
      Thread.sleep(millis);
      machine.killEngine();
      copying.await(SOON);
      boolean whole = Files.exists(machine.container("b").resolve("config"));
      if (whole && !Files.exists(machine.container("b").resolve("partial"))) {
        machine.lxc("destroy", "b").ok();
      } else {
        copy("a", "b"); // clears up first
        assertTrue(Files.exists(file("b", "var/f2999")));
        machine.lxc("destroy", "b").ok();
      }
      assertFalse(Files.exists(machine.container("b")));
    }
  }

  @Test
  void debiansToolsAndOursWorkOnEachOthersCopies() throws IOException {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Files.exists(Path.of("/usr/bin/lxc-copy")), "no lxc of Debian's");
    String path = machine.lxcpath().toString();
    machine
        .run(
            "/usr/bin/lxc-copy", "-P", path, "-n", machine.name("a"), "-N", machine.name("b"), "-s")
        .ok();
    machine.lxc("start", "b").ok();
    assertEquals("hello" + machine.name("b"), inside("b", "cat /root/note /etc/hostname"));
    machine.lxc("stop", "b", "-k").ok();
    copy("a", "c", "-s");
    assertTrue(
        machine
            .run("/usr/bin/lxc-destroy", "-P", path, "-n", machine.name("c"))
            .ok()
            .err()
            .isEmpty());
    machine.lxc("destroy", "b").ok();
    machine.run("/usr/bin/lxc-snapshot", "-P", path, "-n", machine.name("a")).ok();
    assertTrue(machine.lxc("snapshot", "a", "-L").ok().out().startsWith("snap0 ("));
    Files.writeString(file("a", "root/note"), "changed");
    machine.lxc("snapshot", "a", "-r", "snap0").ok();
    assertEquals("hello", Files.readString(file("a", "root/note")));
  }

  @Test
  void manyCopiesAtOnceAreAllWhole() {
    List<Command.Running> copies =
        IntStream.range(0, 8)
            .mapToObj(i -> machine.lxcCommand("copy", "a", "-s", "-N", machine.name("m" + i)))
            .map(Command::start)
            .toList();
    copies.forEach(each -> each.await(SOON).ok());
    assertEquals(9, containers().size());
    IntStream.range(0, 8).forEach(i -> machine.lxc("destroy", "m" + i).ok());
    machine.lxc("destroy", "a").ok();
  }
}
