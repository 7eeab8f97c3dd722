package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What sysinfo(2) tells, sizes in bytes.
 *
 * @param uptime seconds
 * @param loads of one, five and fifteen minutes, each times 65536
 */
public record SystemFigures(
    long uptime,
    long[] loads,
    long total,
    long free,
    long shared,
    long buffers,
    long swap,
    long freeSwap,
    int processes) {
  private static final int SIZE = 112;
  private static final int PROCESSES = 80;
  private static final int UNIT = 104;
  private static final int MOST_PROCESSES = 0xffff;

  /** The host's. */
  public static SystemFigures read() {
    try (Call call = new Call()) {
      MemorySegment memory = call.allocate(SIZE);
      call.check(Sys.SYSINFO, memory.address());
      return decode(memory.asSlice(0, SIZE).toArray(JAVA_BYTE));
    }
  }

  static SystemFigures decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    long unit = Integer.toUnsignedLong(in.getInt(UNIT));
    return new SystemFigures(
        in.getLong(),
        new long[] {in.getLong(), in.getLong(), in.getLong()},
        in.getLong() * unit,
        in.getLong() * unit,
        in.getLong() * unit,
        in.getLong() * unit,
        in.getLong() * unit,
        in.getLong() * unit,
        Short.toUnsignedInt(in.getShort(PROCESSES)));
  }

  /** struct sysinfo of a 64-bit machine. */
  public byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(SIZE).order(ByteOrder.nativeOrder());
    out.putLong(uptime).putLong(loads[0]).putLong(loads[1]).putLong(loads[2]);
    out.putLong(total).putLong(free).putLong(shared).putLong(buffers);
    out.putLong(swap).putLong(freeSwap);
    out.putShort(PROCESSES, (short) Math.min(processes, MOST_PROCESSES));
    out.putInt(UNIT, 1);
    return out.array();
  }

  public SystemFigures withUptime(long seconds) {
    return new SystemFigures(
        seconds, loads, total, free, shared, buffers, swap, freeSwap, processes);
  }

  /**
   * The same for the processes of one cgroup. A figure without a limit is the host's.
   *
   * @param memory directory in the tree with the controller memory, if there is one
   * @param mount where that tree begins
   */
  public SystemFigures withMemory(Path memory, Path mount, boolean unified) {
    MemoryLimits limits =
        unified ? MemoryLimits.unified(memory, mount) : MemoryLimits.legacy(memory);
    long mine = Math.min(limits.memory(), total);
    boolean limited = mine < total;
    long room = Math.min(limits.swap(), swap);
    return new SystemFigures(
        uptime,
        loads,
        mine,
        limited ? Math.clamp(mine - limits.used(), 0, mine) : free,
        limited ? limits.shared() : shared,
        limited ? 0 : buffers,
        room,
        Math.min(freeSwap, Math.max(0, room - (room < swap ? limits.usedSwap() : 0))),
        processes);
  }

  public SystemFigures withProcesses(OptionalLong count) {
    return count.isEmpty()
        ? this
        : new SystemFigures(
            uptime,
            loads,
            total,
            free,
            shared,
            buffers,
            swap,
            freeSwap,
            (int) Math.min(count.getAsLong(), MOST_PROCESSES));
  }
}
