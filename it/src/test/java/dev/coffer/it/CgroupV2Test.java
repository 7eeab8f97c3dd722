package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.linux.UnixSocket;
import dev.coffer.model.ContainerState;
import dev.coffer.runtime.command.CommandClient;
import dev.coffer.runtime.command.CommandSocketName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits, devices, freezing and delegation where there is nothing but cgroup v2. */
@Guest
class CgroupV2Test {
  private static final Path TOP = Path.of("/sys/fs/cgroup");
  private static final int MAPPED_ROOT = 100_000;

  @RegisterExtension final Machine machine = new Machine();

  @Test
  void limitsAreInEffectAndSeenInside() throws IOException {
    machine.create("c1").ok();
    machine.configure(
        "c1",
        "lxc.mount.auto = cgroup:mixed",
        "lxc.cgroup2.memory.max = 64M",
        "lxc.cgroup2.pids.max = 50",
        "lxc.cgroup2.cpuset.cpus = 0",
        "lxc.cgroup2.cpu.weight = 50");
    machine.lxc("start", "c1").ok();
    assertEquals("67108864", Files.readString(payload("c1").resolve("memory.max")).strip());
    assertEquals("67108864", inside("c1", "cat", "/sys/fs/cgroup/memory.max"));
    assertEquals("50", inside("c1", "cat", "/sys/fs/cgroup/pids.max"));
    assertEquals("0", inside("c1", "cat", "/sys/fs/cgroup/cpuset.cpus.effective"));
    assertEquals("50", inside("c1", "cat", "/sys/fs/cgroup/cpu.weight"));
    assertEquals("1", inside("c1", "nproc"));
    Outcome tooMany =
        machine.lxc(
            "attach", "c1", "--", "/bin/sh", "-c", "for i in $(seq 60); do sleep 5 & done; wait");
    assertTrue(tooMany.err().contains("can't fork"), tooMany.toString());
    machine.lxc("stop", "c1", "-k").ok();
  }

  @Test
  void devicesThatAreNotAllowedCannotBeUsedOrMade() throws IOException {
    machine.create("c1").ok();
    machine.configure(
        "c1",
        "coffer.security = lxc", // a mapped root makes no node
        "lxc.cgroup2.devices.deny = a",
        "lxc.cgroup2.devices.allow = c 1:3 rwm",
        "lxc.cgroup2.devices.allow = c 1:5 rwm",
        "lxc.cgroup2.devices.allow = c 1:8 r",
        "lxc.cgroup2.devices.allow = c 5:* rwm",
        "lxc.cgroup2.devices.allow = c 136:* rwm",
        "lxc.cgroup2.devices.allow = c 1:11 m");
    machine.lxc("start", "c1").ok();
    assertEquals(
        "0", inside("c1", "/bin/sh", "-c", "head -c 1 /dev/zero | wc -c >/dev/null; echo $?"));
    refused("head -c 1 /dev/urandom");
    refused("mknod /root/disk b 7 0");
    // this one may be made, and still not be read
    inside("c1", "mknod", "/root/kmsg", "c", "1", "11");
    refused("head -c 1 /root/kmsg");
    inside("c1", "/bin/sh", "-c", "head -c 1 /dev/random >/dev/null");
    refused("echo >/dev/random");
    machine.lxc("stop", "c1", "-k").ok();
  }

  @Test
  void aDeviceRuleOfTheCommandSocketOutlivesTheEngineAndEndsWithTheCgroup() {
    machine.create("c1").ok();
    machine.lxc("start", "c1").ok();
    deny(1, 8);
    refused("head -c 1 /dev/random");
    machine.killEngine();
    deny(1, 9);
    refused("head -c 1 /dev/random");
    refused("head -c 1 /dev/urandom");
    String init = machine.lxc("info", "c1", "-p", "-H").ok().text();
    machine.lxc("stop", "c1", "-r").ok();
    Machine.await(
        "another init",
        Duration.ofSeconds(10),
        () -> !List.of("", init).contains(machine.lxc("info", "c1", "-p", "-H").text()));
    inside("c1", "/bin/sh", "-c", "head -c 1 /dev/random >/dev/null");
    machine.lxc("stop", "c1", "-k").ok();
  }

  @Test
  void anEngineThatAKeeperWokeOutlivesTheContainer() throws IOException {
    machine.create("c1").ok();
    machine.lxc("start", "c1").ok();
    machine.killEngine();
    String lxcPath = machine.lxcpath().toString();
    assertEquals(ContainerState.RUNNING, CommandClient.of(lxcPath, machine.name("c1")).state());
    long woken = machine.engine();
    assertEquals("0::/\n", Files.readString(Path.of("/proc", "" + woken, "cgroup")));
    machine.lxc("stop", "c1", "-k").ok();
    assertEquals(woken, machine.engine());
  }

  /** As lxc-cgroup does it on cgroup v2: command 14 with a struct device_item. */
  private void deny(int major, int minor) {
    byte[] request =
        ByteBuffer.allocate(16 + 40)
            .order(ByteOrder.nativeOrder())
            .putInt(14)
            .putInt(40)
            .putLong(0)
            .put(16, new byte[] {'c'})
            .putInt(20, major)
            .putInt(24, minor)
            .put(28, new byte[] {'r', 'w', 'm'})
            .array();
    String name = CommandSocketName.of(machine.lxcpath().toString(), machine.name("c1"));
    try (UnixSocket socket = UnixSocket.connectAbstract(name)) {
      socket.send(request);
      byte[] answer = new byte[16];
      assertEquals(answer.length, socket.receive(answer, new ArrayList<>()));
      assertEquals(0, ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder()).getInt());
    }
  }

  private void refused(String command) {
    Outcome outcome = machine.lxc("attach", "c1", "--", "/bin/sh", "-c", command);
    assertTrue(outcome.exit() != 0, outcome.toString());
    assertTrue(
        (outcome.out() + outcome.err()).contains("Operation not permitted"), outcome.toString());
  }

  @Test
  void freezingStopsAllProcesses() throws IOException {
    machine.create("c1").ok();
    machine.lxc("start", "c1").ok();
    machine.lxc("freeze", "c1").ok();
    assertEquals("FROZEN", machine.state("c1"));
    Path events = payload("c1").resolve("cgroup.events");
    assertTrue(Files.readAllLines(events).contains("frozen 1"));
    machine.lxc("unfreeze", "c1").ok();
    assertTrue(Files.readAllLines(events).contains("frozen 0"));
    assertEquals("RUNNING", machine.state("c1"));
    machine.lxc("freeze", "c1").ok();
    machine.lxc("stop", "c1", "-k").ok();
    assertEquals("STOPPED", machine.state("c1"));
  }

  @Test
  void aKillEndsWhatRunsBesideInitToo() {
    machine.create("c1").ok();
    machine.lxc("start", "c1").ok();
    machine
        .lxc(
            "attach",
            "c1",
            "--",
            "/bin/sh",
            "-c",
            "for i in 1 2 3 4 5; do sleep 1000 </dev/null >/dev/null 2>&1 & done")
        .ok();
    Path cgroup = payload("c1");
    machine.lxc("stop", "c1", "-k").ok();
    Machine.await("no cgroup", Duration.ofSeconds(5), () -> Files.notExists(cgroup));
  }

  @Test
  void theKeeperIsInACgroupOfItsOwn() throws IOException {
    machine.create("c1").ok();
    Path file = machine.home().resolve("keeper.pid");
    machine.lxc("start", "c1", "-p", file.toString()).ok();
    String keeper = Files.readString(file);
    String cgroup = "0::/lxc.monitor." + machine.name("c1") + "\n";
    assertEquals(cgroup, Files.readString(Path.of("/proc", keeper, "cgroup")));
    machine.lxc("stop", "c1", "-r").ok();
    assertEquals(keeper, Files.readString(file), "the same keeper");
    assertEquals(cgroup, Files.readString(Path.of("/proc", keeper, "cgroup")));
    machine.lxc("stop", "c1", "-k").ok();
    Machine.await(
        "no cgroup",
        Duration.ofSeconds(5),
        () -> Files.notExists(TOP.resolve("lxc.monitor." + machine.name("c1"))));
  }

  @Test
  void aKeeperInTheForegroundPassesTheStatusOn() {
    machine.create("c1").ok();
    machine.lxc("start", "c1", "-F", "--pass-status", "--", "/bin/sh", "-c", "exit 3").exits(3);
  }

  @Test
  void aMappedContainerOwnsItsCgroup() throws IOException {
    machine.create("c1").ok();
    machine.configure(
        "c1",
        "lxc.idmap = u 0 " + MAPPED_ROOT + " 65536",
        "lxc.idmap = g 0 " + MAPPED_ROOT + " 65536",
        "lxc.rootfs.options = idmap=container",
        "lxc.mount.auto = cgroup:rw");
    machine.lxc("start", "c1").ok();
    owned(payload("c1"), "rwxrwxr-x");
    for (String name : List.of("cgroup.procs", "cgroup.threads", "cgroup.subtree_control")) {
      owned(payload("c1").resolve(name), "rw-rw-r--");
    }
    owner(payload("c1").resolve("memory.max"), 0);
    inside("c1", "mkdir", "/sys/fs/cgroup/sub");
    inside(
        "c1",
        "/bin/sh",
        "-c",
        "sleep 1000 </dev/null >/dev/null 2>&1 & echo $! >/sys/fs/cgroup/sub/cgroup.procs");
    assertEquals("0", inside("c1", "id", "-u"));
    refusedInside("echo 1000000 >/sys/fs/cgroup/memory.max");
    machine.lxc("stop", "c1", "-k").ok();
    Machine.await("no cgroup", Duration.ofSeconds(5), () -> Files.notExists(payload("c1")));
  }

  private void refusedInside(String command) {
    Outcome outcome = machine.lxc("attach", "c1", "--", "/bin/sh", "-c", command);
    assertTrue(outcome.exit() != 0, outcome.toString());
  }

  private static void owned(Path file, String mode) throws IOException {
    owner(file, MAPPED_ROOT);
    assertEquals(mode, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  private static void owner(Path file, int group) throws IOException {
    assertEquals(
        "0:" + group,
        Files.getAttribute(file, "unix:uid") + ":" + Files.getAttribute(file, "unix:gid"),
        file.toString());
  }

  private Path payload(String container) {
    return TOP.resolve("lxc.payload." + machine.name(container));
  }

  private String inside(String container, String... command) {
    String[] all = new String[command.length + 1];
    all[0] = "--";
    System.arraycopy(command, 0, all, 1, command.length);
    return machine.lxc("attach", container, all).ok().text();
  }
}
