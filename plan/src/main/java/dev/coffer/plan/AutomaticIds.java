package dev.coffer.plan;

import dev.coffer.plan.SubordinateIds.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which ids of the host a container gets by itself ({@code coffer.idmap = auto}): the first range
 * of full length that its owner may give away and that no other container has.
 *
 * @param allowed what the owner may give away, for users and groups alike
 * @param why where that comes from, for people
 */
public record AutomaticIds(List<Range> allowed, String why) {
  /** As many as a system with its nobody (65534) needs. */
  public static final long COUNT = 65536;

  /** Root's, where /etc/subuid and /etc/subgid have no line for root: where LXD's begin, too. */
  private static final Range USUAL = new Range(1_000_000, 1_000_000_000);

  public AutomaticIds {
    allowed = List.copyOf(allowed);
  }

  /**
   * @param subuid content of /etc/subuid
   * @param subgid content of /etc/subgid
   */
  public static AutomaticIds of(String subuid, String subgid, String name, long uid) {
    List<Range> uids = SubordinateIds.parse(subuid, name, uid).ranges();
    List<Range> gids = SubordinateIds.parse(subgid, name, uid).ranges();
    if (uid == 0 && uids.isEmpty() && gids.isEmpty()) {
      List<Range> others = new ArrayList<>(SubordinateIds.everybodys(subuid));
      others.addAll(SubordinateIds.everybodys(subgid));
      return new AutomaticIds(without(USUAL, others), "the usual " + USUAL.describe());
    }
    return new AutomaticIds(both(uids, gids), name + "'s lines in /etc/subuid and /etc/subgid");
  }

  /**
   * What is left of these inside a user namespace, which has no ids but those mapped into it. Where
   * none of the usual ones are, what the namespace has beyond those of its own system.
   *
   * @param uids the ids there are, as SubordinateIds.mapped tells them
   * @param gids the same for groups
   */
  public AutomaticIds within(List<Range> uids, List<Range> gids) {
    List<Range> there = both(uids, gids);
    List<Range> left = both(allowed, there);
    if (!left.isEmpty() || there.equals(List.of(SubordinateIds.ALL))) {
      return new AutomaticIds(left, why);
    }
    return new AutomaticIds(
        both(List.of(new Range(COUNT, SubordinateIds.ALL.count() - COUNT)), there),
        "the ids of this container beyond its own " + COUNT);
  }

  /** Whether there is a range of full length at all, be it taken or not. */
  public boolean isAny() {
    return choose(List.of()).isPresent();
  }

  private static List<Range> both(List<Range> some, List<Range> others) {
    List<Range> common = new ArrayList<>();
    for (Range one : some) {
      for (Range other : others) {
        long first = Math.max(one.first(), other.first());
        long end = Math.min(one.first() + one.count(), other.first() + other.count());
        if (first < end) {
          common.add(new Range(first, end - first));
        }
      }
    }
    return common;
  }

  private static List<Range> without(Range all, List<Range> taken) {
    List<Range> left = new ArrayList<>();
    long at = all.first();
    long end = all.first() + all.count();
    for (Range range : sorted(taken)) {
      if (range.first() > at && range.first() < end) {
        left.add(new Range(at, range.first() - at));
      }
      at = Math.max(at, range.first() + range.count());
    }
    if (at < end) {
      left.add(new Range(at, end - at));
    }
    return left;
  }

  private static List<Range> sorted(List<Range> ranges) {
    return ranges.stream().sorted((a, b) -> Long.compare(a.first(), b.first())).toList();
  }

  /** The first free range of the usual length; empty where none is left. */
  public Optional<Range> choose(List<Range> taken) {
    return choose(taken, COUNT);
  }

  /**
   * A range made longer at its end; empty where what lies behind it is not free.
   *
   * @param taken those of other containers
   */
  public Optional<Range> lengthen(Range range, List<Range> taken, long count) {
    return allowed.stream()
        .flatMap(all -> without(all, taken).stream())
        .filter(free -> free.first() <= range.first())
        .filter(free -> range.first() + count <= free.first() + free.count())
        .map(free -> new Range(range.first(), count))
        .findFirst();
  }

  /**
   * The first range of this many ids that is free; empty where none is left.
   *
   * @param taken those of other containers
   */
  public Optional<Range> choose(List<Range> taken, long count) {
    return sorted(allowed).stream()
        .flatMap(range -> without(range, taken).stream())
        .filter(free -> free.count() >= count)
        .map(free -> new Range(free.first(), count))
        .findFirst();
  }
}
