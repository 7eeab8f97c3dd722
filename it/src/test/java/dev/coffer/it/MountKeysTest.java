package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.rootfs.*, lxc.mount.entry and lxc.mount.fstab. */
class MountKeysTest {
  @RegisterExtension final Machine machine = new Machine();

  private Path source() {
    Path folder = Box.directory(machine.home().resolve("source"));
    Box.write(folder.resolve("file"), "content\n");
    return folder;
  }

  @Test
  void theRootIsWritableUnlessItSaysReadOnly() {
    Box box = new Box(machine, "c1").started("-d");
    box.tryInside("echo x > /etc/new").ok();
    box.stop().ok();
    box.config("lxc.rootfs.options = ro").started("-d");
    box.tryInside("echo x > /etc/other")
        .exits(1)
        .complains("/bin/sh: can't create /etc/other: Read-only file system\n");
    assertTrue(box.mount("/").has("ro"));
    assertTrue(box.mount("/dev").has("rw"));
  }

  @Test
  void mountsInsideAreSharedAmongTheContainersOwnAndReachNobodyElse() {
    Box box = new Box(machine, "c1").started("-d");
    assertTrue(box.mount("/").propagation().startsWith("shared:"), box.mount("/").toString());
    assertTrue(box.mount("/proc").propagation().startsWith("shared:"));
    box.inside("mount -t tmpfs inner /tmp");
    assertFalse(Box.read(Path.of("/proc/self/mountinfo")).contains("- tmpfs inner "));
  }

  @Test
  void aBindMountShowsTheSourceInAndOut() {
    Path source = source();
    Box box =
        new Box(machine, "c1")
            .config("lxc.mount.entry = " + source + " data none bind,create=dir 0 0")
            .started("-d");
    assertEquals("content", box.inside("cat /data/file"));
    box.inside("echo from inside > /data/out");
    assertEquals("from inside\n", Box.read(source.resolve("out")));
  }

  @Test
  void aReadOnlyBindMountIsReadOnlyAtOnceAndInDepth() {
    Path source = source();
    Box.directory(source.resolve("sub"));
    machine.run("mount", "-t", "tmpfs", "tmpfs", source.resolve("sub").toString()).ok();
    machine.afterwards(() -> machine.run("umount", source.resolve("sub").toString()).ok());
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.mount.entry = " + source + " flat none bind,ro,create=dir 0 0",
                "lxc.mount.entry = " + source + " deep none rbind,ro,create=dir 0 0",
                "lxc.mount.entry = " + source + " open none rbind,create=dir 0 0")
            .started("-d");
    box.tryInside("echo x > /flat/x").exits(1);
    box.tryInside("echo x > /deep/x").exits(1);
    box.tryInside("echo x > /deep/sub/x").exits(1);
    box.tryInside("echo x > /open/sub/x").ok();
    assertFalse(box.mount("/flat/sub").isThere());
    assertTrue(box.mount("/deep/sub").has("ro"));
    assertEquals("", box.inside("ls /flat/sub"));
  }

  @Test
  void optionsOfAMountAreInEffect() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.mount.entry = "
                    + source()
                    + " data none bind,nosuid,nodev,noexec,noatime,create=dir 0 0",
                "lxc.mount.entry = tmpfs small tmpfs size=64k,mode=0700,nosuid,create=dir 0 0")
            .started("-d");
    Box.Mount data = box.mount("/data");
    assertTrue(data.has("nosuid") && data.has("nodev") && data.has("noexec"), data.toString());
    assertTrue(data.has("noatime"), data.toString());
    Box.Mount small = box.mount("/small");
    assertEquals("tmpfs", small.type());
    assertTrue(small.has("nosuid") && !small.has("ro"), small.toString());
    assertTrue(small.data().contains("size=64k") && small.data().contains("mode=700"));
  }

  @Test
  void kernelFileSystemsCanBeMountedAnywhere() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.mount.entry = proc other/proc proc nosuid,nodev,noexec,create=dir 0 0",
                "lxc.mount.entry = sysfs other/sys sysfs ro,create=dir 0 0")
            .started("-d");
    assertEquals("1", box.inside("cat /other/proc/1/stat | cut -d' ' -f1"));
    assertTrue(box.mount("/other/sys").has("ro"));
  }

  @Test
  void missingTargetsAreMadeAsFilesOrDirectories() {
    Path source = source();
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.mount.entry = " + source + "/file a/b/file none bind,create=file 0 0",
                "lxc.mount.entry = " + source + " a/b/dir none bind,create=dir 0 0")
            .started("-d");
    assertEquals("content", box.inside("cat /a/b/file"));
    assertEquals("content", box.inside("cat /a/b/dir/file"));
    assertTrue(Files.isRegularFile(box.rootfs().resolve("a/b/file")));
    assertTrue(Files.isDirectory(box.rootfs().resolve("a/b/dir")));
  }

  @Test
  void anOptionalMountIsPassedOverWhenSourceOrTargetIsMissing() {
    Path source = source();
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.mount.entry = /no/such data none bind,optional,create=dir 0 0",
                "lxc.mount.entry = " + source + " missing none bind,optional 0 0",
                "lxc.mount.entry = nosuch fs nosuchfs optional,create=dir 0 0",
                "lxc.mount.entry = " + source + " after none bind,create=dir 0 0")
            .started("-d");
    assertFalse(box.mount("/data").isThere());
    assertFalse(box.mount("/missing").isThere());
    assertTrue(box.mount("/after").isThere());
  }

  @Test
  void aRelativeSourceLiesBelowTheRoot() {
    Box box =
        new Box(machine, "c1")
            .config("lxc.mount.entry = /etc etc-again none bind,relative,ro,create=dir 0 0")
            .started("-d");
    assertEquals(
        Box.read(box.rootfs().resolve("etc/passwd")).strip(), box.inside("cat /etc-again/passwd"));
  }

  @Test
  void anAbsoluteTargetLiesBelowTheRootOrItsMountPoint() {
    Path source = source();
    Box box = new Box(machine, "c1");
    box.config(
            "lxc.rootfs.mount = " + Box.directory(machine.home().resolve("point")),
            "lxc.mount.entry = " + source + " " + box.rootfs() + "/one none bind,create=dir 0 0",
            "lxc.mount.entry = "
                + source
                + " "
                + machine.home().resolve("point")
                + "/two none bind,create=dir 0 0")
        .started("-d");
    assertEquals("content content", box.inside("echo $(cat /one/file /two/file)"));
    box.stop().ok();
    String line = "lxc.mount.entry = " + source + " /outside none bind,create=dir 0 0";
    box.config(line)
        .refuses(
            "mount target \"/outside\" lies outside the container's root",
            "  from  " + box.configFile() + ":" + box.line(line) + "  lxc.mount.entry",
            "  hint  write it relative to the root, as \"outside\"");
  }

  @Test
  void aTargetThatWalksUpwardsIsRefused() {
    String line = "lxc.mount.entry = /etc a/../../b none bind,create=dir 0 0";
    Box box = new Box(machine, "c1").config(line);
    box.refuses(
        "mount target \"a/../../b\" walks upwards",
        "  from  " + box.configFile() + ":" + box.line(line) + "  lxc.mount.entry",
        "  hint  remove the \"..\"");
  }

  @Test
  void aTargetThatIsALinkIsRefused() throws Exception {
    Path victim = Box.directory(machine.home().resolve("victim"));
    String line = "lxc.mount.entry = /etc link/here none bind,create=dir 0 0";
    Box box = new Box(machine, "c1").config(line);
    Files.createSymbolicLink(box.rootfs().resolve("link"), victim);
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(
        outcome
            .err()
            .startsWith(
                "lxc-start: "
                    + box.fullName()
                    + ": cannot bind-mount /etc on link/here: "
                    + "a component of the path is a symbolic link (ELOOP)\n"),
        outcome.err());
    assertTrue(outcome.err().contains("hint  write the path without links"), outcome.err());
    assertFalse(Files.exists(victim.resolve("here")));
  }

  @Test
  void aMissingSourceAndAMissingTargetAreToldApart() {
    Box box = new Box(machine, "c1").config("lxc.mount.entry = /no/such data none bind,create=dir");
    assertTrue(
        box.start("-d")
            .exits(1)
            .err()
            .contains("hint  /no/such does not exist; \"optional\" passes over it"));
    box.config("lxc.mount.entry = /etc missing none bind");
    assertTrue(
        box.start("-d")
            .exits(1)
            .err()
            .contains("hint  add create=dir or create=file to make the missing target"));
    box.config("lxc.mount.entry = /etc/passwd etc none bind");
    assertTrue(
        box.start("-d")
            .exits(1)
            .err()
            .contains("hint  source and target must both be directories, or both not"));
  }

  @Test
  void blanksAreWrittenAsOctalEscapes() {
    Path source = Box.directory(machine.home().resolve("with blank"));
    Box.write(source.resolve("file"), "content\n");
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.mount.entry = "
                    + source.toString().replace(" ", "\\040")
                    + " the\\040target none bind,create=dir 0 0")
            .started("-d");
    assertEquals("content", box.inside("cat '/the target/file'"));
  }

  @Test
  void aMountOfTheHostArrivesThroughASlaveAndNeverOtherwise() {
    Path source = Box.directory(machine.home().resolve("source"));
    machine.run("mount", "-t", "tmpfs", "tmpfs", source.toString()).ok();
    machine.afterwards(() -> machine.run("umount", "-R", source.toString()).ok());
    machine.run("mount", "--make-shared", source.toString()).ok();
    Box.directory(source.resolve("late"));
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.mount.entry = " + source + " slave none rbind,rslave,create=dir 0 0",
                "lxc.mount.entry = " + source + " private none rbind,rprivate,create=dir 0 0",
                "lxc.mount.entry = " + source + " shut none bind,unbindable,create=dir 0 0")
            .started("-d");
    machine.run("mount", "-t", "tmpfs", "tmpfs", source.resolve("late").toString()).ok();
    assertTrue(box.mount("/slave/late").isThere());
    assertFalse(box.mount("/private/late").isThere());
    assertTrue(box.mount("/slave").propagation().contains("master:"));
    assertEquals("", box.mount("/private").propagation());
    assertEquals("unbindable", box.mount("/shut").propagation());
    box.inside("mount -t tmpfs inner /slave/late");
    assertFalse(Box.read(Path.of("/proc/self/mountinfo")).contains("- tmpfs inner "));
  }

  @Test
  void anFstabIsMountedLineByLine() {
    Path fstab = machine.home().resolve("fstab");
    Box.write(
        fstab,
        "# comment\n\n" + source() + "\tdata  none bind,create=dir 0 0\nnone t tmpfs create=dir\n");
    Box box = new Box(machine, "c1").config("lxc.mount.fstab = " + fstab).started("-d");
    assertEquals("content", box.inside("cat /data/file"));
    assertEquals("tmpfs", box.mount("/t").type());
  }

  @Test
  void anFstabThatIsMissingOrWrongIsNamed() {
    Box box = new Box(machine, "c1").config("lxc.mount.fstab = /no/such/fstab");
    assertTrue(box.start("-d").exits(1).err().contains("/no/such/fstab"));
    Path fstab = machine.home().resolve("fstab");
    Box.write(fstab, "/etc etc2 none bind,create=dir\nwrong\n");
    box.config("lxc.mount.fstab = " + fstab);
    assertTrue(box.start("-d").exits(1).err().contains(fstab + ":2"));
    Box.write(fstab, "/etc no/such/target none bind\n");
    assertTrue(box.start("-d").exits(1).err().contains("from  " + fstab + ":1"));
  }

  @Test
  void anFstabCanCarryTheRestOfTheOldManualsOptions() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.mount.entry = proc proc proc nodev,noexec,nosuid,remount 0 0",
                "lxc.mount.entry = sysfs sys sysfs defaults 0 0",
                "lxc.mount.entry = /etc etc3 none bind,rw,relatime,create=dir,defaults 0 0");
    box.started("-d");
    assertTrue(box.mount("/etc3").isThere());
  }

  @Test
  void aRootThatIsMissingIsNamed() {
    Box box = new Box(machine, "c1").config("lxc.rootfs.path = /no/such/root");
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(
        outcome.err().contains("hint  the root file system /no/such/root does not exist"),
        outcome.err());
  }
}
