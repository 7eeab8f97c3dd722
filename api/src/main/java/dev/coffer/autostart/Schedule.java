package dev.coffer.autostart;

import dev.coffer.autostart.Selection.Rank;
import dev.coffer.model.CofferException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Containers in the order they are taken one by one, each with those that have to be done before it
 * when several are taken at once. Pure.
 */
public final class Schedule {
  /**
   * One container's turn.
   *
   * @param required names of those without which it is not done: what it needs
   * @param after names of those that have had their turn before, whether it went well or not
   */
  public record Turn(Candidate candidate, Set<String> required, Set<String> after) {
    public Turn {
      required = Collections.unmodifiableSet(new LinkedHashSet<>(required));
      after = Collections.unmodifiableSet(new LinkedHashSet<>(after));
    }
  }

  private final Map<String, Candidate> known = new HashMap<>();
  private final Map<String, Turn> turns = new LinkedHashMap<>();
  private final List<String> path = new ArrayList<>();

  private Schedule(List<Candidate> all) {
    all.forEach(candidate -> known.put(candidate.name(), candidate));
  }

  /**
   * For a start: what a chosen one needs comes before it, and is taken in if it was not chosen.
   *
   * @throws CofferException if one needs a container that does not exist, or itself by way of
   *     others
   */
  public static List<Turn> ofStart(List<Candidate> all, List<Rank> ranks) {
    Schedule schedule = new Schedule(all);
    Set<String> before = Set.of();
    for (Rank rank : ranks) {
      Set<String> above = before;
      rank.members().forEach(candidate -> schedule.start(candidate, above));
      before = new LinkedHashSet<>(schedule.turns.keySet());
    }
    return List.copyOf(schedule.turns.values());
  }

  /** For an end: the last to be started goes first, and whoever needs one goes before it. */
  public static List<Turn> ofStop(List<Rank> ranks) {
    List<Candidate> all = ranks.stream().flatMap(rank -> rank.members().stream()).toList();
    Schedule schedule = new Schedule(all);
    Set<String> before = Set.of();
    for (Rank rank : ranks.reversed()) {
      Set<String> above = before;
      rank.members().reversed().forEach(candidate -> schedule.stop(candidate, all, above));
      before = new LinkedHashSet<>(schedule.turns.keySet());
    }
    return List.copyOf(schedule.turns.values());
  }

  /** For a restart: those chosen, in the order of a start. */
  public static List<Turn> ofRestart(List<Rank> ranks) {
    Schedule schedule = new Schedule(List.of());
    Set<String> before = Set.of();
    for (Rank rank : ranks) {
      Set<String> above = before;
      rank.members().forEach(candidate -> schedule.leave(candidate, Set.of(), above));
      before = new LinkedHashSet<>(schedule.turns.keySet());
    }
    return List.copyOf(schedule.turns.values());
  }

  private void start(Candidate candidate, Set<String> above) {
    if (turns.containsKey(candidate.name())) {
      return;
    }
    refuseCircle(candidate.name());
    path.add(candidate.name());
    for (String name : candidate.needs()) {
      Candidate needed = known.get(name);
      if (needed == null) {
        throw new CofferException(
            candidate.name() + " needs " + name + ", which does not exist",
            List.of(
                "from  coffer.start.needs of " + candidate.name(),
                "hint  create " + name + ", or take it out of the key"));
      }
      start(needed, above);
    }
    leave(candidate, new LinkedHashSet<>(candidate.needs()), above);
  }

  private void stop(Candidate candidate, List<Candidate> all, Set<String> above) {
    if (turns.containsKey(candidate.name())) {
      return;
    }
    path.add(candidate.name());
    Set<String> users = new LinkedHashSet<>(above);
    for (Candidate user : all) {
      boolean inHand = path.contains(user.name()); // a circle must not keep anybody running
      if (user.needs().contains(candidate.name()) && !inHand) {
        stop(user, all, above);
        users.add(user.name());
      }
    }
    leave(candidate, Set.of(), users);
  }

  private void refuseCircle(String name) {
    if (path.contains(name)) {
      List<String> circle = new ArrayList<>(path.subList(path.indexOf(name), path.size()));
      circle.add(name);
      throw new CofferException(
          "containers need each other in a circle: " + String.join(" -> ", circle),
          List.of("hint  take one of them out of a coffer.start.needs"));
    }
  }

  private void leave(Candidate candidate, Set<String> required, Set<String> after) {
    path.remove(candidate.name());
    turns.put(candidate.name(), new Turn(candidate, required, after));
  }
}
