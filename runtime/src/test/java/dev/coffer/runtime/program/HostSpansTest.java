package dev.coffer.runtime.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.HookType;
import dev.coffer.model.MountEntry.Create;
import dev.coffer.model.Origin;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.MountAttributes;
import dev.coffer.model.plan.ContainerStep.Target;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.model.plan.NetworkStep;
import dev.coffer.model.plan.Place;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.RunHook;
import dev.coffer.model.plan.Step;
import dev.coffer.runtime.program.HostSpans.Span;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostSpansTest {
  private static final Origin ORIGIN = Origin.builtIn("test");
  private static final Step NETWORK = new KeeperStep.CreateNetwork(ORIGIN);
  private static final Step CGROUP = new HostStep.CreateCgroup("/cgroup", false, ORIGIN);
  private static final Step CLONE = new KeeperStep.CloneInit(Set.of(), Optional.empty(), ORIGIN);
  private static final Step DIE = new ContainerStep.DieWithKeeper(9, ORIGIN);
  private static final Step JOIN = new ContainerStep.JoinCgroups(List.of("/cgroup"), ORIGIN);
  private static final Step ROOT = new ContainerStep.BecomeRoot(ORIGIN);
  private static final Step MASK = new ContainerStep.MaskPath("proc/keys", ORIGIN);
  private static final Step PIVOT = new ContainerStep.PivotRoot(ORIGIN);
  private static final Step NIC =
      new NetworkStep.AddAddress("eth0", "10.0.0.2/24", Optional.empty(), ORIGIN);
  private static final Step HOOK = new RunHook(HookType.PRE_START, "/hook", Place.KEEPER, ORIGIN);

  private static HostSpans spans(int prelude, Step... steps) {
    return HostSpans.of(new Plan("test", List.of(steps)), prelude);
  }

  private static HostSpans alone(int leading) {
    Span none = new Span(leading, leading);
    return new HostSpans(leading, none, none, leading, none, leading);
  }

  @Test
  void stepsAtTheBeginningComeBeforeTheProgram() {
    assertEquals(alone(2), spans(0, CGROUP, CGROUP, CLONE, DIE));
    assertEquals(alone(2), spans(1, NETWORK, CGROUP, CLONE, DIE));
  }

  @Test
  void stepsAfterTheBirthAreDoneMeanwhile() {
    HostSpans spans = spans(0, CGROUP, CLONE, DIE, CGROUP, CGROUP, JOIN, DIE);
    assertEquals(new Span(3, 5), spans.birth());
    assertTrue(spans.mounting().isEmpty());
    assertTrue(spans.hasGate() && spans.waitsBefore(5) == 1);
    assertTrue(spans.covers(0) && spans.covers(3) && spans.covers(4));
    assertFalse(spans.covers(1) || spans.covers(2) || spans.covers(5));
  }

  @Test
  void nothingIsDoneAheadOfAHook() {
    HostSpans spans = spans(0, HOOK, CGROUP, CLONE, DIE, CGROUP, JOIN);
    assertEquals(alone(0), spans);
    assertFalse(spans.hasGate());
  }

  @Test
  void onlyWhatComesBeforeTheFirstMountsIsDoneWhileInitMounts() {
    HostSpans spans = spans(0, CLONE, CGROUP, JOIN, ROOT, CGROUP, MASK, DIE);
    assertEquals(new Span(1, 2), spans.birth());
    assertEquals(new Span(4, 5), spans.mounting());
    assertEquals(6, spans.secondGate());
    assertTrue(spans.waitsBefore(6) == 1 && spans.waitsBefore(5) == 0);
    assertTrue(spans(0, CLONE, CGROUP, JOIN, DIE, CGROUP, MASK).mounting().isEmpty());
  }

  @Test
  void initWaitsBeforeAFileSystemThatMayOpenADevice() {
    assertEquals(
        5, spans(0, CLONE, CGROUP, ROOT, CGROUP, mount("proc"), mount("fuse"), DIE).secondGate());
  }

  @Test
  void interfacesAreMadeWhileInitMountsAndAwaitedBeforeAnythingThatCouldUseThem() {
    HostSpans spans = spans(0, CLONE, CGROUP, JOIN, ROOT, NIC, NIC, MASK, PIVOT, DIE);
    assertEquals(new Span(1, 2), spans.birth());
    assertEquals(new Span(4, 6), spans.network());
    assertEquals(8, spans.networkGate());
    assertTrue(spans.covers(5) && !spans.covers(6));
  }

  @Test
  void interfacesAreAwaitedAfterTheOtherGates() {
    HostSpans spans = spans(0, CLONE, NIC, DIE, CGROUP, DIE);
    assertEquals(new Span(3, 4), spans.birth());
    assertEquals(2, spans.waitsBefore(4));
  }

  @Test
  void interfacesWaitForTheHooksBeforeThem() {
    assertTrue(spans(0, HOOK, CLONE, NIC).network().isEmpty());
  }

  private static Step mount(String type) {
    Target target = new Target("mnt", Create.NOTHING);
    return new ContainerStep.MountFileSystem(
        type, "none", target, MountAttributes.NONE, List.of(), false, ORIGIN);
  }
}
