package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.runtime.HookInProgress;
import java.util.Optional;

/** Tells whoever waits at a terminal which hook a start or stop waits for, once it takes long. */
final class HookWatch implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 3000;

  private final Optional<Thread> watcher;

  private HookWatch(Optional<Thread> watcher) {
    this.watcher = watcher;
  }

  /**
   * @param advice what the user can do meanwhile
   */
  static HookWatch over(Session session, Container container, String advice) {
    if (!session.invocation().stderrIsTerminal()) {
      return new HookWatch(Optional.empty());
    }
    return new HookWatch(
        Optional.of(
            Thread.ofVirtual()
                .name("coffer-hook-watch")
                .start(() -> watch(session, container, advice))));
  }

  private static void watch(Session session, Container container, String advice) {
    try {
      while (true) {
        Thread.sleep(PATIENCE_MILLIS);
        Optional<HookInProgress> hook = container.hook();
        if (hook.isPresent()) {
          session
              .err()
              .println(
                  session.program()
                      + ": "
                      + session.name()
                      + ": waiting for the hook "
                      + hook.get().describe()
                      + advice);
        }
      }
    } catch (InterruptedException _) {
      // nobody waits any more
      return;
    }
  }

  @Override
  public void close() {
    watcher.ifPresent(Thread::interrupt);
  }
}
