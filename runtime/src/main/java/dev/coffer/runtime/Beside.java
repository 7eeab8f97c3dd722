package dev.coffer.runtime;

/**
 * One piece of work on a thread of its own, beside what its maker does for the same start. The
 * maker awaits its end whatever happens, so that nothing is done any more when things are taken
 * back.
 */
final class Beside {
  private final Thread thread;
  private volatile Throwable failure;

  private Beside(Runnable work, Runnable whenFailed) {
    thread =
        Thread.ofPlatform()
            .name("coffer-beside")
            .unstarted(() -> {
              try {
                work.run();
              } catch (RuntimeException | Error e) {
                failure = e;
                whenFailed.run();
              }
            });
  }

  /**
   * Begins the work.
   *
   * @param whenFailed done by that thread when the work has thrown something
   */
  static Beside begin(Runnable work, Runnable whenFailed) {
    Beside beside = new Beside(work, whenFailed);
    beside.thread.start();
    return beside;
  }

  /** Waits for the end of the work, also when the maker's thread is interrupted meanwhile. */
  void awaitEnd() {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the work is short, and must not outlive its start
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the end of the work, and throws what the work has thrown. */
  void await() {
    awaitEnd();
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }
}
