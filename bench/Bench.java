import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures Coffer beside its peers: what is compared alternates, run by run, on the same machine,
 * with the same root filesystem and the same config. Prints medians and ratios, and writes
 * build/bench.json; a complete run also writes docs/benchmarks.md.
 */
final class Bench {
  static final String HELP =
      """
      usage: ./dev bench [OPTION ...] [ROW ...]

        --runs N         runs of each command (default 40)
        --containers N   how many run for the rows about many containers (default 100)
        --peers          leave Coffer out

      rows:
      """;

  /** What the user asked for. */
  record Options(int runs, int containers, boolean peersOnly, List<String> rows) {

    static Options parse(String[] args) {
      int runs = 40;
      int containers = 100;
      boolean peersOnly = false;
      var rows = new ArrayList<String>();
      for (int i = 0; i < args.length; i++) {
        switch (args[i]) {
          case "--runs" -> runs = Integer.parseInt(args[++i]);
          case "--containers" -> containers = Integer.parseInt(args[++i]);
          case "--peers" -> peersOnly = true;
          case "-h", "--help" -> {
            System.out.print(HELP);
            Rows.ALL.forEach((name, row) -> System.out.printf("  %-12s %s%n", name, row.title()));
            System.exit(0);
          }
          default -> rows.add(args[i]);
        }
      }
      for (String row : rows) {
        if (!Rows.ALL.containsKey(row)) {
          System.err.println(
              "bench: no such row: " + row + " (" + String.join(", ", Rows.ALL.keySet()) + ")");
          System.exit(2);
        }
      }
      return new Options(
          runs, containers, peersOnly, rows.isEmpty() ? List.copyOf(Rows.ALL.keySet()) : rows);
    }

    boolean complete() {
      return !peersOnly && rows.size() == Rows.ALL.size();
    }
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    var options = Options.parse(args);
    var report = new Report(options);
    try (var site = new Site(options)) {
      Runtime.getRuntime().addShutdownHook(new Thread(site::close));
      for (String row : options.rows()) {
        report.add(row, Rows.ALL.get(row).measurement().on(site));
      }
    }
    System.out.print(report.table());
    Files.createDirectories(Path.of("build"));
    Files.writeString(Path.of("build/bench.json"), report.json());
    if (options.complete()) {
      Files.writeString(Path.of("docs/benchmarks.md"), report.page());
    }
    System.exit(report.complete() ? 0 : 1);
  }
}
