package dev.coffer.linux;

import dev.coffer.model.Namespace;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Opens sockets in other network namespaces: a socket stays where it was made, so a visit is short.
 * One platform thread makes them all, goes home after each, and ends when nobody has asked for a
 * second; a list of containers would need a thread for each otherwise.
 */
final class NetworkThread {
  private static final Path HOME = Path.of("/proc/thread-self/ns/net");
  private static final Executor VISITS = visits();

  private NetworkThread() {}

  private static Executor visits() {
    ThreadPoolExecutor visits =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("coffer-networks").factory());
    visits.allowCoreThreadTimeOut(true);
    return visits;
  }

  /**
   * What {@code opener} makes inside the namespace.
   *
   * @throws KernelException if the namespace cannot be entered, and whatever the opener throws
   */
  static <T> T open(Fd namespace, Supplier<T> opener) {
    CompletableFuture<T> made = new CompletableFuture<>();
    VISITS.execute(() -> visit(namespace, opener, made));
    try {
      return made.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static <T> void visit(Fd namespace, Supplier<T> opener, CompletableFuture<T> made) {
    boolean away = false;
    try (Fd home = HostFiles.open(HOME, OpenFlags.READ_ONLY, 0)) {
      enter(namespace);
      away = true;
      try {
        made.complete(opener.get());
      } catch (RuntimeException | Error e) {
        made.completeExceptionally(e);
      }
      enter(home);
      away = false;
    } catch (RuntimeException | Error e) {
      made.completeExceptionally(e);
      if (away) {
        throw e; // which ends this thread: it must not serve anybody from there
      }
    }
  }

  private static void enter(Fd namespace) {
    try (Call call = new Call()) {
      call.check(Sys.SETNS, namespace.number(), Namespace.NET.cloneFlag());
    }
  }
}
