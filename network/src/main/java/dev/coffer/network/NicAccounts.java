package dev.coffer.network;

import dev.coffer.linux.Errno;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.LockFile;
import dev.coffer.linux.OpenFlags;
import dev.coffer.network.Refusal.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The interfaces that ordinary users have, in the file and under the lock of lxc-user-nic(1), so
 * that both count alike: lines {@code OWNER TYPE BRIDGE INTERFACE}. Locked until closed.
 */
final class NicAccounts implements AutoCloseable {
  /** Whoever holds the lock may have been stopped by the user who started it. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int PAUSE_MILLIS = 5;
  private static final int FIELDS = 4;
  private static final int FOLDER_MODE = 0755;
  private static final int MODE = 0600;

  private final LockFile file;

  private NicAccounts(LockFile file) {
    this.file = file;
  }

  /**
   * One interface.
   *
   * @param owner by whose name it is counted: a user, or a group with {@code @} before it
   * @param link on the host
   */
  record Entry(String owner, String type, String bridge, String link) {}

  /**
   * @throws Refusal where somebody holds the lock too long
   */
  static NicAccounts lock(Path path) {
    makeFolder(path.getParent());
    long end = System.nanoTime() + PATIENCE.toNanos();
    int flags = OpenFlags.READ_WRITE | OpenFlags.CREATE | OpenFlags.NO_FOLLOW;
    while (true) {
      Optional<LockFile> lock = LockFile.tryAcquire(path, LockFile.Kind.RECORD, flags, MODE);
      if (lock.isPresent()) {
        return new NicAccounts(lock.get());
      }
      if (System.nanoTime() > end || !pause()) {
        throw new Refusal(
            Reason.BUSY,
            path + " is locked by another process",
            "\"fuser " + path + "\", run by root, tells by which");
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void makeFolder(Path folder) {
    try {
      HostFiles.mkdir(folder, FOLDER_MODE);
    } catch (KernelException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
    }
  }

  /** What cannot be read is passed over. */
  List<Entry> read() {
    List<Entry> entries = new ArrayList<>();
    for (String line : file.content().split("\n")) {
      String[] fields = line.strip().split("\\s+");
      if (fields.length == FIELDS) {
        entries.add(new Entry(fields[0], fields[1], fields[2], fields[3]));
      }
    }
    return entries;
  }

  void write(List<Entry> entries) {
    StringBuilder text = new StringBuilder();
    for (Entry entry : entries) {
      text.append(
          String.join(" ", entry.owner(), entry.type(), entry.bridge(), entry.link()) + "\n");
    }
    file.replaceContent(text.toString());
  }

  @Override
  public void close() {
    file.close();
  }
}
