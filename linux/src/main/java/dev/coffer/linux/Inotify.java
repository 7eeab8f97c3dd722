package dev.coffer.linux;

import java.util.ArrayList;
import java.util.List;

/** Looks whether this user can have inotify instances, inotify(7). */
public final class Inotify {
  private static final int CLOEXEC = 0x80000;

  private Inotify() {}

  /**
   * How many instances could be made just now, at most {@code wanted}. The kernel does not tell the
   * number in use, so they are made and given back, a few microseconds each.
   */
  public static int available(int wanted) {
    List<Fd> made = new ArrayList<>();
    try (Call call = new Call()) {
      while (made.size() < wanted) {
        long result = call.run(Sys.INOTIFY_INIT1, CLOEXEC);
        if (result < 0) {
          break;
        }
        made.add(Fd.of((int) result));
      }
      return made.size();
    } finally {
      made.forEach(Fd::close);
    }
  }
}
