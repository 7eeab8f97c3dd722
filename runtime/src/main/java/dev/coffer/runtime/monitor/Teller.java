package dev.coffer.runtime.monitor;

import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.OpenFlags;
import java.nio.file.Path;
import java.util.Map;

/** Tells whoever listens, which costs next to nothing where nobody does. */
public final class Teller {
  private final Map<String, String> environment;
  private final long uid;

  public Teller(Map<String, String> environment, long uid) {
    this.environment = Map.copyOf(environment);
    this.uid = uid;
  }

  /** Never waits and never fails: a listener that does not read misses what happens. */
  public void tell(Path lxcPath, MonitorMessage message) {
    Path fifo = MonitorPlace.of(lxcPath, environment, uid).fifo();
    int flags = OpenFlags.WRITE_ONLY | OpenFlags.NON_BLOCKING | OpenFlags.NO_FOLLOW;
    try (Fd open = HostFiles.open(fifo, flags, 0)) {
      open.writeAtOnce(message.encode());
    } catch (KernelException _) {
      return; // nobody listens
    }
  }
}
