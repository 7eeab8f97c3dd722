package dev.coffer.linux;

import dev.coffer.model.Namespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Looks into network and mount namespaces from a platform thread of its own, which ends afterwards:
 * what setns(2) changes stays with the thread. Other namespaces are the launcher's business.
 *
 * <p>In a foreign mount namespace every path means something else, for class loading too, so the
 * work there should be plain file access by code that has run before.
 */
public final class NamespaceThread {
  private static final int CLONE_FS = 0x200;
  private static final int NS_GET_NSTYPE = 0xb703;

  private NamespaceThread() {}

  /**
   * Does the work inside the namespaces and waits for it.
   *
   * @param namespaces network and mount namespaces, entered in this order
   * @throws KernelException if one cannot be entered, and whatever the work throws
   */
  public static <T> T call(List<Fd> namespaces, Callable<T> work) {
    FutureTask<T> task =
        new FutureTask<>(() -> {
          namespaces.forEach(NamespaceThread::enter);
          return work.call();
        });
    Thread thread = Thread.ofPlatform().daemon().name("coffer-namespace").start(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a namespace was looked into", e);
    }
  }

  /** As {@link #call(List, Callable)}, in those of a process. */
  public static <T> T callIn(int pid, List<Namespace> namespaces, Callable<T> work) {
    List<Fd> fds = new ArrayList<>();
    try {
      for (Namespace namespace : namespaces) {
        fds.add(open(pid, namespace));
      }
      return call(fds, work);
    } finally {
      Fds.close(fds);
    }
  }

  /** A descriptor of a process's namespace. */
  public static Fd open(int pid, Namespace namespace) {
    return HostFiles.open(
        Path.of("/proc/" + pid + "/ns/" + namespace.file()), OpenFlags.READ_ONLY, 0);
  }

  private static void enter(Fd namespace) {
    try (Call call = new Call()) {
      int type = (int) call.check(Sys.IOCTL, namespace.number(), NS_GET_NSTYPE);
      if (type == Namespace.MOUNT.cloneFlag()) {
        // setns(2) refuses a mount namespace to a thread that shares its root and working
        // directory.
        call.check(Sys.UNSHARE, CLONE_FS);
      } else if (type != Namespace.NET.cloneFlag()) {
        throw new IllegalArgumentException(
            "only network and mount namespaces can be entered from Java");
      }
      call.check(Sys.SETNS, namespace.number(), type);
    }
  }

  private static RuntimeException rethrown(Throwable cause) {
    switch (cause) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case IOException e -> throw new UncheckedIOException(e);
      default -> throw new IllegalStateException(cause);
    }
  }
}
