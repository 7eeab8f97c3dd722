package dev.coffer.runtime;

import dev.coffer.linux.CgroupDirs;
import dev.coffer.linux.Fd;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.LockFile;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.SeccompFilter;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.ContainerState;
import dev.coffer.model.Namespace;
import dev.coffer.plan.CgroupPlacement;
import dev.coffer.plan.HostFacts;
import dev.coffer.plan.HostFacts.CgroupTree;
import dev.coffer.plan.LinkFacts;
import dev.coffer.runtime.program.Registers;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/**
 * One container an earlier engine knew: its keeper is connected to again, or, when that is gone,
 * what is left is taken back by the journal.
 */
final class Recovery {
  private static final Logger LOG = System.getLogger("dev.coffer.runtime");
  private static final Duration USUAL_ANSWER = Duration.ofSeconds(2);
  private static final Duration FREEZING = Duration.ofSeconds(1);

  private final Lives lives;
  private final Recollection recollection;
  private final RunDirectory directory;
  private final RunDirectory.Note note;
  private final Map<String, String> memo;

  Recovery(Lives lives, Recollection recollection, RunDirectory directory, RunDirectory.Note note) {
    this.lives = lives;
    this.recollection = recollection;
    this.directory = directory;
    this.note = note;
    this.memo = note.memo();
  }

  /** Does nothing while another process starts, stops or takes over the container. */
  void run() {
    directory.tryLock().ifPresent(this::runLocked);
  }

  private void runLocked(LockFile lock) {
    OwnCgroup.leave(note.undos());
    Optional<Executor> executor = connect();
    if (executor.isEmpty()) {
      cleanUp(lock);
      return;
    }
    try {
      executor.get().ask(Keeping.nothing());
    } catch (KernelException _) {
      // it ended this moment
      executor.get().close();
      cleanUp(lock);
      return;
    }
    if (executor.get().answers(USUAL_ANSWER)) {
      look(executor.get(), lock);
    } else {
      // it is busy, with a hook for instance; others need not wait for it
      Thread.ofPlatform().daemon().name("coffer-recovery").start(() -> look(executor.get(), lock));
    }
  }

  private void look(Executor executor, LockFile lock) {
    try {
      if (executor.answer() instanceof Executor.Outcome.Done done
          && !hasNoChild(executor, done.registers())) {
        adopt(executor, done.registers(), lock);
      } else {
        executor.quit(1);
        executor.close();
        cleanUp(lock);
      }
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, memo.get("name") + ": cannot be taken over: " + e.getMessage());
      executor.close();
      lock.close();
    }
  }

  private void adopt(Executor executor, long[] registers, LockFile lock) {
    Life life = new Life(memo.get("name"), Path.of(memo.get("lxcpath")), directory);
    fill(life, executor, registers);
    life.lock = lock;
    if (registers[Registers.MAIN_PID.number()] < 0) {
      lives.adoptEnded(life);
      return;
    }
    writePidFile(life);
    boolean frozen = isFrozen(life);
    if (!frozen && life.order.filter().filter(SeccompFilter::notifies).isPresent()) {
      askAgain(life); // before any is answered: those would be made twice
    }
    lives.adopt(life);
    if (frozen) {
      lives.frozen(life, true);
    }
  }

  /**
   * A call that an earlier engine had taken and not answered is told to nobody a second time. But
   * processes that were frozen make the calls anew that they waited in.
   */
  private static void askAgain(Life life) {
    life.placement()
        .freezerIfAny()
        .ifPresent(freezer -> {
          CgroupDirs.freeze(freezer, FREEZING);
          CgroupDirs.thaw(freezer);
        });
  }

  /** The engine that started it may not have come to it. */
  private static void writePidFile(Life life) {
    Optional<Path> missing = life.pidFile.filter(file -> !Files.exists(file));
    if (missing.isEmpty()) {
      return;
    }
    try {
      Files.writeString(missing.get(), String.valueOf(life.keeperPid));
    } catch (IOException e) {
      LOG.log(Level.WARNING, life.name() + ": cannot write the pid file: " + e);
    }
  }

  private static boolean isFrozen(Life life) {
    try {
      return CgroupDirs.isFrozen(life.freezer());
    } catch (KernelException | CofferException _) {
      // no freezer here, or its cgroup is gone: then nothing is frozen
      return false;
    }
  }

  private static boolean hasNoChild(Executor executor, long[] registers) {
    return registers[Registers.MAIN_PID.number()] <= 0
        && registers[Registers.PENDING.number()] < 0
        && !executor.hasPendingExit();
  }

  /**
   * Takes back what this process knows already.
   *
   * @return false while another process is at work on the container, or when its keeper does not
   *     answer
   */
  boolean takeBack(Life life) {
    Optional<LockFile> lock = directory.tryLock();
    Optional<Executor> executor = lock.flatMap(_ -> connect());
    try {
      long[] registers = Keeping.registers(executor.orElseThrow());
      if (memo.isEmpty() || hasNoChild(executor.get(), registers)) {
        throw new NoSuchElementException();
      }
      life.initPidfd().ifPresent(Pidfd::close);
      fill(life, executor.get(), registers);
      life.lock = lock.get();
      lives.keep(life);
      return true;
    } catch (NoSuchElementException | CofferException | KernelException _) {
      // whoever has it is not done yet: the caller looks again
      executor.ifPresent(Executor::close);
      lock.ifPresent(LockFile::close);
      return false;
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

  /**
   * Nothing of it runs any more; what its end asks for is done as far as its configuration says.
   */
  private void cleanUp(LockFile lock) {
    Life life = new Life(memo.get("name"), Path.of(memo.get("lxcpath")), directory);
    life.lock = lock;
    life.undos = note.undos();
    life.state = ContainerState.STOPPING;
    try {
      life.spec = recall(life).request().spec();
    } catch (CofferException e) {
      LOG.log(Level.WARNING, life.name() + ": " + e.getMessage());
    }
    lives.bury(life);
  }

  private void fill(Life life, Executor executor, long[] registers) {
    String name = life.name();
    StartOrder order = recall(life);
    life.undos = note.undos();
    life.order = order;
    life.beginning = BeginningNote.decode(memo);
    life.deviceRules.recall();
    life.spec = order.request().spec();
    life.items = order.items();
    life.application = Boolean.parseBoolean(memo.get("application"));
    life.ttys = Integer.parseInt(memo.getOrDefault("ttys", "0"));
    life.fresh = namespaces(memo.getOrDefault("namespaces", ""));
    life.shared = namespaces(memo.getOrDefault("shared-namespaces", ""));
    HostFacts facts = facts(name, life.spec);
    life.facts = facts;
    life.placement = CgroupPlacement.of(life.spec, facts);
    life.pidFile = order.pidFile();
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
    life.elsewhere = false;
  }

  private StartOrder recall(Life life) {
    StartOrder order = recollection.recall(note.config(), life.name(), life.lxcPath(), memo);
    return BeginningNote.complete(order, memo);
  }

  private HostFacts facts(String name, ContainerSpec spec) {
    HostFacts now = lives.facts().read(name, lives.facts().trees(), _ -> false);
    return now.at(
            trees(now.trees()),
            memo.getOrDefault("cgroup", now.cgroupName()),
            memo.getOrDefault("keeper-cgroup", now.keeperCgroupName()),
            Boolean.parseBoolean(memo.get("keeper-needs-cgroup")))
        .withNetwork(
            lives
                .facts()
                .network(spec)
                .with(new LinkFacts(List.of(memo.getOrDefault("links", "").split(" ")), Set.of())));
  }

  /** With the places of the process that started the container then. */
  private List<CgroupTree> trees(List<CgroupTree> now) {
    String[] own = memo.getOrDefault("own-cgroups", "").split("\n");
    if (own.length != now.size()) {
      return now;
    }
    List<CgroupTree> trees = new ArrayList<>();
    for (int i = 0; i < own.length; i++) {
      trees.add(lives.facts().placed(now.get(i), own[i]));
    }
    return trees;
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
