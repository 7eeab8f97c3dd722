package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the kernel has a fixed number of for all containers, and limits of a container's own. */
class SharedLimitsTest {
  private static final String RAISE =
      "umount -l /proc/sys; echo 9 > /proc/sys/user/max_inotify_instances; mount -t proc p /mnt"
          + " && echo 9 > /mnt/sys/user/max_inotify_instances;"
          + " cat /proc/sys/user/max_inotify_instances";

  @RegisterExtension final Machine machine = new Machine();

  @Test
  void aUserNamespaceHasALimitOfItsOwn() {
    Box box =
        new Box(machine, "c1")
            .mapped(
                "lxc.sysctl.user.max_inotify_instances = 3",
                "lxc.sysctl.user.max_pid_namespaces = 0")
            .shifted()
            .started("-d");
    assertEquals("3", box.inside("cat /proc/sys/user/max_inotify_instances"));
    Outcome outcome = box.tryInside("unshare -p true");
    assertTrue(outcome.err().contains("No space left on device"), outcome.toString());
  }

  @Test
  void withoutTheCapabilityNobodyInsideRaisesIt() {
    Box box =
        new Box(machine, "c1")
            .mapped("lxc.sysctl.user.max_inotify_instances = 3", "lxc.cap.drop = sys_resource")
            .shifted()
            .started("-d");
    assertEquals("3", box.tryInside(RAISE).text());
  }

  @Test
  void aContainerWithoutAUserNamespaceIsToldToHaveOne() {
    String line = "lxc.sysctl.user.max_inotify_instances = 3";
    Box box = new Box(machine, "c1").config(line);
    box.refuses(
        "cannot set sysctl user.max_inotify_instances: it belongs to the host",
        "  from  "
            + box.configFile()
            + ":"
            + box.line(line)
            + "  lxc.sysctl.user.max_inotify_instances",
        "  hint  it limits a user namespace, and the container has none: give it one with"
            + " coffer.idmap = auto; set it on the host with sysctl(8)");
  }

  @Test
  void aStartThatWouldHitALimitWarns() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/python3")), "needs python3");
    Person person = new Person(machine);
    int most =
        Integer.parseInt(machine.run("cat", "/proc/sys/fs/inotify/max_user_instances").ok().text());
    assumeTrue(most <= 4096, "needs a limit of inotify instances that can be used up");
    String hoard =
        "python3 -c 'import ctypes,time; c=ctypes.CDLL(None); import resource as r;"
            + " r.setrlimit(r.RLIMIT_NOFILE,(r.getrlimit(r.RLIMIT_NOFILE)[1],)*2);"
            + " [c.inotify_init1(0) for _ in range("
            + (most - 3)
            + ")]; print(1,flush=True); time.sleep(60)' > ~/ready & p=$!;"
            + " while [ ! -s ~/ready ]; do sleep 0.1; done; ";
    Outcome outcome =
        person.says(
            hoard
                + "lxc-create -n "
                + machine.name("c")
                + " -t busybox && lxc-start -n "
                + machine.name("c")
                + "; c=$?; kill $p; lxc-stop -k -n "
                + machine.name("c")
                + "; exit $c");
    outcome
        .ok()
        .complains(
            "lxc-start: fs.inotify.max_user_instances: "
                + (most - 3)
                + " of "
                + most
                + " inotify instances of uid "
                + person.uid()
                + " are in use: the container may find none, then systemd and others inside fail"
                + " with \"Too many open files\" (sysctl -w fs.inotify.max_user_instances="
                + Integer.highestOneBit(Math.max((most - 3) * 4, 640) - 1) * 2
                + ")\n");
    person.says("lxc-destroy -n " + machine.name("c")).ok();
  }
}
