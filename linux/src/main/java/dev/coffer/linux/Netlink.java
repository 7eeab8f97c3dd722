package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation with the kernel about links, addresses and routes, rtnetlink(7). The socket
 * belongs to the network namespace it was opened in, whichever thread uses it. One thread at a
 * time.
 */
public final class Netlink implements AutoCloseable {
  /** Flags of a request. */
  public static final int CREATE = 0x400;

  public static final int EXCLUSIVE = 0x200;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int NETLINK_ROUTE = 0;
  private static final int SIOCGSKNS = 0x894c;
  private static final int REQUEST = 1;
  private static final int ACKNOWLEDGE = 4;
  private static final int DUMP = 0x300;
  private static final int DUMP_INTERRUPTED = 0x10;
  private static final int ERROR = 2;
  private static final int DONE = 3;
  private static final int HEADER = (int) Layouts.NLMSGHDR.byteSize();
  private static final int BUFFER = 64 * 1024;

  private final Fd fd;
  private int sequence;

  private Netlink(Fd fd) {
    this.fd = fd;
  }

  /**
   * A message without its header: {@code ifinfomsg} and its like, then attributes; little-endian.
   */
  public record Message(int type, ByteBuffer body) {}

  /** In this thread's network namespace. */
  public static Netlink open() {
    try (Call call = new Call()) {
      return new Netlink(
          Fd.of(
              (int)
                  call.check(
                      Sys.SOCKET, AF_NETLINK, SOCK_RAW | OpenFlags.CLOSE_ON_EXEC, NETLINK_ROUTE)));
    }
  }

  /** Over a socket that was opened elsewhere; takes ownership. */
  public static Netlink of(Fd socket) {
    return new Netlink(socket);
  }

  /**
   * The network namespace it speaks of, which takes CAP_NET_ADMIN over it. EPERM where that is
   * missing, and ENOTTY where this is no socket at all.
   */
  public Fd namespace() {
    try (Call call = new Call()) {
      return Fd.of((int) call.check(Sys.IOCTL, fd.number(), SIOCGSKNS));
    }
  }

  /** In another network namespace. */
  public static Netlink open(Fd namespace) {
    return NetworkThread.open(namespace, Netlink::open);
  }

  /**
   * Asks for all objects of a kind.
   *
   * @param type RTM_GET…
   * @param body the request's fixed part
   */
  public List<Message> dump(int type, byte[] body) {
    while (true) {
      List<Message> messages = new ArrayList<>();
      send(type, REQUEST | DUMP, body);
      if (receive(messages)) {
        return messages;
      }
    }
  }

  /**
   * Asks for a change and waits until it is made.
   *
   * @param flags {@link #CREATE} and the like
   * @throws KernelException with the name of the request as its call
   */
  public void request(String name, int type, int flags, byte[] body) {
    send(type, REQUEST | ACKNOWLEDGE | flags, body);
    try {
      receive(new ArrayList<>());
    } catch (KernelException e) {
      throw new KernelException(name, e.errno());
    }
  }

  void request(String name, int type, int flags, NetlinkBody body) {
    request(name, type, flags, body.bytes());
  }

  /**
   * Asks for one object.
   *
   * @throws KernelException with the name of the request as its call
   */
  Message get(String name, int type, NetlinkBody body) {
    send(type, REQUEST | ACKNOWLEDGE, body.bytes());
    List<Message> messages = new ArrayList<>();
    try {
      receive(messages);
    } catch (KernelException e) {
      throw new KernelException(name, e.errno());
    }
    return messages.getFirst();
  }

  @Override
  public void close() {
    fd.close();
  }

  private void send(int type, int flags, byte[] body) {
    ByteBuffer message = buffer(ByteBuffer.allocate(HEADER + body.length));
    message.putInt(message.capacity()).putShort((short) type).putShort((short) flags);
    message.putInt(++sequence).putInt(0).put(body);
    try (Call call = new Call()) {
      long address = call.bytes(message.array()).address();
      call.check(Sys.SENDTO, fd.number(), address, message.capacity());
    }
  }

  /**
   * Reads until the answer is complete.
   *
   * @return false if the objects changed meanwhile, so that some may be missing
   */
  private boolean receive(List<Message> messages) {
    boolean consistent = true;
    while (true) {
      ByteBuffer datagram = datagram();
      while (datagram.remaining() >= HEADER) {
        int start = datagram.position();
        int length = datagram.getInt();
        int type = Short.toUnsignedInt(datagram.getShort());
        consistent &= (datagram.getShort() & DUMP_INTERRUPTED) == 0;
        boolean ours = datagram.getInt() == sequence;
        if (ours && (type == DONE || type == ERROR)) {
          check(datagram.getInt(start + HEADER));
          return consistent;
        }
        if (ours) {
          messages.add(new Message(type, buffer(datagram.slice(start + HEADER, length - HEADER))));
        }
        datagram.position(Math.min(datagram.limit(), start + (length + 3) / 4 * 4));
      }
    }
  }

  private ByteBuffer datagram() {
    try (Call call = new Call()) {
      MemorySegment buffer = call.allocate(BUFFER);
      long length = call.check(Sys.RECVFROM, fd.number(), buffer.address(), BUFFER);
      return buffer(ByteBuffer.wrap(buffer.asSlice(0, length).toArray(JAVA_BYTE)));
    }
  }

  private static void check(int negativeErrno) {
    Call.checked("netlink", null, negativeErrno);
  }

  private static ByteBuffer buffer(ByteBuffer bytes) {
    return bytes.order(ByteOrder.LITTLE_ENDIAN);
  }
}
