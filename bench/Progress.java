/** One line on a terminal that says how far a long run is; nothing elsewhere. */
final class Progress {
  private static final boolean TERMINAL = System.console() != null && System.console().isTerminal();
  private static long shown;

  private Progress() {}

  static void show(String title, long done, long all) {
    long now = System.nanoTime();
    if (TERMINAL && (now - shown > 100_000_000L || done == all)) {
      System.err.printf("\r\033[K%s %d/%d", title, done, all);
      shown = now;
    }
  }

  static void clear() {
    if (TERMINAL) {
      System.err.print("\r\033[K");
    }
  }
}
