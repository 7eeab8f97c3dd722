package dev.coffer.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * A loop device, loop(4), that ends by itself when nobody has it open or mounted any more.
 *
 * @param path below /dev
 * @param fd keeps it until then; whoever has this object closes it
 */
public record LoopDevice(Path path, Fd fd) implements AutoCloseable {
  private static final Path CONTROL = Path.of("/dev/loop-control");
  private static final int LOOP_CTL_GET_FREE = 0x4C82;

  /** Since Linux 5.8, include/uapi/linux/loop.h. */
  private static final int LOOP_CONFIGURE = 0x4C0A;

  private static final int CONFIG_SIZE = 304;
  private static final int BLOCK_SIZE_OFFSET = 4;
  private static final int FLAGS_OFFSET = 8 + 52;
  private static final int READ_ONLY = 1;
  private static final int AUTO_CLEAR = 4;
  private static final int MOST_TRIES = 64;

  /**
   * Attaches a file to a free device.
   *
   * @throws KernelException with {@code attach FILE to a loop device} as its call where the kernel
   *     has none, or the file cannot be opened
   */
  public static LoopDevice attach(Path file, boolean readOnly) {
    int flags = readOnly ? OpenFlags.READ_ONLY : OpenFlags.READ_WRITE;
    try (Fd control = HostFiles.open(CONTROL, OpenFlags.READ_WRITE, 0);
        Fd backing = HostFiles.open(file, flags, 0)) {
      for (int i = 0; i < MOST_TRIES; i++) {
        Path device = free(control);
        Fd opened = HostFiles.open(device, OpenFlags.READ_WRITE, 0);
        long result = configure(opened, backing, readOnly);
        if (result >= 0) {
          return new LoopDevice(device, opened);
        }
        opened.close();
        if (result != -Errno.EBUSY.number()) { // someone else was faster
          throw new KernelException("attach " + file + " to a loop device", (int) -result);
        }
      }
    }
    throw new KernelException("find a free loop device", Errno.EBUSY.number());
  }

  private static Path free(Fd control) {
    try (Call call = new Call()) {
      return Path.of("/dev/loop" + call.check(Sys.IOCTL, control.number(), LOOP_CTL_GET_FREE));
    }
  }

  private static long configure(Fd device, Fd backing, boolean readOnly) {
    try (Call call = new Call()) {
      MemorySegment config = call.allocate(CONFIG_SIZE);
      config.set(ValueLayout.JAVA_INT, 0, backing.number());
      config.set(ValueLayout.JAVA_INT, BLOCK_SIZE_OFFSET, 0);
      config.set(ValueLayout.JAVA_INT, FLAGS_OFFSET, AUTO_CLEAR | (readOnly ? READ_ONLY : 0));
      return call.run(Sys.IOCTL, device.number(), LOOP_CONFIGURE, config.address());
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
