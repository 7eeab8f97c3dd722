package dev.coffer.network;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Received;
import dev.coffer.linux.UnixSocket;
import dev.coffer.network.BrokerMessage.Join;
import dev.coffer.network.Refusal.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;

/** Asks the broker. */
public final class BrokerClient {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** How long the kernel may take to do away with the interfaces of a container that has ended. */
  private static final Duration LAST_ONES = Duration.ofSeconds(2);

  private static final int PAUSE_MILLIS = 50;

  private BrokerClient() {}

  /** Whether a broker listens. */
  public static boolean isThere(Path socket) {
    try {
      UnixSocket.connect(socket).close();
      return true;
    } catch (KernelException _) {
      // none, or a dead one's socket
      return false;
    }
  }

  /**
   * Has a namespace joined to a bridge.
   *
   * @return the name of the end on the host
   * @throws Refusal where the broker refuses, or is none
   */
  static String join(Path socket, Join request, Fd network) {
    long end = System.nanoTime() + LAST_ONES.toNanos();
    while (true) {
      try {
        return ask(socket, request, network);
      } catch (Refusal refusal) {
        boolean again = refusal.reason() == Reason.QUOTA || refusal.reason() == Reason.BUSY;
        if (!again || System.nanoTime() > end || !pause()) {
          throw refusal;
        }
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String ask(Path socket, Join request, Fd network) {
    try (UnixSocket broker = UnixSocket.connect(socket)) {
      if (broker.peer().uid() != 0) {
        throw new Refusal(Reason.FAILED, "who listens at " + socket + " is not root", "");
      }
      broker.send(request.encode(), network.number());
      byte[] answer = receive(broker);
      if (answer.length == 0) {
        throw new Refusal(Reason.BUSY, "the broker has too much to do", "try again");
      }
      return BrokerMessage.decodeAnswer(answer);
    } catch (KernelException e) {
      boolean turnedAway = e.is(Errno.EPIPE) || e.is(Errno.ECONNRESET);
      throw new Refusal(
          turnedAway ? Reason.BUSY : Reason.FAILED,
          turnedAway
              ? "the broker has too much to do"
              : "the broker does not answer: " + Errno.describe(e.errno()),
          turnedAway ? "try again" : "it has ended: as root run \"coffer broker\"");
    }
  }

  private static byte[] receive(UnixSocket broker) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (bytes.size() < BrokerMessage.MOST_ANSWER) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0 || !broker.fd().waitReadable(left)) {
        throw new Refusal(Reason.FAILED, "the broker gives no answer", "");
      }
      try (Received received = broker.receive(BrokerMessage.MOST_ANSWER - bytes.size())) {
        if (received.atEnd()) {
          break;
        }
        bytes.writeBytes(received.bytes());
      }
    }
    return bytes.toByteArray();
  }
}
