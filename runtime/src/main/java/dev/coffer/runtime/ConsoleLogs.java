package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.OpenFlags;
import dev.coffer.model.CofferException;
import dev.coffer.model.Sourced;
import dev.coffer.model.Terminals;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Registers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files that a keeper copies the console's output to: the one that was asked for, and the ring
 * that every container with a console of its own has.
 */
final class ConsoleLogs implements AutoCloseable {
  private static final int MODE = 0600;

  /** A descriptor and the register of the keeper it belongs in. */
  record Log(Register register, Fd fd) {}

  private final StartOrder order;
  private final List<Log> logs = new ArrayList<>();

  private ConsoleLogs(StartOrder order) {
    this.order = order;
  }

  /**
   * Opens them.
   *
   * @param ring whether there is a console whose output is kept
   * @param fresh whether what an earlier life printed is dropped from the ring
   * @throws CofferException where the file that was asked for cannot be written
   */
  static ConsoleLogs open(StartOrder order, Path cwd, boolean ring, boolean fresh) {
    ConsoleLogs opened = new ConsoleLogs(order);
    try {
      opened.openLog(cwd);
      if (ring) {
        opened.openRing(fresh);
      }
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  List<Log> all() {
    return logs;
  }

  private void openLog(Path cwd) {
    Terminals terminals = order.request().spec().terminals();
    Optional<Path> given = order.consoleLog();
    Optional<Path> file = given.or(() -> terminals.consoleLog().map(Sourced::value).map(Path::of));
    if (file.isEmpty()) {
      return;
    }
    String from =
        given.isPresent()
            ? "option --console-log"
            : terminals.consoleLog().map(log -> log.origin().describe()).orElse("");
    Path path = cwd.resolve(file.get());
    add(Registers.CONSOLE_LOG, path, OpenFlags.WRITE_ONLY | OpenFlags.APPEND, from);
    if (terminals.consoleLogSize() > 0 && terminals.consoleRotate()) {
      add(Registers.LOG_OLDER, ConsoleRing.older(path), OpenFlags.WRITE_ONLY, from);
    }
  }

  private void add(Register register, Path path, int access, String from) {
    // what is moved to the older one is read first; a device or pipe need not be readable
    boolean bounded = order.request().spec().terminals().consoleLogSize() > 0;
    int flags =
        bounded && register == Registers.CONSOLE_LOG
            ? OpenFlags.READ_WRITE | OpenFlags.APPEND
            : access;
    try {
      logs.add(new Log(register, HostFiles.open(path, flags | OpenFlags.CREATE, MODE)));
    } catch (KernelException e) {
      throw Start.cannot("open the console's log", path, e, from);
    }
  }

  /** Nobody asked for it, so it is no reason to fail: a directory may be missing or read-only. */
  private void openRing(boolean fresh) {
    Path newest = ConsoleRing.file(order.request().spec().directory());
    int flags = OpenFlags.CREATE | OpenFlags.NO_FOLLOW | (fresh ? OpenFlags.TRUNCATE : 0);
    Fd first;
    try {
      first = HostFiles.open(newest, flags | OpenFlags.READ_WRITE | OpenFlags.APPEND, MODE);
    } catch (KernelException _) {
      return;
    }
    logs.add(new Log(Registers.RING, first));
    try {
      logs.add(
          new Log(
              Registers.RING_OLDER,
              HostFiles.open(ConsoleRing.older(newest), flags | OpenFlags.WRITE_ONLY, MODE)));
    } catch (KernelException _) {
      // then a full ring begins anew without its past
      return;
    }
  }

  @Override
  public void close() {
    logs.forEach(log -> log.fd().close());
  }
}
