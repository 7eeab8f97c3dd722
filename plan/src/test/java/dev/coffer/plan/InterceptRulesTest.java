package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.model.CofferException;
import dev.coffer.model.Intercepts;
import dev.coffer.model.Intercepts.Call;
import dev.coffer.model.Origin;
import dev.coffer.model.SeccompPolicy;
import dev.coffer.model.SeccompPolicy.Action;
import dev.coffer.model.SeccompPolicy.Rule;
import dev.coffer.model.SeccompPolicy.Syscall;
import dev.coffer.model.Sourced;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How a policy comes to ask Coffer. */
class InterceptRulesTest {
  private static final Action ENOSYS = Action.errno(38);

  private static Sourced<Intercepts> of(Call... calls) {
    boolean mounts = List.of(calls).contains(Call.MOUNT);
    return new Sourced<>(
        new Intercepts(Set.of(calls), mounts ? List.of("ext4") : List.of()),
        Origin.option("coffer.intercept"));
  }

  private static SeccompPolicy policy(Action otherwise, Rule... rules) {
    return new SeccompPolicy("/p", true, otherwise, List.of(rules), Origin.option("/p"));
  }

  private static Rule rule(String call, Action action) {
    return new Rule(Syscall.named(call), Optional.empty(), action, List.of(), Origin.option("/p"));
  }

  private static List<String> rules(SeccompPolicy policy) {
    return policy.rules().stream().map(Rule::describe).toList();
  }

  @Test
  void aloneEverythingElseIsAllowed() {
    SeccompPolicy policy = InterceptRules.alone(of(Call.MKNOD, Call.SYSINFO));
    assertEquals(Action.ALLOW, policy.otherwise());
    assertEquals(
        List.of(
            "mknod notify if (a1 & 0xf000) == 8192",
            "mknodat notify if (a2 & 0xf000) == 8192",
            "sysinfo notify"),
        rules(policy));
  }

  @Test
  void anAllowListGoesOnAllowingTheRestOfTheCall() {
    SeccompPolicy own =
        policy(
            ENOSYS,
            rule("mknod", Action.ALLOW),
            rule("mknodat", Action.ALLOW),
            rule("read", Action.ALLOW));
    assertEquals(
        List.of(
            "mknod notify if (a1 & 0xf000) == 8192",
            "mknod allow if (a1 & 0x1000) == 4096",
            "mknod allow if (a1 & 0x2000) == 0",
            "mknod allow if (a1 & 0x4000) == 16384",
            "mknod allow if (a1 & 0x8000) == 32768",
            "mknodat notify if (a2 & 0xf000) == 8192",
            "mknodat allow if (a2 & 0x1000) == 4096",
            "mknodat allow if (a2 & 0x2000) == 0",
            "mknodat allow if (a2 & 0x4000) == 16384",
            "mknodat allow if (a2 & 0x8000) == 32768",
            "read allow"),
        rules(InterceptRules.added(own, of(Call.MKNOD))));
  }

  @Test
  void theNewerWayToMountIsNotThere() {
    SeccompPolicy policy = InterceptRules.alone(of(Call.MOUNT));
    assertEquals(List.of("mount notify if (a3 & 0x123020) == 0", "fsopen errno 38"), rules(policy));
  }

  @Test
  void whatThePolicyRefusesStaysRefused() {
    for (SeccompPolicy own :
        List.of(
            policy(Action.ALLOW, rule("sysinfo", Action.errno(1))),
            policy(ENOSYS),
            policy(Action.ALLOW, rule("sysinfo", new Action(Action.Kind.NOTIFY, 0))))) {
      CofferException e =
          assertThrows(CofferException.class, () -> InterceptRules.added(own, of(Call.SYSINFO)));
      assertEquals(
          "the seccomp policy /p does not plainly allow sysinfo, which coffer.intercept is to"
              + " answer",
          e.getMessage());
    }
  }
}
