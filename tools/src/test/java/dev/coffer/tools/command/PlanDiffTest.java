package dev.coffer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.model.Origin;
import dev.coffer.model.plan.HostStep.CreateCgroup;
import dev.coffer.model.plan.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanDiffTest {
  private static Step step(String name, String key) {
    return new CreateCgroup(name, false, Origin.builtIn(key));
  }

  private static List<String> diff(List<Step> first, List<Step> second) {
    return PlanDiff.of(first, second).lines().stream()
        .map(line -> (line.added() ? "+" : "-") + line.number())
        .toList();
  }

  @Test
  void whatBothDoIsLeftOutWhoeverAskedForIt() {
    assertEquals(List.of(), diff(List.of(step("a", "x")), List.of(step("a", "y"))));
    assertEquals(
        List.of("-2", "+2", "+4"),
        diff(
            List.of(step("a", "x"), step("b", "x"), step("c", "x")),
            List.of(step("a", "x"), step("d", "x"), step("c", "x"), step("e", "x"))));
    assertEquals(List.of("+1"), diff(List.of(), List.of(step("a", "x"))));
    assertEquals(List.of("-1"), diff(List.of(step("a", "x")), List.of()));
  }
}
