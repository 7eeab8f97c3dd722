package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Everywhere
class SmokeTest {
  @RegisterExtension final Machine machine = new Machine();

  @Test
  void aContainerLivesFromCreateToDestroy() {
    machine.create("c1").ok();
    assertEquals("STOPPED", machine.state("c1"));
    machine.lxc("start", "c1", "-d").ok();
    assertEquals("RUNNING", machine.state("c1"));
    assertEquals(
        machine.name("c1"), machine.lxc("attach", "c1", "--", "/bin/hostname").ok().text());
    assertTrue(
        machine
            .run("lxc-ls", "-P", machine.lxcpath().toString(), "-1")
            .ok()
            .lines()
            .contains(machine.name("c1")));
    machine.lxc("stop", "c1", "-k").ok();
    Machine.await("stopped", Duration.ofSeconds(5), () -> machine.state("c1").equals("STOPPED"));
    machine.lxc("destroy", "c1").ok();
  }
}
