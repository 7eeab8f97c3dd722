package dev.coffer.tools.engine;

import dev.coffer.linux.Fd;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Poller;

/** Watches for clients that go away while they are being served. */
final class HangUps implements AutoCloseable {
  private final Poller poller = new Poller();
  private volatile boolean closed;

  HangUps() {
    Thread.ofPlatform().daemon().name("coffer-hang-ups").start(this::watch);
  }

  /** Calls {@code gone}, once and in a thread of its own, when the peer of the socket closes. */
  void watch(Fd socket, Runnable gone) {
    poller.add(socket, 0, gone);
  }

  void forget(Fd socket) {
    try {
      poller.remove(socket);
    } catch (KernelException e) {
      // It hung up a moment ago and has been removed for that.
    }
  }

  @Override
  public void close() {
    closed = true;
    poller.wakeup();
  }

  private void watch() {
    while (!closed) {
      for (Poller.Event event : poller.await(-1)) {
        forget(event.fd());
        ((Runnable) event.attachment()).run();
      }
    }
    poller.close();
  }
}
