package dev.coffer.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Waits for a line in cgroup.events of a v2 cgroup. */
final class CgroupEvents {
  private static final int POLLPRI = 2;

  private CgroupEvents() {}

  /**
   * @param line for instance {@code populated 0}
   * @return whether it was there in time
   */
  static boolean await(Path cgroup, String line, Deadline deadline) {
    try (Fd events = HostFiles.open(cgroup.resolve("cgroup.events"), OpenFlags.READ_ONLY, 0)) {
      while (true) {
        // Reading arms the notification, so a change between reading and polling is not missed.
        String text = new String(events.readFromStart(512), StandardCharsets.UTF_8);
        if (text.lines().anyMatch(line::equals)) {
          return true;
        }
        if (deadline.isOver()) {
          return false;
        }
        Poll.await(events.number(), POLLPRI, Math.max(1, deadline.millisLeft()));
      }
    } catch (KernelException e) {
      // The cgroup was removed: then it is neither populated nor anything else.
      if (e.is(Errno.ENODEV) || e.is(Errno.ENOENT)) {
        return line.equals("populated 0");
      }
      throw e;
    }
  }
}
