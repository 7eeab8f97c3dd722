package dev.coffer.linux;

/** Files that live in memory only, memfd_create(2). */
public final class Memfd {
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;
  private static final int MFD_EXEC = 0x10;
  private static final int F_ADD_SEALS = 1033;
  private static final int F_SEALS = 0x01 | 0x02 | 0x04 | 0x08; // SEAL, SHRINK, GROW, WRITE

  private Memfd() {}

  /** An executable file whose content nobody can change any more, root included. */
  public static Fd sealed(String name, byte[] content) {
    Fd fd = create(name);
    try (Call call = new Call()) {
      fd.writeFully(content);
      call.check(Sys.FCNTL, fd.number(), F_ADD_SEALS, F_SEALS);
      return fd;
    } catch (RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /** An empty file to write into and read back. */
  static Fd scratch(String name) {
    try (Call call = new Call()) {
      return Fd.of((int) call.checkOn(name, Sys.MEMFD_CREATE, call.text(name), MFD_CLOEXEC));
    }
  }

  private static Fd create(String name) {
    try (Call call = new Call()) {
      long text = call.text(name);
      long flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
      // Kernels before 6.3 do not know MFD_EXEC; later ones warn, or refuse to execute, without it.
      long result = call.run(Sys.MEMFD_CREATE, text, flags | MFD_EXEC);
      if (result == -Errno.EINVAL.number()) {
        result = call.run(Sys.MEMFD_CREATE, text, flags);
      }
      return Fd.of((int) Call.checked("memfd_create", name, result));
    }
  }
}
