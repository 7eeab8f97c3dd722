package dev.coffer.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Goes through a cgroup and all below it. Whoever a cgroup is delegated to may nest them as deep
 * and name them as oddly as the kernel lets them; so names stay bytes, and one directory is open at
 * a time.
 */
final class CgroupWalk {
  private static final int READ_DIRECTORY = OpenFlags.READ_ONLY | OpenFlags.DIRECTORY;
  private static final byte[] PARENT = "..".getBytes(StandardCharsets.UTF_8);

  /** What to do with each cgroup. */
  private interface Visitor {
    /** The cgroup's directory is open; those below come next. */
    default void enter(Fd cgroup) {}

    /** Those below the cgroup are done; its parent's directory is open. */
    default void leave(Fd parent, byte[] name) {}
  }

  private record Level(byte[] name, Iterator<byte[]> children) {}

  private final Visitor visitor;
  private final Deque<Level> levels = new ArrayDeque<>();
  private Fd here;

  private CgroupWalk(Path top, Visitor visitor) {
    this.visitor = visitor;
    here = HostFiles.open(top, READ_DIRECTORY, 0);
  }

  /** The processes in the cgroup and below it. */
  static List<Integer> members(Path cgroup) {
    List<Integer> pids = new ArrayList<>();
    new CgroupWalk(
            cgroup,
            new Visitor() {
              @Override
              public void enter(Fd each) {
                pids.addAll(membersOf(each));
              }
            })
        .run();
    return pids;
  }

  /**
   * Removes the cgroup and those below it.
   *
   * @return false if it did not exist
   */
  static boolean remove(Path cgroup, Deadline deadline) {
    try {
      HostFiles.rmdir(cgroup);
      return true;
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT)) {
        return false;
      }
      // it has children or processes, or what is wrong shows again below
    }
    while (true) {
      try {
        new CgroupWalk(cgroup, removal()).run();
        HostFiles.rmdir(cgroup);
        return true;
      } catch (KernelException e) {
        if (e.is(Errno.ENOENT)) {
          return false;
        }
        // A dying process or a cgroup made this moment: start over with what is there then.
        if (!e.is(Errno.EBUSY) || !deadline.pause(2)) {
          throw e;
        }
      }
    }
  }

  private static Visitor removal() {
    return new Visitor() {
      @Override
      public void leave(Fd parent, byte[] name) {
        Directory.tryRemove(parent, name); // what stays keeps the top busy, which is then reported
      }
    };
  }

  private void run() {
    try {
      enter(null);
      while (!levels.isEmpty()) {
        if (levels.peek().children.hasNext()) {
          descend(levels.peek().children.next());
        } else {
          ascend(levels.pop());
        }
      }
    } finally {
      here.close();
    }
  }

  private void descend(byte[] name) {
    Fd child;
    try {
      child = Directory.open(here, name, READ_DIRECTORY);
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT)) {
        return; // removed since it was listed
      }
      throw e;
    }
    moveTo(child);
    enter(name);
  }

  private void ascend(Level done) {
    if (!levels.isEmpty()) {
      moveTo(Directory.open(here, PARENT, READ_DIRECTORY));
      visitor.leave(here, done.name);
    }
  }

  private void enter(byte[] name) {
    visitor.enter(here);
    levels.push(new Level(name, Directory.children(here).iterator()));
  }

  private void moveTo(Fd directory) {
    here.close();
    here = directory;
  }

  private static List<Integer> membersOf(Fd cgroup) {
    byte[] name = "cgroup.procs".getBytes(StandardCharsets.UTF_8);
    try (Fd file = Directory.open(cgroup, name, OpenFlags.READ_ONLY)) {
      String text = new String(file.readAllNow(), StandardCharsets.UTF_8);
      return text.lines().map(Integer::valueOf).toList();
    } catch (KernelException e) {
      // A threaded cgroup: the nearest one above that is not has its processes.
      if (e.is(Errno.EOPNOTSUPP) || e.is(Errno.ENODEV)) {
        return List.of();
      }
      throw e;
    }
  }
}
