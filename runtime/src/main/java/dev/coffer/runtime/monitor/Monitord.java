package dev.coffer.runtime.monitor;

import dev.coffer.linux.Credentials;
import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.Poller;
import dev.coffer.linux.UnixSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gives what happens to the containers below one directory to all who listen, in place of
 * lxc-monitord. Whoever holds its socket is the one there is; it ends when nobody has listened for
 * half a minute.
 */
public final class Monitord {
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int BACKLOG = 16;
  private static final String QUIT = "quit";

  private final MonitorPlace place;
  private final long uid;
  private final UnixSocket listener;
  private final Fd fifo;
  private final Poller poller = new Poller();
  private final Set<UnixSocket> clients = new HashSet<>();
  private final byte[] pending = new byte[MonitorMessage.LENGTH];
  private int length;
  private boolean quit;

  private Monitord(MonitorPlace place, long uid, UnixSocket listener, Fd fifo) {
    this.place = place;
    this.uid = uid;
    this.listener = listener;
    this.fifo = fifo;
  }

  /**
   * Begins to serve, in a thread of its own.
   *
   * @param uid of those who may listen, besides root
   * @return false where another process serves already
   */
  static boolean begin(MonitorPlace place, long uid) {
    UnixSocket listener;
    try {
      listener = UnixSocket.listenAbstract(place.socket(), BACKLOG);
    } catch (KernelException e) {
      if (e.is(Errno.EADDRINUSE)) {
        return false;
      }
      throw e;
    }
    try {
      Monitord monitord = new Monitord(place, uid, listener, openFifo(place.fifo()));
      Thread.ofPlatform().daemon().name("coffer-monitord").start(monitord::serve);
      return true;
    } catch (RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  /** One that a killed monitord has left is used on. */
  private static Fd openFifo(Path fifo) {
    try {
      Files.createDirectories(
          fifo.getParent(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    try {
      HostFiles.mkfifo(fifo, 0600);
    } catch (KernelException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
    }
    return HostFiles.open(
        fifo, OpenFlags.READ_WRITE | OpenFlags.NON_BLOCKING | OpenFlags.NO_FOLLOW, 0);
  }

  private void serve() {
    try (poller;
        listener;
        fifo) {
      poller.add(listener.fd(), Poller.READABLE, listener);
      poller.add(fifo, Poller.READABLE, fifo);
      boolean idle = false;
      while (!quit && !idle) {
        List<Poller.Event> events = poller.await(clients.isEmpty() ? PATIENCE_MILLIS : -1);
        events.forEach(this::handle);
        idle = events.isEmpty() && clients.isEmpty();
      }
    } finally {
      clients.forEach(UnixSocket::close);
      tidy();
    }
  }

  private void handle(Poller.Event event) {
    switch (event.attachment()) {
      case UnixSocket socket when socket == listener -> accept();
      case UnixSocket client -> hear(client);
      default -> forward();
    }
  }

  private void accept() {
    Optional<UnixSocket> connected = listener.accept(0);
    if (connected.isEmpty()) {
      return;
    }
    UnixSocket client = connected.get();
    Credentials peer = client.peer();
    if (peer.uid() != 0 && peer.uid() != uid) {
      client.close();
      return;
    }
    clients.add(client);
    poller.add(client.fd(), Poller.READABLE, client);
  }

  /** A client has one thing to say, or has gone. */
  private void hear(UnixSocket client) {
    String said = "";
    try {
      said = new String(client.receive(QUIT.length()).bytes(), StandardCharsets.US_ASCII);
    } catch (KernelException _) {
      // it is gone
      said = "";
    }
    quit |= said.equals(QUIT);
    if (!said.equals(QUIT)) {
      drop(client);
    }
  }

  private void drop(UnixSocket client) {
    poller.remove(client.fd());
    clients.remove(client);
    client.close();
  }

  /** All that is whole in the fifo; who does not keep up is let go. */
  private void forward() {
    int count = fifo.read(pending, length, MonitorMessage.LENGTH - length);
    length += Math.max(count, 0);
    if (length < MonitorMessage.LENGTH) {
      return;
    }
    length = 0;
    byte[] message = Arrays.copyOf(pending, MonitorMessage.LENGTH);
    for (UnixSocket client : List.copyOf(clients)) {
      if (!client.sendAtOnce(message)) {
        drop(client);
      }
    }
  }

  /** The fifo, and the directories that are empty without it. */
  private void tidy() {
    try {
      Files.deleteIfExists(place.fifo());
      Path folder = place.fifo().getParent();
      while (folder != null && !folder.endsWith("lxc")) {
        Files.delete(folder);
        folder = folder.getParent();
      }
    } catch (IOException _) {
      return; // something else is there
    }
  }
}
