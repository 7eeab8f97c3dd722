import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** The measured values of one thing, in its row's unit. */
record Stats(double[] values) {

  Stats {
    values = values.clone();
    Arrays.sort(values);
  }

  static Stats of(List<Double> values) {
    return new Stats(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  static Stats of(double value) {
    return new Stats(new double[] {value});
  }

  int count() {
    return values.length;
  }

  /** Every value turned into another unit. */
  Stats map(DoubleUnaryOperator unit) {
    return new Stats(Arrays.stream(values).map(unit).toArray());
  }

  double median() {
    return quantile(0.5);
  }

  double quantile(double q) {
    return values[(int) Math.round(q * (values.length - 1))];
  }
}
