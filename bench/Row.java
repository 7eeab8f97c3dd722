import java.util.List;

/** A row of the table, or several that share their preparation. */
record Row(String title, Measurement measurement) {

  /** Measures it. */
  interface Measurement {
    List<Result> on(Site site);
  }
}
