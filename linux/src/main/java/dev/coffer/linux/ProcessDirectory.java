package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A process by its directory below /proc, held open: once it is known to be the right one, it stays
 * that, whatever becomes of its pid. What has gone fails with ESRCH.
 */
public final class ProcessDirectory implements AutoCloseable {
  private static final int PAGE = 4096;

  private final Fd directory;
  private final Fd memory;

  private ProcessDirectory(Fd directory, Fd memory) {
    this.directory = directory;
    this.memory = memory;
  }

  /**
   * @param pid of a process or a thread
   */
  public static ProcessDirectory open(int pid) {
    Fd directory = HostFiles.open(Path.of("/proc/" + pid), OpenFlags.PATH | OpenFlags.DIRECTORY, 0);
    try {
      return new ProcessDirectory(directory, open(directory, "mem", OpenFlags.READ_WRITE));
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /** What a file or link of the directory leads to, such as {@code root} or {@code fd/7}. */
  public Fd open(String name, int flags) {
    return open(directory, name, flags);
  }

  private static Fd open(Fd directory, String name, int flags) {
    try (Call call = new Call()) {
      return Fd.of(
          (int)
              call.checkOn(
                  name,
                  Sys.OPENAT,
                  directory.number(),
                  call.text(name),
                  flags | OpenFlags.CLOSE_ON_EXEC,
                  0));
    }
  }

  public ProcessStatus status() {
    try (Fd status = open("status", OpenFlags.READ_ONLY)) {
      return ProcessStatus.parse(new String(status.readAllNow(), StandardCharsets.UTF_8));
    }
  }

  /**
   * The bytes before the NUL at an address.
   *
   * @throws KernelException EFAULT where nothing is mapped, ENAMETOOLONG where {@code most} bytes
   *     have no NUL among them
   */
  public byte[] readString(long address, int most) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Call call = new Call()) {
      MemorySegment page = call.allocate(PAGE);
      while (bytes.size() < most) {
        long at = address + bytes.size();
        long room = Math.min(PAGE - Math.floorMod(at, (long) PAGE), most - bytes.size());
        long count = call.run(Sys.PREAD64, memory.number(), page.address(), room, at);
        if (count <= 0) {
          throw fault();
        }
        byte[] part = page.asSlice(0, count).toArray(JAVA_BYTE);
        for (int i = 0; i < part.length; i++) {
          if (part[i] == 0) {
            bytes.write(part, 0, i);
            return bytes.toByteArray();
          }
        }
        bytes.write(part, 0, part.length);
      }
    }
    throw new KernelException("read", "memory", Errno.ENAMETOOLONG.number());
  }

  public byte[] read(long address, int length) {
    try (Call call = new Call()) {
      MemorySegment bytes = call.allocate(length);
      if (call.run(Sys.PREAD64, memory.number(), bytes.address(), length, address) != length) {
        throw fault();
      }
      return bytes.asSlice(0, length).toArray(JAVA_BYTE);
    }
  }

  /** Changes the process's memory. */
  public void write(long address, byte[] bytes) {
    try (Call call = new Call()) {
      MemorySegment copy = call.bytes(bytes);
      long count = call.run(Sys.PWRITE64, memory.number(), copy.address(), bytes.length, address);
      if (count != bytes.length) {
        throw fault();
      }
    }
  }

  /** As the call would have failed; /proc/PID/mem itself says EIO. */
  private static KernelException fault() {
    return new KernelException("read", "memory", Errno.EFAULT.number());
  }

  @Override
  public void close() {
    memory.close();
    directory.close();
  }
}
