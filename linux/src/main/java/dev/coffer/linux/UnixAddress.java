package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The name of a socket, unix(7), and the descriptor that must stay open while a long one is used.
 */
final class UnixAddress implements AutoCloseable {
  private static final short AF_UNIX = 1;
  private static final int SUN_PATH = (int) Layouts.offset(Layouts.SOCKADDR_UN, "sun_path");
  private static final int LONGEST = 107;

  private final String subject;
  private final byte[] name;
  private final Fd directory; // null where the name fits as it is

  private UnixAddress(String subject, byte[] name, Fd directory) {
    this.subject = subject;
    this.name = name;
    this.directory = directory;
  }

  /** A path of any length: one that does not fit is spelt through a descriptor of its directory. */
  static UnixAddress of(Path path) {
    byte[] name = bytes(path.toString());
    if (name.length <= LONGEST) {
      return new UnixAddress(path.toString(), name, null);
    }
    Fd directory = HostFiles.openPath(path.toAbsolutePath().getParent());
    byte[] shorter = bytes("/proc/self/fd/" + directory.number() + "/" + path.getFileName());
    return new UnixAddress(path.toString(), shorter, directory);
  }

  /** An abstract name: a NUL before it, none behind. */
  static UnixAddress ofAbstract(String name) {
    return new UnixAddress("@" + name, bytes("\0" + name), null);
  }

  /** Makes bind(2) or connect(2) with this address. */
  void checkOn(Call call, Sys sys, Fd socket) {
    // An abstract name may fill all 108 bytes; a path keeps its last one for the NUL.
    if (name.length > LONGEST && (name.length > LONGEST + 1 || name[0] != 0)) {
      throw new KernelException(sys.describe(), subject, Errno.ENAMETOOLONG.number());
    }
    MemorySegment address = call.allocate(Layouts.SOCKADDR_UN);
    address.set(JAVA_SHORT, 0, AF_UNIX);
    MemorySegment.copy(name, 0, address, JAVA_BYTE, SUN_PATH, name.length);
    call.checkOn(subject, sys, socket.number(), address.address(), SUN_PATH + (long) name.length);
  }

  @Override
  public void close() {
    if (directory != null) {
      directory.close();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
