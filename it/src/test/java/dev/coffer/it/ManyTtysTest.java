package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** More terminals than the keeper has registers for, lxc.tty.max. */
class ManyTtysTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @RegisterExtension final Machine machine = new Machine();

  /** What lxc-console shows of what the container writes on a tty meanwhile. */
  private String shown(int number) {
    String tool =
        "lxc-console -P " + machine.lxcpath() + " -n " + machine.name("c1") + " -t " + number;
    Command.Running console =
        machine
            .command(
                "sh",
                "-c",
                "{ sleep 1.5; printf '\\001q'; sleep 0.3; } | script -qec '" + tool + "' /dev/null")
            .start();
    Machine.await("tty " + number, SOON, () -> console.printed().contains("Connected to tty"));
    machine
        .lxc("attach", "c1", "--", "sh", "-c", "echo here is " + number + " > /dev/tty" + number)
        .ok();
    return console.await(SOON).out();
  }

  @Test
  void eachOfThemIsThereAndIsConnectedTo() {
    Box box = new Box(machine, "c1").config("lxc.tty.max = 200", "lxc.tty.dir = lxc").started("-d");
    assertEquals("200", box.inside("ls /dev/lxc | grep -c '^tty'"));
    assertEquals(
        "200", box.inside("tr '\\0' '\\n' < /proc/1/environ | grep container_ttys | wc -w"));
    for (int number : List.of(1, 15, 16, 20, 200)) {
      assertTrue(shown(number).contains("here is " + number), "tty " + number);
    }
    machine.killEngine();
    assertTrue(shown(77).contains("here is 77"));
    machine.lxc("console", "c1", "-t", "201").exits(1);
    String open = machine.run("sh", "-c", "ls /proc/" + keeper() + "/fd | wc -l").text();
    assertTrue(Integer.parseInt(open) < 64, "the keeper has " + open + " open files");
  }

  private String keeper() {
    String init = machine.lxc("info", "c1", "-p", "-H").ok().text();
    return machine.run("sh", "-c", "grep PPid /proc/" + init + "/status | cut -f2").text();
  }

  @Test
  void tooManyAreRefusedBeforeAnythingIsDone() {
    Box box = new Box(machine, "c1").config("lxc.tty.max = 400").started("-d");
    assertEquals("400", box.inside("ls /dev | grep -c '^tty[0-9]'"));
    machine.lxc("stop", "c1", "-k").ok();
    box.config("lxc.tty.max = 401");
    Outcome outcome = machine.lxc("start", "c1").exits(1);
    assertTrue(outcome.err().contains("cannot make 401 terminals: at most 400"), outcome.err());
    assertTrue(outcome.err().contains("hint  each is an open file; lower lxc.tty.max"));
  }
}
