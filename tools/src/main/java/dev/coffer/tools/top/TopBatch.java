package dev.coffer.tools.top;

import java.util.StringJoiner;

/** The comma separated values of lxc-top --batch. */
public final class TopBatch {
  public static final String HEADER =
      "time_ms,container,cpu_nanos,cpu_sys_userhz,cpu_user_userhz,blkio_bytes,blkio_iops,"
          + "mem_used_bytes,memsw_used_bytes,kernel_mem_used_bytes";
  private static final long NANOS_PER_TICK = 10_000_000; // USER_HZ is 100 on all machines

  private TopBatch() {}

  /**
   * @param millis time of day, since 1970
   */
  public static String line(long millis, Track track) {
    StringJoiner line = new StringJoiner(",");
    line.add(Long.toString(millis)).add(track.name());
    line.add(Long.toString(track.cpuNanos()));
    line.add(Long.toString(track.now().cpu().system().orElse(0) / NANOS_PER_TICK));
    line.add(Long.toString(track.now().cpu().user().orElse(0) / NANOS_PER_TICK));
    line.add(Long.toString(track.ioBytes())).add(Long.toString(track.ioOperations()));
    line.add(Long.toString(track.memory())).add(Long.toString(track.memoryAndSwap()));
    return line.add(Long.toString(track.kernelMemory())).toString();
  }
}
