import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a row found.
 *
 * @param values by who was measured; {@link Site#COFFER} is ours
 * @param problems commands that failed, each in a sentence
 */
record Result(
    String what, String unit, Map<String, Stats> values, List<Goal> goals, List<String> problems) {

  /**
   * Ours is to be at most (or at least) this many times the other's; without another, this value.
   */
  record Goal(Optional<String> other, boolean atMost, double limit) {

    static Goal atMost(double limit, String other) {
      return new Goal(Optional.of(other), true, limit);
    }

    static Goal atLeast(double limit, String other) {
      return new Goal(Optional.of(other), false, limit);
    }

    static Goal atMost(double value) {
      return new Goal(Optional.empty(), true, value);
    }

    boolean reached(double value) {
      return atMost ? value <= limit : value >= limit;
    }

    @Override
    public String toString() {
      return (atMost ? "≤ " : "≥ ") + Report.number(limit);
    }
  }
}
