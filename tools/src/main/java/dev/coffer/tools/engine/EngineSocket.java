package dev.coffer.tools.engine;

import dev.coffer.linux.Errno;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** The socket in the file system on which an engine is called. */
final class EngineSocket {
  private static final int MODE = 0600;
  private static final int DIRECTORY_MODE = 0700;

  private final Path path;
  private final UnixSocket listener;
  private final Object identity;

  private EngineSocket(Path path, UnixSocket listener) {
    this.path = path;
    this.listener = listener;
    this.identity = identity(path);
  }

  /** Listens on the path. What a dead engine left there is removed; a living one is left alone. */
  static EngineSocket listen(Path path) {
    createDirectory(path.getParent());
    try {
      return new EngineSocket(path, UnixSocket.listenAnew(path, MODE));
    } catch (KernelException e) {
      if (e.is(Errno.EADDRINUSE)) {
        throw new CofferException("an engine is running already", List.of("socket  " + path));
      }
      throw e;
    }
  }

  UnixSocket listener() {
    return listener;
  }

  Path path() {
    return path;
  }

  /**
   * Takes no more calls. Those that are waiting already can still be accepted, then {@code accept}
   * fails with EINVAL: so no client that connected is ever left without an answer.
   */
  void withdraw() {
    if (identity.equals(identity(path))) {
      HostFiles.unlink(path);
    }
    listener.shutdown();
  }

  private static void createDirectory(Path directory) {
    try {
      HostFiles.mkdir(directory, DIRECTORY_MODE);
    } catch (KernelException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
    }
  }

  private static Object identity(Path path) {
    try {
      return String.valueOf(Files.readAttributes(path, "fileKey", LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      return "";
    }
  }
}
