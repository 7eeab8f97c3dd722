package dev.coffer.plan;

import java.util.Optional;

/**
 * Something the kernel has a fixed number of, for all containers together, and how much is left.
 *
 * @param thing what it is, in the plural
 * @param setting the sysctl that raises the number
 * @param whose who shares it where that is not the whole machine; may be empty
 * @param used how many are in use
 * @param limit how many there can be
 * @param each what a container with a whole distribution and systemd needs; 0 where containers do
 *     not count
 * @param consequence what happens inside when there are no more
 */
public record SharedLimit(
    String thing,
    String setting,
    String whose,
    long used,
    long limit,
    long each,
    String consequence) {
  /** Fewer containers than this make the limit worth raising. */
  private static final int MANY = 20;

  public long left() {
    return Math.max(0, limit - used);
  }

  /** How many more containers there is room for; empty where their number does not matter. */
  public Optional<Long> fits() {
    return each == 0 ? Optional.empty() : Optional.of(left() / each);
  }

  /** Whether the next container may find nothing left. */
  public boolean isExhausted() {
    return left() < each;
  }

  /** Whether it is enough for a machine with many containers. */
  public boolean isAmple() {
    return each == 0 ? left() * 10 >= limit : left() / each >= MANY;
  }

  /** The command that makes room: a power of two with at least four times what is used. */
  public String remedy() {
    long wanted = Math.max(Math.max(used, limit / 2), each * MANY) * 4;
    return "sysctl -w " + setting + "=" + (Long.highestOneBit(wanted - 1) << 1);
  }

  /** For instance {@code 12 of 128 inotify instances of root are in use}. */
  public String describe() {
    String owner = whose.isEmpty() ? "" : " of " + whose;
    return used + " of " + limit + " " + thing + owner + " are in use";
  }
}
