package dev.coffer.image.server;

/** Told how long work proceeds. Called from one thread at a time. */
public interface Meter {
  /** Nobody looks. */
  Meter NONE =
      new Meter() {
        @Override
        public void begin(String what, long total, long done) {}

        @Override
        public void advance(long bytes) {}

        @Override
        public void end() {}

        @Override
        public void say(String line) {}
      };

  /**
   * A piece of work begins.
   *
   * @param total bytes, -1 where nobody knows
   * @param done bytes that are there from an earlier attempt
   */
  void begin(String what, long total, long done);

  /** More bytes are done. */
  void advance(long bytes);

  /** The piece of work is over. */
  void end();

  /** Something else that a person wants to know. */
  void say(String line);
}
