package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.it.Command;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Files of a FUSE server that never answers: whoever touches them waits, and cannot be killed.
 * Engine and other containers go on meanwhile.
 */
class FrozenFilesTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration LONG = Duration.ofSeconds(40);
  private static final String DEVICE =
      "lxc.mount.entry = /dev/fuse dev/fuse none bind,create=file 0 0";

  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void needsFuse() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/fuse")), "needs FUSE");
    Path device = Path.of("/dev/fuse");
    Set<PosixFilePermission> before = Files.getPosixFilePermissions(device);
    machine.run("chmod", "666", device.toString()).ok();
    machine.afterwards(() -> Files.setPosixFilePermissions(device, before));
  }

  private Target target() {
    Target target = new Target(machine, "c1");
    Target.copy(Target.frozen(machine), target.rootfs().resolve("frozen"));
    return target;
  }

  /** Runs the server inside, which has its directory when this returns. */
  private Command.Running freeze(String... words) {
    String[] all = new String[words.length + 3];
    System.arraycopy(new String[] {"--clear-env", "--", "/frozen"}, 0, all, 0, 3);
    System.arraycopy(words, 0, all, 3, words.length);
    Command.Running server = machine.lxcCommand("attach", "c1", all).start();
    Machine.await("the server", SOON, () -> server.printed().contains("held"));
    return server;
  }

  /** Another container is started, entered and ended by the same engine, and this one is seen. */
  private void othersGoOn(long engine) {
    machine.lxcCommand("start", "c2").within(SOON).run().ok();
    machine.lxcCommand("attach", "c2", "--", "/bin/true").within(SOON).run().ok();
    machine.lxcCommand("stop", "c2", "-k").within(SOON).run().ok();
    machine.lxcCommand("info", "c1").within(SOON).run().ok();
    assertEquals(engine, machine.engine());
  }

  private void end(Target target, Command.Running... waiting) {
    machine.lxcCommand("stop", "c1", "-k").within(SOON).run().ok();
    for (Command.Running each : waiting) {
      each.await(LONG);
    }
    assertEquals("STOPPED", target.state());
  }

  /**
   * Proves that an intercepted call on such a path ends, holds up no other container, and that a
   * container cannot make the host collect processes that hang by more of them.
   */
  @Test
  void anInterceptedCallIsGivenUp() {
    new Target(machine, "c2").config();
    Target target =
        target().mapped(DEVICE, "coffer.intercept = mknod", "lxc.rootfs.options = dev").started();
    target.inside("mkdir /f");
    Command.Running server = freeze("/f", "x", "dir");
    long engine = machine.engine();
    Command.Running call =
        machine.lxcCommand("attach", "c1", "--", "sh", "-c", manyNodes()).within(LONG).start();
    othersGoOn(engine);
    Outcome outcome = call.await(Duration.ofSeconds(100));
    assertEquals(4, outcome.out().lines().filter(line -> line.equals("refused")).count());
    assertTrue(outcome.out().endsWith("then 0 s\n"), outcome.toString());
    assertEquals(3, stuck());
    end(target, server);
    Machine.await("the end of what hung", SOON, () -> stuck() == 0);
  }

  /** Three take their time, the fourth is refused at once. */
  private static String manyNodes() {
    return "for i in 1 2 3; do mknod /f/x/n c 1 3 || echo refused; done; t=$(date +%s);"
        + " mknod /f/x/n c 1 3 || echo refused; echo then $(($(date +%s) - t)) s";
  }

  private long stuck() {
    return machine.run("ps", "-eo", "stat=,args=").ok().lines().stream()
        .filter(line -> line.startsWith("D") && line.contains("[coffer]"))
        .count();
  }

  /** Proves that a passwd of such a server, on whatever mount, is left alone. */
  @Test
  void aPasswdThatKeepsSilentIsNotRead() {
    new Target(machine, "c2").config();
    Target target = target().config(DEVICE).started();
    Command.Running server = freeze("/etc", "passwd", "file");
    long engine = machine.engine();
    Outcome shell = machine.run("sh", "-c", "echo echo in it | " + attach());
    assertEquals("in it", shell.ok().text());
    othersGoOn(engine);
    end(target, server);
  }

  private String attach() {
    return "timeout 10 lxc-attach -P " + machine.lxcpath() + " -n " + machine.name("c1");
  }

  /** Proves that only the command itself waits whose working directory it is. */
  @Test
  void aWorkingDirectoryThatKeepsSilentHoldsUpTheCommandAlone() {
    new Target(machine, "c2").config();
    Target target = target().mapped(DEVICE).started();
    Path directory = machine.home().resolve("x");
    target.inside("mkdir -p " + machine.home());
    Command.Running server = freeze(machine.home().toString(), "x", "dir");
    long engine = machine.engine();
    Command.Running command =
        machine
            .command(
                "sh", "-c", "mkdir " + directory + "; cd " + directory + "; " + attach() + " pwd")
            .start();
    othersGoOn(engine);
    assertTrue(command.process().isAlive());
    end(target, server, command);
  }

  /**
   * Proves that a start whose source keeps silent holds up nobody else, and is taken back when the
   * server is gone.
   */
  @Test
  void aSourceThatKeepsSilentHoldsUpItsStartAlone() throws Exception {
    new Target(machine, "c2").config();
    Path place = Files.createDirectory(machine.home().resolve("frozen"));
    Target target = target().config("lxc.mount.entry = " + place + "/x mnt none bind 0 0");
    Command.Running server =
        machine.command(Target.frozen(machine).toString(), place.toString()).start();
    machine.afterwards(() -> machine.run("umount", "-l", place.toString()));
    Machine.await("the server", SOON, () -> server.printed().contains("held"));
    long engine = machine.engine();
    Command.Running start = machine.lxcCommand("start", "c1").start();
    Machine.await("the start", SOON, () -> target.state().equals("STARTING"));
    othersGoOn(engine);
    server.process().destroyForcibly();
    Outcome outcome = start.await(SOON).exits(1);
    assertTrue(outcome.err().contains("cannot bind-mount " + place + "/x on mnt"), outcome.err());
    assertEquals("STOPPED", target.state());
  }
}
