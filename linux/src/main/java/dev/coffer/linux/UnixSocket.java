package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A socket of unix(7), of streams or of whole messages: listening or connected, by path or by
 * abstract name, carrying bytes and descriptors. It knows nothing of what is said over it.
 */
public final class UnixSocket implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int SOL_SOCKET = 1;
  private static final int SO_PASSCRED = 16;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int SO_PEERCRED = 17;
  private static final int SO_PEERGROUPS = 59;
  private static final int SO_PEERPIDFD = 77;

  /** NGROUPS_MAX. */
  private static final int MOST_GROUPS = 65536;

  private static final int CHUNK = 64 * 1024;
  private static final int BACKLOG = 128;

  private final Fd fd;

  private UnixSocket(Fd fd) {
    this.fd = fd;
  }

  /** Takes ownership of a socket that exists already. */
  public static UnixSocket of(Fd socket) {
    return new UnixSocket(socket);
  }

  /**
   * Listens on a path that must not exist yet.
   *
   * @param mode permission bits of the socket file, in force from its first moment
   */
  public static UnixSocket listen(Path path, int mode) {
    UnixSocket socket = create(SOCK_STREAM);
    try (UnixAddress address = UnixAddress.of(path);
        Call call = new Call()) {
      // bind(2) takes the mode of the socket's inode, less the umask; what the umask took is given
      // back after.
      call.check(Sys.FCHMOD, socket.fd.number(), mode);
      address.checkOn(call, Sys.BIND, socket.fd);
      call.checkOn(
          path.toString(), Sys.FCHMODAT, HostFiles.CURRENT_DIRECTORY, call.path(path), mode);
      call.check(Sys.LISTEN, socket.fd.number(), BACKLOG);
      return socket;
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * As {@link #listen}, removing what a dead process left there.
   *
   * @throws KernelException EADDRINUSE where somebody listens
   */
  public static UnixSocket listenAnew(Path path, int mode) {
    try {
      return listen(path, mode);
    } catch (KernelException e) {
      if (!e.is(Errno.EADDRINUSE) || isAlive(path)) {
        throw e;
      }
    }
    HostFiles.unlink(path);
    return listen(path, mode);
  }

  private static boolean isAlive(Path path) {
    try {
      connect(path).close();
      return true;
    } catch (KernelException e) {
      if (e.is(Errno.ECONNREFUSED)) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Listens on an abstract name; EADDRINUSE if someone does so already in this network namespace.
   *
   * @param name without the leading NUL, at most 107 bytes
   */
  public static UnixSocket listenAbstract(String name, int backlog) {
    UnixSocket socket = create(SOCK_STREAM);
    try (UnixAddress address = UnixAddress.ofAbstract(name);
        Call call = new Call()) {
      address.checkOn(call, Sys.BIND, socket.fd);
      call.check(Sys.LISTEN, socket.fd.number(), backlog);
      return socket;
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  public static UnixSocket connect(Path path) {
    return connect(UnixAddress.of(path), SOCK_STREAM);
  }

  /** To a socket that takes and gives whole messages, SOCK_SEQPACKET. */
  public static UnixSocket connectPackets(Path path) {
    return connect(UnixAddress.of(path), SOCK_SEQPACKET);
  }

  /** As {@link #connectPackets}, by an abstract name. */
  public static UnixSocket connectPacketsAbstract(String name) {
    return connect(UnixAddress.ofAbstract(name), SOCK_SEQPACKET);
  }

  /**
   * @param name without the leading NUL, at most 107 bytes
   */
  public static UnixSocket connectAbstract(String name) {
    return connect(UnixAddress.ofAbstract(name), SOCK_STREAM);
  }

  /** Two sockets connected with each other. */
  public static UnixSocket[] pair() {
    try (Call call = new Call()) {
      MemorySegment both = call.ints(-1, -1);
      call.check(Sys.SOCKETPAIR, AF_UNIX, SOCK_STREAM | OpenFlags.CLOSE_ON_EXEC, 0, both.address());
      return new UnixSocket[] {
        new UnixSocket(Fd.of(both.getAtIndex(JAVA_INT, 0))),
        new UnixSocket(Fd.of(both.getAtIndex(JAVA_INT, 1)))
      };
    }
  }

  /** Waits for a connection. {@link #shutdown} in another thread ends the wait with EINVAL. */
  public UnixSocket accept() {
    return PlatformThread.needed() ? PlatformThread.call("accept", this::acceptNow) : acceptNow();
  }

  /**
   * Waits for a connection for some time.
   *
   * @param timeoutMillis 0 looks only, negative waits for ever
   */
  public Optional<UnixSocket> accept(long timeoutMillis) {
    return fd.waitReadable(timeoutMillis) ? Optional.of(accept()) : Optional.empty();
  }

  /** Who connected, or listened, at the other end: SO_PEERCRED, as it was at that moment. */
  public Credentials peer() {
    try (Call call = new Call()) {
      MemorySegment ucred = call.allocate(Layouts.UCRED);
      MemorySegment length = call.ints((int) ucred.byteSize());
      call.check(
          Sys.GETSOCKOPT, fd.number(), SOL_SOCKET, SO_PEERCRED, ucred.address(), length.address());
      return Ancillary.credentials(ucred);
    }
  }

  /** The groups of the process that connected, SO_PEERGROUPS; its main one is not among them. */
  public List<Integer> peerGroups() {
    try (Call call = new Call()) {
      MemorySegment groups = call.allocate(4L * MOST_GROUPS);
      MemorySegment length = call.ints((int) groups.byteSize());
      call.check(
          Sys.GETSOCKOPT,
          fd.number(),
          SOL_SOCKET,
          SO_PEERGROUPS,
          groups.address(),
          length.address());
      List<Integer> found = new ArrayList<>();
      for (int i = 0; i < length.get(JAVA_INT, 0) / 4; i++) {
        found.add(groups.getAtIndex(JAVA_INT, i));
      }
      return found;
    }
  }

  /**
   * The process that connected. Before Linux 6.5 it is found by its number, which may be another's
   * by now if it has ended.
   */
  public Optional<Pidfd> peerProcess() {
    try (Call call = new Call()) {
      MemorySegment pidfd = call.ints(-1);
      MemorySegment length = call.ints((int) pidfd.byteSize());
      long result =
          call.run(
              Sys.GETSOCKOPT,
              fd.number(),
              SOL_SOCKET,
              SO_PEERPIDFD,
              pidfd.address(),
              length.address());
      if (result == 0) {
        return Optional.of(Pidfd.of(Fd.of(pidfd.get(JAVA_INT, 0))));
      }
    }
    return Pidfd.open(peer().pid());
  }

  /** Whether each message received here comes with its sender's credentials, SO_PASSCRED. */
  public void passCredentials(boolean wanted) {
    try (Call call = new Call()) {
      MemorySegment value = call.ints(wanted ? 1 : 0);
      call.check(
          Sys.SETSOCKOPT, fd.number(), SOL_SOCKET, SO_PASSCRED, value.address(), value.byteSize());
    }
  }

  /**
   * Sends all bytes, waiting as long as the peer takes none; the descriptors ride on the first of
   * them and stay the caller's. EPIPE if the peer is gone.
   *
   * @param bytes at least one if there are descriptors
   */
  public void send(byte[] bytes, int... fds) {
    if (PlatformThread.needed()) {
      PlatformThread.call("send", () -> sendNow(bytes, fds));
    } else {
      sendNow(bytes, fds);
    }
  }

  /**
   * Sends without waiting.
   *
   * @return false if the peer is gone or does not take all of it now
   */
  public boolean sendAtOnce(byte[] bytes) {
    try (Call call = new Call()) {
      return call.run(
              Sys.SENDTO,
              fd.number(),
              call.bytes(bytes).address(),
              bytes.length,
              MSG_DONTWAIT | MSG_NOSIGNAL,
              0,
              0)
          == bytes.length;
    }
  }

  public int receive(byte[] bytes, List<Fd> fds) {
    return receive(bytes, 0, bytes.length, fds);
  }

  /**
   * Waits for bytes.
   *
   * @param fds gets the descriptors that came with them; on failure there are none left open
   * @return the number of bytes, -1 if the peer closed
   */
  public int receive(byte[] bytes, int offset, int length, List<Fd> fds) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    Received received = receive(Math.min(length, CHUNK));
    received.moveTo(fds);
    System.arraycopy(received.bytes(), 0, bytes, offset, received.bytes().length);
    return received.atEnd() ? -1 : received.bytes().length;
  }

  /** As {@link #receive(byte[], int, int, List)}, into the buffer's remaining room. */
  public int receive(ByteBuffer buffer, List<Fd> fds) {
    Received received = receive(Math.min(buffer.remaining(), CHUNK));
    received.moveTo(fds);
    buffer.put(received.bytes());
    return received.atEnd() ? -1 : received.bytes().length;
  }

  /**
   * Waits for at most {@code max} bytes, with their descriptors and, where asked for, their sender.
   */
  public Received receive(int max) {
    return PlatformThread.needed()
        ? PlatformThread.call("receive", () -> Received.read(fd, max))
        : Received.read(fd, max);
  }

  /** Ends both directions, waking whoever waits in {@link #accept()} or receives. */
  public void shutdown() {
    try (Call call = new Call()) {
      call.run(Sys.SHUTDOWN, fd.number(), 2);
    }
  }

  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    fd.close();
  }

  private static UnixSocket create(int type) {
    try (Call call = new Call()) {
      return new UnixSocket(
          Fd.of((int) call.check(Sys.SOCKET, AF_UNIX, type | OpenFlags.CLOSE_ON_EXEC, 0)));
    }
  }

  /** A listener whose queue is full makes connect(2) wait. */
  private static UnixSocket connect(UnixAddress to, int type) {
    return PlatformThread.needed()
        ? PlatformThread.call("connect", () -> connectNow(to, type))
        : connectNow(to, type);
  }

  private static UnixSocket connectNow(UnixAddress to, int type) {
    UnixSocket socket = create(type);
    try (to;
        Call call = new Call()) {
      to.checkOn(call, Sys.CONNECT, socket.fd);
      return socket;
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private UnixSocket acceptNow() {
    try (Call call = new Call()) {
      int listening = fd.number();
      long result =
          call.runWhenReady(
              listening, Poll.IN, Sys.ACCEPT4, listening, 0, 0, OpenFlags.CLOSE_ON_EXEC);
      return new UnixSocket(Fd.of((int) Call.checked("accept4", null, result)));
    }
  }

  private boolean sendNow(byte[] bytes, int... fds) {
    try (Call call = new Call()) {
      MemorySegment data = call.bytes(bytes);
      Message message = new Message(call, Ancillary.rights(call, fds));
      for (long done = 0; done < bytes.length; ) {
        done += message.send(fd.number(), data.asSlice(done, bytes.length - done));
      }
      return true;
    }
  }
}
