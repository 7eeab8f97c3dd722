package dev.coffer.runtime.command;

import dev.coffer.linux.CgroupTrees.Layout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The structures in which LXC's tools ask for cgroup directories. The descriptors themselves ride
 * on the answer; the fields for their numbers say nothing to the other side.
 */
final class CgroupRecords {
  /** {@code s32 layout, u32 utilities, s32 type, s32 fd, char controller[64]}. */
  private static final int ONE = 80;

  /** {@code s32 layout, u32 utilities, u32 count, s32 fd[20]}, to a multiple of eight bytes. */
  private static final int ALL = 96;

  private static final int MOST = 20;
  private static final int CONTROLLER_AT = 16;
  private static final int V1_MAGIC = 0x27e0eb;
  private static final int V2_MAGIC = 0x63677270;
  private static final int NO_FD = -9;

  private CgroupRecords() {}

  /** The controller that a request for one directory names; empty if the request makes no sense. */
  static Optional<String> controller(byte[] payload) {
    if (payload.length != ONE || payload[ONE - 1] != 0 || payload[CONTROLLER_AT] == 0) {
      return Optional.empty();
    }
    int end = CONTROLLER_AT;
    while (payload[end] != 0) {
      end++;
    }
    return Optional.of(
        new String(payload, CONTROLLER_AT, end - CONTROLLER_AT, StandardCharsets.UTF_8));
  }

  static byte[] encode(String controller, Layout layout, boolean unified) {
    ByteBuffer one = ByteBuffer.allocate(ONE).order(ByteOrder.nativeOrder());
    one.putInt(layout.ordinal()).putInt(0).putInt(unified ? V2_MAGIC : V1_MAGIC).putInt(NO_FD);
    one.put(controller.getBytes(StandardCharsets.UTF_8));
    return one.array();
  }

  static boolean asksForAll(byte[] payload) {
    return payload.length == ALL;
  }

  /**
   * @param count of descriptors, at most {@link #most}
   */
  static byte[] encode(Layout layout, int count) {
    ByteBuffer all = ByteBuffer.allocate(ALL).order(ByteOrder.nativeOrder());
    all.putInt(layout.ordinal()).putInt(0).putInt(count);
    for (int i = 0; i < count; i++) {
      all.putInt(NO_FD);
    }
    return all.array();
  }

  static int most() {
    return MOST;
  }
}
