package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A host whose mounts are shared, as systemd makes them: nothing comes back from a container. */
class SharedMountsTest {
  @RegisterExtension final Machine machine = new Machine();

  @Test
  void aContainerWithMappedIdsStartsAndItsMountsStayInside() throws IOException {
    machine.create("c1").ok();
    machine.configure(
        "c1",
        "lxc.idmap = u 0 100000 65536",
        "lxc.idmap = g 0 100000 65536",
        "lxc.rootfs.options = idmap=container");
    mountsStayInside();
  }

  @Test
  void aPrivilegedContainerStartsAndItsMountsStayInside() throws IOException {
    machine.create("c1").ok();
    mountsStayInside();
  }

  private void mountsStayInside() throws IOException {
    Path shared = Files.createDirectories(machine.home().resolve("shared/inner")).getParent();
    machine.configure("c1", "lxc.mount.entry = " + shared + " mnt none bind,create=dir 0 0");
    String container = " -P " + machine.lxcpath() + " -n " + machine.name("c1");
    String script =
        "lxc-start"
            + container
            + " && lxc-attach"
            + container
            + " -- mount -t tmpfs none /mnt/inner"
            + " && lxc-attach"
            + container
            + " -- grep -c ' /mnt/inner ' /proc/self/mountinfo"
            + "; grep -c ' "
            + shared
            + "/inner ' /proc/self/mountinfo"
            + "; lxc-stop"
            + container
            + " -k"
            + "; coffer engine stop";
    Outcome outcome =
        machine.run("unshare", "-m", "--propagation", "shared", "sh", "-c", script).ok();
    assertEquals("1\n0", outcome.text(), outcome::toString);
  }
}
