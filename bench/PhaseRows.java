import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where the time of one start goes, as the engine itself tells it. */
final class PhaseRows {
  private static final String MARK = "phases in us: ";

  private PhaseRows() {}

  static List<Result> start(Site site) {
    if (!site.hasCoffer()) {
      return List.of();
    }
    site.definePlain("phases");
    Site.Family ours = site.families().getFirst();
    Map<String, List<Double>> phases = new LinkedHashMap<>();
    var start = new ArrayList<>(List.of("env", "COFFER_TIMING=1"));
    start.addAll(ours.lxc("start", "phases", "-d"));
    for (int i = 0; i < site.options().runs(); i++) {
      add(phases, site.output(start).text());
      site.run(ours.lxc("stop", "phases", "-k"));
    }
    Map<String, Stats> values = new LinkedHashMap<>();
    phases.forEach((name, times) -> values.put(name, Stats.of(times)));
    List<String> problems =
        phases.isEmpty() ? List.of("the engine told no phases of a start") : List.of();
    return List.of(
        new Result(
            "phases of a detached start, inside the engine", "ms", values, List.of(), problems));
  }

  private static void add(Map<String, List<Double>> phases, String text) {
    int mark = text.indexOf(MARK);
    if (mark < 0) {
      return;
    }
    for (String phase : text.substring(mark + MARK.length()).strip().split(", ")) {
      int blank = phase.lastIndexOf(' ');
      phases
          .computeIfAbsent(phase.substring(0, blank), name -> new ArrayList<>())
          .add(Double.parseDouble(phase.substring(blank + 1)) / 1000);
    }
  }
}
