import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Runs scripts through build/bench/timer, with progress on a terminal. */
record Timing(Map<String, Stats> milliseconds, List<String> problems) {

  /**
   * Fills the caches of files for all, and lets our engine compile what it runs often: the figures
   * are those of a warm engine unless they say otherwise.
   */
  static void warmUp(Site site, int rounds, Script script) {
    run("warm-up", site, 2, script);
    Script ours = script.only(Site.COFFER);
    if (!ours.isEmpty()) {
      run("warm-up", site, rounds, ours);
    }
  }

  static Timing run(String title, Site site, int rounds, Script script) {
    var values = new LinkedHashMap<String, List<Double>>();
    var failures = new LinkedHashMap<String, Integer>();
    var how = new LinkedHashMap<String, String>();
    try {
      Path log = Files.createTempFile(site.home(), "log", "");
      var builder =
          new ProcessBuilder("build/bench/timer", "" + rounds, log.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT);
      builder.environment().put("COFFER_RUN", site.engineFolder().toString());
      builder.environment().put("COFFER_IMAGES", site.home().resolve("images").toString());
      // Without /usr/bin: LXC writes id maps itself where it finds no newuidmap, which would want
      // an entry for root.
      builder.environment().put("PATH", "/usr/sbin:/sbin");
      Process timer = builder.start();
      try (var in = timer.outputWriter()) {
        in.write(script.toString());
      }
      long all = (long) rounds * script.labels().size();
      long done = 0;
      try (var out = timer.inputReader()) {
        for (String line; (line = out.readLine()) != null; ) {
          String[] field = line.split("\t");
          if (field[2].equals("0")) {
            values
                .computeIfAbsent(field[0], _ -> new ArrayList<>())
                .add(Long.parseLong(field[1]) / 1e6);
          } else {
            failures.merge(field[0], 1, Integer::sum);
            how.put(field[0], describe(Integer.parseInt(field[2]), log));
          }
          Progress.show(title, ++done, all);
        }
      }
      Progress.clear();
      var problems = new ArrayList<String>();
      if (timer.waitFor() != 0) {
        problems.add(title + ": the timer failed");
      }
      failures.forEach((label, count) ->
          problems.add(
              "%s: %s failed %d of %d times: %s"
                  .formatted(title, label, count, rounds, how.get(label))));
      var stats = new LinkedHashMap<String, Stats>();
      for (String label : script.labels()) {
        if (values.containsKey(label)) {
          stats.put(label, Stats.of(values.get(label)));
        }
      }
      return new Timing(stats, problems);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** How it ended, and the end of what was printed so far. */
  private static String describe(int waitStatus, Path log) throws IOException {
    int signal = waitStatus & 0x7f;
    String end =
        signal == 0 ? "exited with " + (waitStatus >> 8) : "was killed by signal " + signal;
    List<String> lines = Files.readString(log).lines().filter(l -> !l.isBlank()).toList();
    int from = Math.max(0, lines.size() - 4);
    return end
        + lines.subList(from, lines.size()).stream()
            .map(l -> "\n    " + l)
            .collect(Collectors.joining());
  }
}
