package dev.coffer.runtime;

/** Where the time of one start goes: the engine's own spans, in the order in which they ended. */
final class Phases {
  private final StringBuilder text = new StringBuilder();
  private final long begin = System.nanoTime();
  private long last = begin;

  /** The span since the last mark was this. */
  void mark(String name) {
    long now = System.nanoTime();
    text.append(text.isEmpty() ? "" : ", ").append(name).append(' ').append((now - last) / 1000);
    last = now;
  }

  /** {@code name µs, name µs, … all µs}. */
  String describe() {
    return "phases in us: " + text + ", all " + (last - begin) / 1000;
  }
}
