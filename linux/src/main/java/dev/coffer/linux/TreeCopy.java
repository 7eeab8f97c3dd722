package dev.coffer.linux;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntUnaryOperator;

/**
 * Copies a directory with all it holds: owners, modes, times, hard links, holes, extended
 * attributes (and so access lists and capabilities), device nodes, pipes and links as they are. The
 * source is not trusted: everything is opened by one name below its directory's descriptor, no link
 * is followed and no mount is crossed. Contents are shared where the file system can do that.
 */
public final class TreeCopy {
  private static final int WORKERS = 2;
  private static final int WAITING = 64;
  private static final long DOWN =
      OpenHow.NO_CROSSING | OpenHow.NO_MAGIC_LINKS | OpenHow.NO_SYMLINKS | OpenHow.BENEATH;

  private final IntUnaryOperator uids;
  private final IntUnaryOperator gids;
  private final FileCopy files = new FileCopy();
  private final Map<Identity, byte[]> linked = new HashMap<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final ThreadPoolExecutor workers =
      new ThreadPoolExecutor(
          WORKERS,
          WORKERS,
          1,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING),
          Thread.ofPlatform().name("coffer-copy-", 0).factory(),
          new ThreadPoolExecutor.CallerRunsPolicy());
  private Fd top;

  private TreeCopy(IntUnaryOperator uids, IntUnaryOperator gids) {
    this.uids = uids;
    this.gids = gids;
  }

  /** Which file it is that has several names. */
  private record Identity(long device, long inode) {}

  /** The same owners. */
  public static void copy(Path from, Path to) {
    copy(from, to, uid -> uid, gid -> gid);
  }

  /**
   * @param to an existing, empty directory, which becomes like {@code from}
   * @param uids what owners become
   * @param gids what groups become
   * @throws KernelException naming the file; what was copied until then stays
   * @throws CancellationException if the thread is interrupted
   */
  public static void copy(Path from, Path to, IntUnaryOperator uids, IntUnaryOperator gids) {
    int flags = OpenFlags.READ_ONLY | OpenFlags.DIRECTORY | OpenFlags.NO_FOLLOW;
    try (Fd source = HostFiles.open(from, flags, 0);
        Fd target = HostFiles.open(to, flags, 0)) {
      new TreeCopy(uids, gids).run(source, target);
    }
  }

  private void run(Fd source, Fd target) {
    top = target;
    try {
      directory(source, target, new byte[0]);
    } finally {
      workers.shutdown();
      awaitWorkers();
    }
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  private void awaitWorkers() {
    boolean interrupted = false;
    while (true) {
      try {
        if (workers.awaitTermination(1, TimeUnit.HOURS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true; // they hold descriptors that are closed next
        failure.compareAndSet(null, new CancellationException("interrupted while copying"));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Directories are made by this thread, what else they hold and their own look by the workers. */
  private void directory(Fd source, Fd target, byte[] path) {
    List<Directory.Entry> entries = Directory.entries(source);
    List<byte[]> below =
        entries.stream().filter(e -> isDirectory(source, e)).map(e -> e.name()).toList();
    for (byte[] name : below) {
      try (Call call = new Call()) {
        call.check(Sys.MKDIRAT, target.number(), call.terminated(name), 0700);
      }
    }
    Fd from = source.duplicate();
    Fd to = target.duplicate();
    workers.execute(() -> content(from, to, path, entries));
    for (byte[] name : below) {
      if (Thread.currentThread().isInterrupted()) {
        failure.compareAndSet(null, new CancellationException("interrupted while copying"));
      }
      if (failure.get() != null) {
        return;
      }
      descend(source, target, path, name);
    }
  }

  private static boolean isDirectory(Fd directory, Directory.Entry entry) {
    return entry.directory()
        && FileStatus.of(directory, entry.name()).type() == FileStatus.DIRECTORY;
  }

  private void descend(Fd source, Fd target, byte[] path, byte[] name) {
    try (Call call = new Call()) {
      int flags = OpenFlags.READ_ONLY | OpenFlags.DIRECTORY | OpenFlags.NO_FOLLOW;
      long opened = OpenHow.open(call, source, call.terminated(name), flags, DOWN);
      if (opened == -Errno.EXDEV.number()) {
        return; // a mount point is copied as the empty directory that it hides, for all we know
      }
      try (Fd from = Fd.of((int) Call.checked(Sys.OPENAT2, new String(name), opened));
          Fd to = Directory.open(target, name, OpenFlags.READ_ONLY | OpenFlags.DIRECTORY)) {
        directory(from, to, join(path, name));
      }
    }
  }

  private void content(Fd source, Fd target, byte[] path, List<Directory.Entry> entries) {
    try (source;
        target) {
      for (Directory.Entry entry : entries) {
        if (failure.get() != null) {
          return;
        }
        if (!isDirectory(source, entry)) {
          entry(source, target, path, entry.name());
        }
      }
      FileStatus seen = FileStatus.of(source);
      files.attributes(source, target);
      files.look(target, new byte[0], seen, owner(seen));
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  private FileCopy.Owner owner(FileStatus seen) {
    return new FileCopy.Owner(uids.applyAsInt(seen.uid()), gids.applyAsInt(seen.gid()));
  }

  private void entry(Fd source, Fd target, byte[] path, byte[] name) {
    FileStatus seen = FileStatus.of(source, name);
    if (seen.links() == 1) {
      files.copy(source, target, name, seen, owner(seen));
      return;
    }
    synchronized (linked) {
      byte[] first =
          linked.putIfAbsent(new Identity(seen.device(), seen.inode()), join(path, name));
      if (first == null) {
        files.copy(source, target, name, seen, owner(seen));
        return;
      }
      try (Call call = new Call()) {
        call.check(
            Sys.LINKAT,
            top.number(),
            call.terminated(first),
            target.number(),
            call.terminated(name),
            0);
      }
    }
  }

  private static byte[] join(byte[] path, byte[] name) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream(path.length + name.length + 1);
    joined.writeBytes(path);
    if (path.length > 0) {
      joined.write('/');
    }
    joined.writeBytes(name);
    return joined.toByteArray();
  }
}
