package dev.coffer.autostart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which containers are meant, and in which order, lxc-autostart(1).
 *
 * @param evenNotAuto also those without lxc.start.auto
 * @param ofAnyGroup whatever their groups are; otherwise there is a pass for each of {@code groups}
 * @param groups in the order of their passes; an empty name stands for containers in no group
 */
public record Selection(boolean evenNotAuto, boolean ofAnyGroup, List<String> groups) {
  /** What the host starts when it boots: containers with lxc.start.auto that are in no group. */
  public static final Selection DEFAULT = new Selection(false, false, List.of(""));

  private static final Comparator<Candidate> BY_ORDER =
      Comparator.comparingLong(Candidate::order).thenComparing(Candidate::name);

  public Selection {
    groups = List.copyOf(groups);
  }

  /** Containers of one pass and one lxc.start.order, which need not wait for each other. */
  public record Rank(List<Candidate> members) {
    public Rank {
      members = List.copyOf(members);
    }
  }

  /** The chosen ones, those to be started first before the others. */
  public List<Rank> ranks(List<Candidate> all) {
    List<Rank> ranks = new ArrayList<>();
    Set<String> taken = new LinkedHashSet<>();
    for (Predicate<Candidate> pass : passes()) {
      List<Candidate> chosen =
          all.stream()
              .filter(candidate -> evenNotAuto || candidate.auto())
              .filter(pass)
              .filter(candidate -> taken.add(candidate.name()))
              .sorted(BY_ORDER)
              .toList();
      int from = 0;
      for (int to = 1; to <= chosen.size(); to++) {
        if (to == chosen.size() || chosen.get(to).order() != chosen.get(from).order()) {
          ranks.add(new Rank(chosen.subList(from, to)));
          from = to;
        }
      }
    }
    return ranks;
  }

  private List<Predicate<Candidate>> passes() {
    if (ofAnyGroup) {
      return List.of(candidate -> true);
    }
    return groups.stream().map(Selection::inGroup).toList();
  }

  private static Predicate<Candidate> inGroup(String group) {
    return group.isEmpty()
        ? candidate -> candidate.groups().isEmpty()
        : candidate -> candidate.groups().contains(group);
  }
}
