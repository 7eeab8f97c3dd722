package dev.coffer.runtime.monitor;

import dev.coffer.linux.Errno;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Optional;

/** Hears what happens to the containers below one directory. Not safe for several threads. */
public final class Listening implements AutoCloseable {
  private static final int TRIES = 5;

  private final UnixSocket socket;
  private final byte[] pending = new byte[MonitorMessage.LENGTH];
  private int length;

  private Listening(UnixSocket socket) {
    this.socket = socket;
  }

  /**
   * Begins; where no monitord serves, this process does from now on.
   *
   * @param uid of whom the containers belong to
   */
  public static Listening begin(MonitorPlace place, long uid) {
    for (int i = 0; i < TRIES; i++) {
      Optional<UnixSocket> socket = connect(place);
      if (socket.isPresent()) {
        return new Listening(socket.get());
      }
      Monitord.begin(place, uid);
    }
    throw new CofferException("cannot listen: lxc-monitord begins and ends");
  }

  /** Ends the monitord that serves there, whoever it is. */
  public static void quit(MonitorPlace place) {
    connect(place)
        .ifPresent(socket -> {
          try (socket) {
            socket.send("quit".getBytes(StandardCharsets.US_ASCII));
          }
        });
  }

  private static Optional<UnixSocket> connect(MonitorPlace place) {
    try {
      return Optional.of(UnixSocket.connectAbstract(place.socket()));
    } catch (KernelException e) {
      if (e.is(Errno.ECONNREFUSED)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Waits for the next thing that happens.
   *
   * @param timeoutMillis how long at most
   * @return empty when the time is over
   * @throws CofferException when the monitord has ended
   */
  public Optional<MonitorMessage> next(long timeoutMillis) {
    while (socket.fd().waitReadable(timeoutMillis)) {
      int count =
          socket.receive(pending, length, MonitorMessage.LENGTH - length, new ArrayList<>());
      if (count < 0) {
        throw new CofferException("lxc-monitord has ended");
      }
      length += count;
      if (length == MonitorMessage.LENGTH) {
        length = 0;
        Optional<MonitorMessage> message = MonitorMessage.decode(pending.clone());
        if (message.isPresent()) {
          return message;
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    socket.close();
  }
}
