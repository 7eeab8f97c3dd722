package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A file system without room: what does not fit is named, and nothing is left of the attempt. */
class FullDiskTest {
  @RegisterExtension final Machine machine = new Machine();

  private Path disk(String size) {
    Path disk = Box.directory(machine.home().resolve("disk"));
    machine.run("mount", "-t", "tmpfs", "-o", "size=" + size, "full", disk.toString()).ok();
    return disk;
  }

  private void refused(Path disk, String cause) {
    String name = machine.name("c1");
    machine
        .run("lxc-create", "-P", disk.toString(), "-n", name, "-t", "busybox")
        .exits(1)
        .complains(
            """
            lxc-create: NAME: Cannot make the built-in image
              cause  CAUSE: No space left on device (ENOSPC)
              hint  its file system is full: free some of it, or choose another by -P or --dir
            lxc-create: NAME: Failed to create container NAME
            """
                .replace("CAUSE", cause)
                .replace("NAME", name));
    assertEquals("", machine.run("ls", "-A", disk.toString()).ok().out());
    machine.run("umount", disk.toString()).ok();
  }

  @Test
  void theProgramDoesNotFit() {
    Path disk = disk("600k");
    Path root = disk.resolve(machine.name("c1")).resolve("rootfs");
    String busybox = machine.run("realpath", "/bin/busybox").ok().text();
    refused(disk, "\"" + busybox + "\" to \"" + root + "/bin/busybox\"");
  }

  @Test
  void oneOfTheSmallFilesDoesNotFit() {
    long size = Long.parseLong(machine.run("stat", "-Lc", "%s", "/bin/busybox").ok().text());
    // directories of a tmpfs take no room; two pages beside the program are for the first files
    Path disk = disk((size / 4096 + 1 + 3) * 4 + "k");
    Path root = disk.resolve(machine.name("c1")).resolve("rootfs");
    refused(disk, "\"" + root + "/etc/inittab\"");
  }
}
