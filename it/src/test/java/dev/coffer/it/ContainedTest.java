package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.Container;
import dev.coffer.ContainerEvent;
import dev.coffer.Events;
import dev.coffer.StopOptions;
import dev.coffer.junit.Contained;
import dev.coffer.junit.TestContainer;
import dev.coffer.model.ContainerState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The JUnit extension as a project's own tests use it. */
@Contained(config = "lxc.environment = COLOUR=green")
class ContainedTest {
  private static Path last;

  @Test
  void aTestHasAContainerOfItsOwn(TestContainer box, Container same) {
    assertEquals(box.container().name(), same.name());
    assertEquals(ContainerState.RUNNING, same.state());
    assertEquals("1\n", box.shell("echo $$ >/mark; ls / | grep -c mark").ok().output());
    assertTrue(Files.exists(box.root().resolve("mark")));
    assertEquals("lo\n", box.run("ls", "/sys/class/net").ok().output());
    last = box.root();
  }

  @Test
  void commandsHaveInputStatusAndLimits(TestContainer box) {
    assertFalse(Files.exists(box.root().resolve("mark")));
    assertEquals("olleh\n", box.run(Duration.ofSeconds(20), "hello\n", "rev").ok().output());
    assertEquals("no\n", box.shell("echo no >&2; exit 7").exits(7).errors());
    AssertionError failed = assertThrows(AssertionError.class, () -> box.run("false").ok());
    assertTrue(failed.getMessage().startsWith("exit status 1 instead of 0 of [false]"));
    assertThrows(AssertionError.class, () -> box.run(Duration.ofMillis(300), "", "sleep", "60"));
    last = box.root();
  }

  @Test
  @Contained(config = {"lxc.uts.name = other", "lxc.cgroup.pids.max = 50"})
  void aMethodMayHaveAnotherOne(TestContainer box) {
    assertEquals("other\n", box.run("hostname").ok().output());
    last = box.root();
  }

  @Test
  void eventsCanBeSubscribedTo(TestContainer box) throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    CountDownLatch over = new CountDownLatch(1);
    Path lxcPath = box.root().getParent().getParent();
    try (Coffer coffer = Coffer.open();
        Events events = coffer.events(lxcPath)) {
      SubmissionPublisher<ContainerEvent> publisher =
          (SubmissionPublisher<ContainerEvent>) events.publish();
      publisher.consume(event -> {
        seen.add(event.toString());
        if (event instanceof ContainerEvent.StateReached reached
            && reached.state() == ContainerState.STOPPED) {
          over.countDown();
        }
      });
      box.container().stop(StopOptions.KILL);
      assertTrue(over.await(20, TimeUnit.SECONDS), seen.toString());
    }
    last = box.root();
  }

  @AfterAll
  static void nothingIsLeftBehind() {
    assertTrue(last == null || !Files.exists(last)); // null where all were aborted
  }
}
