package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Copies single files of any kind but directories. Safe for use by several threads. */
final class FileCopy {
  private static final int FICLONE = 0x40049409;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int CHUNK = 1 << 30;
  private static final int BUFFER = 256 * 1024;
  private static final int LONGEST_PATH = 4096;
  private static final int LONGEST_LIST = 64 * 1024;

  private volatile boolean sharing = true;
  private volatile boolean ranges = true;

  /** Whose the copy is. */
  record Owner(int uid, int gid) {}

  /**
   * @param source the directory that has it
   * @param target the directory that gets it
   */
  void copy(Fd source, Fd target, byte[] name, FileStatus seen, Owner owner) {
    switch (seen.type()) {
      case FileStatus.REGULAR -> regular(source, target, name, seen, owner);
      case FileStatus.SYMLINK -> link(source, target, name, seen, owner);
      default -> {
        try (Call call = new Call()) {
          call.checkOn(
              text(name),
              Sys.MKNODAT,
              target.number(),
              call.terminated(name),
              seen.mode(),
              seen.node());
        }
        look(target, name, seen, owner);
      }
    }
  }

  private void regular(Fd source, Fd target, byte[] name, FileStatus seen, Owner owner) {
    int create = OpenFlags.READ_WRITE | OpenFlags.CREATE | OpenFlags.EXCLUSIVE;
    // it may have become a pipe since it was looked at, which must not make us wait
    try (Fd from = Directory.open(source, name, OpenFlags.READ_ONLY | OpenFlags.NON_BLOCKING);
        Fd to = create(target, name, create)) {
      if (seen.size() > 0) {
        bytes(from, to, seen);
      }
      look(to, new byte[0], seen, owner);
      attributes(from, to); // a change of the owner takes capabilities away
    }
  }

  private static Fd create(Fd directory, byte[] name, int flags) {
    try (Call call = new Call()) {
      int all = flags | OpenFlags.NO_FOLLOW | OpenFlags.CLOSE_ON_EXEC;
      return Fd.of(
          (int)
              call.checkOn(
                  text(name), Sys.OPENAT, directory.number(), call.terminated(name), all, 0600));
    }
  }

  private void bytes(Fd from, Fd to, FileStatus seen) {
    try (Call call = new Call()) {
      if (sharing) {
        if (call.run(Sys.IOCTL, to.number(), FICLONE, from.number()) >= 0) {
          return;
        }
        sharing = false; // for one file it fails as for all: another file system, or none that can
      }
      if (seen.allocated() < seen.size()) {
        withHoles(call, from, to, seen.size());
      } else {
        range(call, from, to, 0, seen.size());
      }
    }
  }

  private void withHoles(Call call, Fd from, Fd to, long size) {
    for (long at = 0; at < size; ) {
      long data = call.run(Sys.LSEEK, from.number(), at, SEEK_DATA);
      if (data < 0) {
        break; // ENXIO: only a hole is left
      }
      long hole = call.check(Sys.LSEEK, from.number(), data, SEEK_HOLE);
      range(call, from, to, data, Math.min(hole, size) - data);
      at = hole;
    }
    call.check(Sys.FTRUNCATE, to.number(), size);
  }

  private void range(Call call, Fd from, Fd to, long start, long length) {
    MemorySegment in = call.allocate(JAVA_LONG);
    MemorySegment out = call.allocate(JAVA_LONG);
    in.set(JAVA_LONG, 0, start);
    out.set(JAVA_LONG, 0, start);
    for (long left = length; left > 0 && ranges; ) {
      long done =
          call.run(
              Sys.COPY_FILE_RANGE,
              from.number(),
              in.address(),
              to.number(),
              out.address(),
              Math.min(left, CHUNK),
              0);
      if (done == 0) {
        return; // it became shorter meanwhile
      }
      if (done < 0) {
        if (!isUnable(done)) {
          Call.checked(Sys.COPY_FILE_RANGE, null, done);
        }
        ranges = false;
      } else {
        left -= done;
      }
    }
    if (!ranges) {
      through(call, from, to, in.get(JAVA_LONG, 0), start + length);
    }
  }

  /** Between file systems, and on some of them, the kernel cannot copy by itself. */
  private static boolean isUnable(long result) {
    return result == -Errno.EXDEV.number()
        || result == -Errno.EINVAL.number()
        || result == -Errno.ENOSYS.number()
        || result == -Errno.EOPNOTSUPP.number();
  }

  private static void through(Call call, Fd from, Fd to, long start, long end) {
    MemorySegment buffer = call.allocate(BUFFER);
    for (long at = start; at < end; ) {
      long count =
          call.check(Sys.PREAD64, from.number(), buffer.address(), Math.min(BUFFER, end - at), at);
      if (count == 0) {
        return;
      }
      for (long done = 0; done < count; ) {
        done +=
            call.check(Sys.PWRITE64, to.number(), buffer.address() + done, count - done, at + done);
      }
      at += count;
    }
  }

  private void link(Fd source, Fd target, byte[] name, FileStatus seen, Owner owner) {
    try (Call call = new Call()) {
      MemorySegment buffer = call.allocate(LONGEST_PATH);
      long length =
          call.check(
              Sys.READLINKAT,
              source.number(),
              call.terminated(name),
              buffer.address(),
              LONGEST_PATH - 1);
      byte[] to = buffer.asSlice(0, length).toArray(JAVA_BYTE);
      call.checkOn(
          text(name), Sys.SYMLINKAT, call.terminated(to), target.number(), call.terminated(name));
    }
    look(target, name, seen, owner);
  }

  /**
   * Owner, mode and times.
   *
   * @param name of an entry; empty for the open file itself
   */
  void look(Fd target, byte[] name, FileStatus seen, Owner owner) {
    int flags = name.length == 0 ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
    try (Call call = new Call()) {
      long at = call.terminated(name);
      call.checkOn(text(name), Sys.FCHOWNAT, target.number(), at, owner.uid(), owner.gid(), flags);
      if (name.length == 0) {
        call.check(Sys.FCHMOD, target.number(), seen.permissions());
      } else if (seen.type() != FileStatus.SYMLINK) {
        call.checkOn(text(name), Sys.FCHMODAT, target.number(), at, seen.permissions());
      }
      MemorySegment times = call.allocate(32);
      put(times, 0, seen.accessed());
      put(times, 16, seen.modified());
      call.checkOn(
          text(name),
          Sys.UTIMENSAT,
          target.number(),
          name.length == 0 ? 0 : at,
          times.address(),
          name.length == 0 ? 0 : AT_SYMLINK_NOFOLLOW);
    }
  }

  private static void put(MemorySegment times, long at, FileStatus.Time time) {
    times.set(JAVA_LONG, at, time.seconds());
    times.set(JAVA_LONG, at + 8, time.nanoseconds());
  }

  /** Extended attributes, but those that the target's file system does not take. */
  void attributes(Fd from, Fd to) {
    try (Call call = new Call()) {
      long length = call.run(Sys.FLISTXATTR, from.number(), 0, 0);
      if (length <= 0) {
        return;
      }
      MemorySegment names = call.allocate(LONGEST_LIST);
      length = call.run(Sys.FLISTXATTR, from.number(), names.address(), LONGEST_LIST);
      MemorySegment value = call.allocate(LONGEST_LIST);
      for (long at = 0; at < length; ) {
        long name = names.address() + at;
        long size = call.run(Sys.FGETXATTR, from.number(), name, value.address(), LONGEST_LIST);
        if (size >= 0) {
          long set = call.run(Sys.FSETXATTR, to.number(), name, value.address(), size, 0);
          if (set < 0 && set != -Errno.EOPNOTSUPP.number() && set != -Errno.EPERM.number()) {
            Call.checked(Sys.FSETXATTR, names.getString(at), set);
          }
        }
        at += names.getString(at, StandardCharsets.ISO_8859_1).length() + 1;
      }
    }
  }

  private static String text(byte[] name) {
    return new String(name, StandardCharsets.UTF_8);
  }
}
