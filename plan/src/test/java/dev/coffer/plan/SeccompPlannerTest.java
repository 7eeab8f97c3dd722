package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.config.LxcConfig;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Origin;
import dev.coffer.model.SeccompPolicy;
import dev.coffer.model.SeccompPolicy.Action;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of a policy that is not as golden plans have it. */
class SeccompPlannerTest {
  private static final SeccompPolicy POLICY =
      new SeccompPolicy("/p", true, Action.ALLOW, List.of(), Origin.option("/p"));

  private static List<ContainerStep.LoadSeccomp> plan(SeccompChoice choice, String... lines) {
    String text = "lxc.rootfs.path = dir:/r\nlxc.seccomp.profile = /p\n" + String.join("\n", lines);
    ContainerSpec spec =
        LxcConfig.parse(text + "\n", Path.of("config"), Map.of()).spec("c", Path.of("/l"));
    Sourced<List<String>> command = Sourced.builtIn(List.of("/sbin/init"), "lxc.init.cmd");
    StartRequest request =
        new StartRequest(spec, false, false, command, List.of(), Map.of(), choice, "/m");
    return Planner.plan(request, Hosts.V2).steps().stream()
        .filter(ContainerStep.LoadSeccomp.class::isInstance)
        .map(ContainerStep.LoadSeccomp.class::cast)
        .toList();
  }

  @Test
  void itIsLoadedOnceAlsoWhereAHookNeedsItEarlier() {
    SeccompChoice choice = new SeccompChoice.Load(POLICY);
    assertEquals(1, plan(choice).size());
    assertEquals(1, plan(choice, "lxc.hook.start = /bin/true").size());
  }

  @Test
  void aCapabilityIsNeededUnlessPrivilegesCannotBeGained() {
    SeccompChoice choice = new SeccompChoice.Load(POLICY);
    assertEquals(true, plan(choice).getFirst().privileged());
    assertEquals(false, plan(choice, "lxc.no_new_privs = 1").getFirst().privileged());
  }

  @Test
  void theFilterOfTheCallerCanBeAllThereIs() {
    assertEquals(List.of(), plan(new SeccompChoice.None()));
  }

  @Test
  void aPolicyThatIsLostIsNoReasonToGoOnWithout() {
    CofferException lost =
        assertThrows(CofferException.class, () -> plan(new SeccompChoice.Lost("cannot read /p")));
    assertEquals("the seccomp policy is lost: cannot read /p", lost.getMessage());
    assertEquals("from  config:2  lxc.seccomp.profile", lost.details().getFirst());
  }
}
