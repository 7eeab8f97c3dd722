package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import dev.coffer.model.Namespace;
import dev.coffer.plan.CgroupPlacement;
import dev.coffer.plan.HostFacts;
import dev.coffer.runtime.program.Registers;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One container an earlier engine knew: its keeper is connected to again, or, when that is gone, what is
 * left is taken back by the journal.
 */
final class Recovery {
  private static final Logger LOG = System.getLogger("dev.coffer.runtime");

  private final Lives lives;
  private final Recollection recollection;
  private final RunDirectory directory;
  private final RunDirectory.Note note;
  private final Map<String, String> memo;

  Recovery(
      Lives lives, Recollection recollection, RunDirectory directory, RunDirectory.Note note) {
    this.lives = lives;
    this.recollection = recollection;
    this.directory = directory;
    this.note = note;
    this.memo = note.memo();
  }

  void run() {
    Optional<Executor> executor = connect();
    if (executor.isEmpty()) {
      cleanUp();
      return;
    }
    try {
      long[] registers = Keeping.registers(executor.get());
      if (registers[Registers.MAIN_PID.number()] <= 0 && !executor.get().hasPendingExit()) {
        executor.get().quit(1);
        executor.get().close();
        cleanUp();
        return;
      }
      lives.adopt(life(executor.get(), registers));
    } catch (CofferException | KernelException e) {
      LOG.log(Level.WARNING, memo.get("name") + ": " + e.getMessage());
      executor.get().close();
    }
  }

  private Optional<Executor> connect() {
    try {
      return Optional.of(new Executor(UnixSocket.connect(directory.keeperSocket())));
    } catch (KernelException _) {
      // no keeper listens: it never came to be, or it was killed
      return Optional.empty();
    }
  }

  private void cleanUp() {
    HostRunner.undo(note.undos());
    directory.remove();
  }

  private Life life(Executor executor, long[] registers) {
    String name = memo.get("name");
    Path lxcPath = Path.of(memo.get("lxcpath"));
    Life life = new Life(name, lxcPath, directory);
    StartOrder order =
        recollection.recall(note.config(), name, lxcPath, memo);
    life.undos = note.undos();
    life.order = order;
    life.spec = order.request().spec();
    life.items = order.items();
    life.application = Boolean.parseBoolean(memo.get("application"));
    life.ttys = Integer.parseInt(memo.getOrDefault("ttys", "0"));
    life.fresh = namespaces(memo.getOrDefault("namespaces", ""));
    life.placement = CgroupPlacement.of(life.spec, facts(name));
    life.pidFile = Optional.ofNullable(memo.get("pidfile")).map(Path::of);
    life.executor = executor;
    life.initPid = (int) registers[Registers.MAIN_PID.number()];
    life.keeperPid = (int) registers[Registers.SELF.number()];
    List<Fd> sockets = Keeping.fetch(executor, Registers.COMMAND.number(), 2);
    if (sockets.size() != 2) {
      throw new CofferException("the keeper has lost its sockets");
    }
    life.command = UnixSocket.of(sockets.get(0));
    life.keeper = UnixSocket.of(sockets.get(1));
    if (registers[Registers.MAIN_PIDFD.number()] >= 0) {
      life.initPidfd =
          Keeping.fetch(executor, Registers.MAIN_PIDFD.number(), 1).stream()
              .findFirst()
              .map(Pidfd::of);
    }
    return life;
  }

  private HostFacts facts(String name) {
    HostFacts now = lives.facts(name);
    return new HostFacts(
        now.trees(),
        memo.getOrDefault("cgroup", now.cgroupName()),
        memo.getOrDefault("keeper-cgroup", now.keeperCgroupName()),
        Boolean.parseBoolean(memo.get("keeper-needs-cgroup")),
        now.privileged(),
        now.lastCapability(),
        now.idMappedMounts(),
        now.sysrqTrigger());
  }

  private static Set<Namespace> namespaces(String text) {
    Set<Namespace> namespaces = EnumSet.noneOf(Namespace.class);
    Arrays.stream(text.split(" "))
        .filter(word -> !word.isEmpty())
        .map(Namespace::valueOf)
        .forEach(namespaces::add);
    return namespaces;
  }
}
