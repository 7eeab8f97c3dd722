package dev.coffer.runtime.command;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Fds;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Received;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.ContainerState;
import dev.coffer.runtime.monitor.MonitorMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One client of a command socket: its request as far as it has come, and what it waits for. */
final class CommandConnection {
  private final UnixSocket socket;
  private byte[] bytes = new byte[CommandRequest.HEADER];
  private int length;
  private boolean asked;
  private boolean awaitsListener;
  private boolean closed;
  private Set<ContainerState> wanted = Set.of();
  private Optional<TtyLease> lease = Optional.empty();

  CommandConnection(UnixSocket socket) {
    this.socket = socket;
  }

  Fd fd() {
    return socket.fd();
  }

  /**
   * Takes what has come, which must be something; never waits.
   *
   * @return whether the client still has a right to be there
   */
  synchronized boolean take() {
    if (closed) {
      return false;
    }
    try (Received received = socket.receive(asked ? 1 : bytes.length - length)) {
      Fds.close(received.fds());
      if (received.atEnd() || asked) {
        return false; // there is one request on each connection
      }
      System.arraycopy(received.bytes(), 0, bytes, length, received.bytes().length);
      length += received.bytes().length;
      return length < CommandRequest.HEADER || makeRoom();
    } catch (KernelException e) {
      return false;
    }
  }

  /** The next thing that comes is a descriptor. */
  void awaitListener() {
    awaitsListener = true;
  }

  boolean awaitsListener() {
    return awaitsListener;
  }

  /** The descriptor that has come; empty if it is something else. */
  synchronized Optional<Fd> takeListener() {
    awaitsListener = false;
    if (closed) {
      return Optional.empty();
    }
    try {
      List<Fd> fds = new ArrayList<>();
      socket.receive(new byte[1], fds);
      if (fds.size() == 1) {
        return Optional.of(fds.getFirst());
      }
      Fds.close(fds);
      return Optional.empty();
    } catch (KernelException e) {
      return Optional.empty(); // the client is gone
    }
  }

  /** The request, once: when all of it is there. */
  Optional<CommandRequest> request() {
    boolean whole =
        length >= CommandRequest.HEADER
            && CommandRequest.length(bytes).filter(all -> all == length).isPresent();
    if (asked || !whole) {
      return Optional.empty();
    }
    asked = true;
    return Optional.of(CommandRequest.decode(bytes, length));
  }

  /**
   * Tells the client.
   *
   * @return false if it is gone
   */
  synchronized boolean send(CommandResponse response) {
    return !closed
        && send(response.encode(), response.fds().stream().mapToInt(Fd::number).toArray());
  }

  synchronized boolean send(MonitorMessage message) {
    return !closed && send(message.encode());
  }

  void want(Set<ContainerState> states) {
    wanted = states;
  }

  boolean wants(ContainerState state) {
    return wanted.contains(state);
  }

  synchronized void hold(TtyLease terminal) {
    if (closed) {
      terminal.close();
    } else {
      lease = Optional.of(terminal);
    }
  }

  synchronized void close() {
    if (!closed) {
      closed = true;
      lease.ifPresent(TtyLease::close);
      socket.close();
    }
  }

  private boolean makeRoom() {
    Optional<Integer> all = CommandRequest.length(bytes);
    if (all.isPresent() && all.get() > bytes.length) {
      bytes = Arrays.copyOf(bytes, all.get());
    }
    return all.isPresent();
  }

  /** An answer fits into the socket's buffer, which is empty: this does not wait. */
  private boolean send(byte[] message, int... fds) {
    try {
      socket.send(message, fds);
      return true;
    } catch (KernelException e) {
      return false; // the client did not wait for it
    }
  }
}
