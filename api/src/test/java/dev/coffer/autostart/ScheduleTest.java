package dev.coffer.autostart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.autostart.Schedule.Turn;
import dev.coffer.model.CofferException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static Candidate candidate(String name, long order, String groups, String... needs) {
    return new Candidate(
        name,
        true,
        order,
        Duration.ZERO,
        groups.isEmpty() ? List.of() : List.of(groups.split(" ")),
        List.of(needs),
        Optional.empty(),
        Duration.ofSeconds(60));
  }

  private static String names(List<Turn> turns) {
    return String.join(" ", turns.stream().map(turn -> turn.candidate().name()).toList());
  }

  @Test
  void lowerOrderComesFirstAndNamesDecideBetweenEqual() {
    List<Candidate> all =
        List.of(candidate("c", 0, ""), candidate("a", 1, ""), candidate("b", 0, ""));
    List<Turn> turns = Schedule.ofStart(all, Selection.DEFAULT.ranks(all));
    assertEquals("b c a", names(turns));
    assertEquals(Set.of("b", "c"), turns.getLast().after());
    assertEquals(Set.of(), turns.get(1).after(), "equal order does not wait");
    assertEquals("a c b", names(Schedule.ofStop(Selection.DEFAULT.ranks(all))));
  }

  @Test
  void everyGroupIsAPassAndNobodyIsTakenTwice() {
    List<Candidate> all =
        List.of(
            candidate("a", 9, "web"),
            candidate("b", 0, ""),
            candidate("c", 0, "db web"),
            candidate("d", 0, "web"));
    Selection groups = new Selection(false, false, List.of("db", "web"));
    assertEquals("c d a", names(Schedule.ofStart(all, groups.ranks(all))));
    assertEquals("b", names(Schedule.ofStart(all, Selection.DEFAULT.ranks(all))));
    Selection any = new Selection(false, true, List.of());
    assertEquals("b c d a", names(Schedule.ofStart(all, any.ranks(all))));
  }

  @Test
  void whatIsNeededComesBeforeAndIsTakenIn() {
    List<Candidate> all =
        List.of(
            candidate("app", -5, "", "db", "cache"),
            candidate("cache", 0, "shared"),
            candidate("db", 7, ""));
    List<Turn> turns = Schedule.ofStart(all, Selection.DEFAULT.ranks(all));
    assertEquals("db cache app", names(turns));
    assertEquals(Set.of("db", "cache"), turns.getLast().required());
    assertEquals("app db", names(Schedule.ofStop(Selection.DEFAULT.ranks(all))));
  }

  @Test
  void circlesAndMissingOnesAreTold() {
    List<Candidate> circle =
        List.of(candidate("a", 0, "", "b"), candidate("b", 0, "", "c"), candidate("c", 0, "", "b"));
    CofferException e =
        assertThrows(
            CofferException.class, () -> Schedule.ofStart(circle, Selection.DEFAULT.ranks(circle)));
    assertEquals("containers need each other in a circle: b -> c -> b", e.getMessage());
    List<Candidate> missing = List.of(candidate("a", 0, "", "gone"));
    e =
        assertThrows(
            CofferException.class,
            () -> Schedule.ofStart(missing, Selection.DEFAULT.ranks(missing)));
    assertEquals("a needs gone, which does not exist", e.getMessage());
  }

  @Test
  void aCircleDoesNotKeepAnybodyFromStopping() {
    List<Candidate> circle = List.of(candidate("a", 0, "", "b"), candidate("b", 0, "", "a"));
    assertEquals("a b", names(Schedule.ofStop(Selection.DEFAULT.ranks(circle))));
  }
}
