package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Command;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The launcher while it is inside: nobody there looks into it, takes its descriptors or overwrites
 * it (CVE-2016-9962, CVE-2019-5736).
 */
class ExposedRuntimeTest {
  private static final String NO_TRACING = "lxc.cap.drop = sys_ptrace sys_admin perfmon sys_module";

  @RegisterExtension final Machine machine = new Machine();

  private void lurkWhileAttaching(Target target) {
    Command.Running lurker = target.attackCommand("lurk", "3").start();
    Machine.await("the lurker", Duration.ofSeconds(5), () -> target.inside("ps").contains("lurk"));
    while (lurker.process().isAlive()) {
      machine.lxc("attach", target.fullName().replaceFirst(".*-", ""), "--", "/bin/true").ok();
    }
    Outcome outcome = lurker.await(Duration.ofSeconds(10)).exits(1);
    assertTrue(outcome.out().matches("(?s).*seen [1-9][0-9]* gained 0\n"), outcome.out());
  }

  /** Proves that a mapped root sees attaching processes, and never gets into one of them. */
  @Test
  void whatAttachesIsClosedToAMappedRoot() {
    lurkWhileAttaching(new Target(machine, "c1").mapped().started());
  }

  /** Proves the same of a privileged root that may not trace. */
  @Test
  void whatAttachesIsClosedToARootThatMayNotTrace() {
    lurkWhileAttaching(new Target(machine, "c1").config(NO_TRACING).started());
  }

  private void hookAttacksTheLauncher(Target target) {
    target.start().ok();
    String found = Target.read(target.rootfs().resolve("found"));
    assertTrue(found.contains("refused"), found);
    assertFalse(found.contains("GOT"), found);
    target.stopped();
  }

  /** Proves that a start hook, which is the container's own program, cannot get into pid 1. */
  @Test
  void theLauncherIsClosedToStartHooks() {
    String hook =
        "lxc.hook.start = sh -c '(/attack invade 1; /attack overwrite /proc/1/exe) > /found; true'";
    Target target = new Target(machine, "c1");
    hookAttacksTheLauncher(target.config(NO_TRACING, hook));
    hookAttacksTheLauncher(target.mapped(hook));
  }

  /** Proves that the minimal init, whose program is the launcher, is closed to its command. */
  @Test
  void theMinimalInitIsClosedToItsCommand() {
    Target target = new Target(machine, "c1").mapped();
    machine.lxc("execute", "c1", "--", "/attack", "invade", "1").exits(1);
    target.config(NO_TRACING);
    machine.lxc("execute", "c1", "--", "/attack", "invade", "1").exits(1);
  }

  /** Proves that even a root with all capabilities cannot write to what pid 1 runs. */
  @Test
  void theMinimalInitCannotBeOverwritten() throws Exception {
    byte[] before = Files.readAllBytes(machine.tool("coffer"));
    new Target(machine, "c1").config();
    machine.lxc("execute", "c1", "--", "/attack", "overwrite", "/proc/1/exe").exits(1);
    assertEquals(-1, java.util.Arrays.mismatch(before, launcher()));
  }

  /**
   * Proves that a program of the container's that makes the launcher execute itself gains nothing
   * that could be written to, in attach and in start.
   */
  @Test
  void aLauncherThatIsMadeToExecuteItselfCannotBeOverwritten() throws Exception {
    byte[] before = launcher();
    Target target = new Target(machine, "c1").config().started();
    Path bait = target.rootfs().resolve("bait");
    Target.write(bait, "#!/proc/self/exe\n");
    machine.run("chmod", "755", bait.toString()).ok();
    Command.Running hunter = target.attackCommand("hunt", "3").start();
    while (hunter.process().isAlive()) {
      machine.lxcCommand("attach", "c1", "--", "/bait").within(Duration.ofSeconds(5)).run();
    }
    Outcome outcome = hunter.await(Duration.ofSeconds(10)).exits(1);
    assertTrue(outcome.out().endsWith("gained 0\n"), outcome.out());
    target.stopped().config("lxc.init.cmd = /bait", "lxc.hook.start = /bait");
    target.start();
    target.stopped();
    assertEquals(-1, java.util.Arrays.mismatch(before, launcher()));
    target.config().started();
  }

  private byte[] launcher() throws java.io.IOException {
    return Files.readAllBytes(machine.tool("coffer"));
  }
}
