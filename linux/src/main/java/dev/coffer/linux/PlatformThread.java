package dev.coffer.linux;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Takes blocking native calls off virtual threads. A virtual thread inside native code holds its
 * carrier; there are as few carriers as processors, and once all wait in the kernel no virtual
 * thread runs any more.
 */
final class PlatformThread {
  private PlatformThread() {}

  static boolean needed() {
    return Thread.currentThread().isVirtual();
  }

  /**
   * Runs the call on a platform thread of its own and waits; an interrupt is kept for the caller.
   */
  static <T> T call(String name, Supplier<T> blocking) {
    FutureTask<T> task = new FutureTask<>(blocking::get);
    Thread.ofPlatform().daemon().name("coffer-" + name).start(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException rethrown(Throwable cause) {
    switch (cause) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError(cause);
    }
  }
}
