package dev.coffer.network;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Fds;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Received;
import dev.coffer.linux.UnixSocket;
import dev.coffer.network.BrokerMessage.Join;
import dev.coffer.network.Refusal.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Joins ordinary users' containers to bridges of the host, as lxc-usernet(5) allows it: the only
 * thing that root's engine does for others. Whoever asks is believed nothing; who asks slowly, or
 * too often at once, is in nobody's way but their own.
 */
public final class Broker {
  private static final int MODE = 0666;
  private static final int MOST_AT_ONCE = 128;
  private static final int MOST_OF_ONE = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int PAUSE_MILLIS = 20;

  private final UserPorts ports;
  private final Consumer<String> log;
  private final Map<Integer, Integer> connections = new HashMap<>();
  private int all;

  /**
   * @param log hears in a line what was done for whom and what was refused, in any thread
   */
  public Broker(UserPorts ports, Consumer<String> log) {
    this.ports = ports;
    this.log = log;
  }

  /**
   * Listens until the other end of a socket is closed.
   *
   * @throws KernelException EADDRINUSE where a broker listens already
   */
  public void serve(Path path, Fd until) {
    try (UnixSocket listener = UnixSocket.listenAnew(path, MODE)) {
      try {
        while (listener.fd().waitReadableBefore(until)) {
          accept(listener);
        }
      } finally {
        HostFiles.unlink(path);
      }
    }
  }

  private void accept(UnixSocket listener) {
    UnixSocket client;
    try {
      client = listener.accept();
    } catch (KernelException e) {
      // out of descriptors or memory, for instance: the client waits, and so do we, a little
      log.accept("cannot accept a request: " + e.getMessage());
      pause();
      return;
    }
    int uid = client.peer().uid();
    if (!begin(uid)) {
      client.close();
      return;
    }
    Thread.ofPlatform()
        .daemon()
        .name("coffer-broker")
        .start(() -> {
          try {
            answer(client);
          } finally {
            end(uid);
          }
        });
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean begin(int uid) {
    int ofThisOne = connections.getOrDefault(uid, 0);
    if (all >= MOST_AT_ONCE || ofThisOne >= MOST_OF_ONE) {
      return false;
    }
    all++;
    connections.put(uid, ofThisOne + 1);
    return true;
  }

  private synchronized void end(int uid) {
    all--;
    connections.computeIfPresent(uid, (_, count) -> count == 1 ? null : count - 1);
  }

  /** Answers one request, and closes the connection. */
  public void answer(UnixSocket client) {
    List<Fd> fds = new ArrayList<>();
    try (client) {
      byte[] answer = answer(client, fds);
      if (answer.length > 0) {
        client.send(answer);
      }
    } catch (KernelException e) {
      log.accept("a request was given up: " + e.getMessage());
    } finally {
      Fds.close(fds);
    }
  }

  private byte[] answer(UnixSocket client, List<Fd> fds) {
    String who = "uid " + Integer.toUnsignedString(client.peer().uid());
    try {
      byte[] request = receive(client, fds);
      if (request.length == 0) {
        return request; // someone looked whether a broker is there
      }
      Join join = Join.decode(request);
      if (fds.size() != 1) {
        throw new Refusal(Reason.MALFORMED, "a request comes with one descriptor", "");
      }
      Asker asker = Asker.of(client);
      asker.requireOwner(fds.getFirst());
      String name = ports.join(asker, join, fds.getFirst());
      log.accept(
          asker.name() + ": " + join.name() + " is a port of " + join.bridge() + ", " + name);
      return BrokerMessage.encodeJoined(name);
    } catch (Refusal refusal) {
      log.accept(who + ": refused: " + refusal.getMessage());
      return BrokerMessage.encode(refusal);
    } catch (KernelException e) {
      log.accept(who + ": failed: " + e.getMessage());
      return BrokerMessage.encode(
          new Refusal(Reason.FAILED, "the broker cannot do it: " + e.getMessage(), ""));
    }
  }

  /** All lines of a request; nothing where none began. */
  private static byte[] receive(UnixSocket client, List<Fd> fds) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long end = System.nanoTime() + PATIENCE.toNanos();
    int lines = 0;
    while (lines < BrokerMessage.LINES) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0 || !client.fd().waitReadable(left)) {
        throw new Refusal(Reason.MALFORMED, "the request did not come in time", "");
      }
      Received received = client.receive(BrokerMessage.MOST_REQUEST + 1 - bytes.size());
      fds.addAll(received.fds());
      if (received.atEnd()) {
        break;
      }
      bytes.writeBytes(received.bytes());
      if (bytes.size() > BrokerMessage.MOST_REQUEST) {
        throw new Refusal(Reason.MALFORMED, "the request is too long", "");
      }
      for (byte each : received.bytes()) {
        lines += each == '\n' ? 1 : 0;
      }
    }
    return bytes.toByteArray();
  }
}
