package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Keeper, engine and their sockets, where a container shares a namespace with them. */
class NeighboursTest {
  private static final int COMMANDS = 24;

  @RegisterExtension final Machine machine = new Machine();

  private String commandSocket(Target target) {
    String name = machine.lxcpath() + "/" + target.fullName() + "/command";
    assertTrue(Target.read(Path.of("/proc/net/unix")).contains("@" + name), "no socket " + name);
    return "@" + name;
  }

  private String keeper(Target target) {
    String status = Target.read(Path.of("/proc", target.initPid(), "status"));
    return status.replaceFirst("(?s).*PPid:\t(\\d+).*", "$1");
  }

  /**
   * Proves that in the host's pid namespace a mapped root can neither signal nor look into keeper,
   * engine and the host's init, nor join their namespaces.
   */
  @Test
  void processesOfTheHostAreOutOfReachInItsPidNamespace() {
    Target target =
        new Target(machine, "c1")
            .mapped(
                "lxc.namespace.keep = pid",
                "lxc.mount.entry = /proc proc none rbind,create=dir 0 0")
            .started();
    String keeper = keeper(target);
    String engine = Long.toString(machine.engine());
    target.refuses("kill", keeper, engine, "1");
    target.refuses("invade", keeper, engine, "1");
    target.refuses("nested", "invade", keeper, engine);
    assertEquals("RUNNING", target.state());
  }

  /** Proves that whatever attaches is closed to a mapped root in the host's pid namespace, too. */
  @Test
  void whatAttachesIsClosedInTheHostsPidNamespace() {
    Target target =
        new Target(machine, "c1")
            .mapped(
                "lxc.namespace.keep = pid",
                "lxc.mount.entry = /proc proc none rbind,create=dir 0 0")
            .started();
    var lurker = target.attackCommand("lurk", "2").start();
    while (lurker.process().isAlive()) {
      machine.lxc("attach", "c1", "--", "/bin/true");
    }
    Outcome outcome = lurker.await(java.time.Duration.ofSeconds(10)).exits(1);
    assertTrue(outcome.out().endsWith("gained 0\n"), outcome.out());
  }

  /**
   * Proves that a mapped root in the host's network namespace, where the command socket is, gets no
   * command carried out, whether an engine or the keeper alone listens.
   */
  @Test
  void theCommandSocketDoesNothingForAMappedRoot() {
    Target target =
        new Target(machine, "c1")
            .mapped("lxc.namespace.keep = net", "lxc.mount.auto = proc:mixed")
            .started();
    String socket = commandSocket(target);
    for (int command = 0; command < COMMANDS; command++) {
      target.refuses("command", socket, Integer.toString(command));
    }
    target.attack("flood", socket);
    assertEquals("RUNNING", target.state());
    var late = target.attackCommand("command", socket, "2").start();
    machine.killEngine();
    late.await(java.time.Duration.ofSeconds(10));
    assertEquals("RUNNING", target.state());
    target.refuses("command", socket, "2");
    assertEquals("RUNNING", target.state());
  }

  /**
   * Proves that forged lengths, floods of descriptors and connections that end anywhere, even from
   * root, neither end the engine nor make it keep descriptors.
   */
  @Test
  void floodsLeaveTheEngineAsItWas() {
    Target target = new Target(machine, "c1").config().started();
    String attack = Target.program(machine).toString();
    long engine = machine.engine();
    machine.run(attack, "flood", commandSocket(target)).ok();
    try (var sockets = Files.list(machine.engineFolder())) {
      for (Path socket : sockets.filter(file -> file.toString().endsWith(".sock")).toList()) {
        machine.run(attack, "flood", socket.toString()).ok();
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    assertEquals("RUNNING", target.state());
    assertEquals(engine, machine.engine());
    Machine.await(
        "closed descriptors", java.time.Duration.ofSeconds(10), () -> descriptors(engine) < 200);
    machine.lxc("attach", "c1", "--", "/bin/true").ok();
  }

  private static int descriptors(long pid) {
    String[] found = Path.of("/proc/" + pid + "/fd").toFile().list();
    return found == null ? Integer.MAX_VALUE : found.length;
  }

  /** Proves that the engine's socket serves no mapped root, even where it is bound inside. */
  @Test
  void theEnginesSocketServesNoMappedRoot() throws Exception {
    machine.run("coffer", "list").ok();
    Path socket;
    try (var files = Files.list(machine.engineFolder())) {
      socket = files.filter(file -> file.toString().endsWith(".sock")).findFirst().orElseThrow();
    }
    Target target =
        new Target(machine, "c1")
            .mapped(
                "lxc.mount.entry = " + machine.engineFolder() + " run/dir none bind,create=dir 0 0",
                "lxc.mount.entry = " + socket + " run/sock none bind,create=file 0 0")
            .started();
    target.refuses("command", "/run/dir/" + socket.getFileName(), "0");
    target.refuses("command", "/run/sock", "0");
    // the mode is one barrier, the credentials are another
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
    target.refuses("command", "/run/sock", "0");
    target.attack("flood", "/run/sock");
    assertEquals("RUNNING", target.state());
  }
}
