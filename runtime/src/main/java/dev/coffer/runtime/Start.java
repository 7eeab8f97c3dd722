package dev.coffer.runtime;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.LoopDevice;
import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.Pty;
import dev.coffer.linux.UnixSocket;
import dev.coffer.linux.WindowSize;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.HookType;
import dev.coffer.model.IdMap;
import dev.coffer.model.Nic;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.NetworkScript;
import dev.coffer.model.plan.NetworkStep;
import dev.coffer.model.plan.Place;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.RunHook;
import dev.coffer.model.plan.Undo;
import dev.coffer.network.ContainerLinks;
import dev.coffer.network.Refusal;
import dev.coffer.plan.CgroupPlacement;
import dev.coffer.plan.HostFacts;
import dev.coffer.plan.NamespacePlanner;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.AssemblyContext;
import dev.coffer.runtime.program.AssemblyContext.Console;
import dev.coffer.runtime.program.AssemblyContext.Fault;
import dev.coffer.runtime.program.HostSpans;
import dev.coffer.runtime.program.Program;
import dev.coffer.runtime.program.Registers;
import dev.coffer.runtime.program.StartAssembler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * One start: journal first, then the host's steps, then the launcher's program. What fails leaves
 * the journal behind for {@link Lives} to take back.
 */
final class Start {
  private static final int RUNNING = StartAssembler.FAULT_TAG - 1;

  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  private final Lives lives;
  private final Life life;
  private final StartOrder order;
  private final Caller caller;
  private final ContainerSpec spec;
  private final Optional<Fault> fault;
  private final List<Fd> borrowed = new ArrayList<>();
  private final Phases phases = new Phases();
  private Preparations.Prepared prepared;
  private Plan plan;
  private HostSpans spans;
  private Fd gate;
  private final List<NetworkScript> scripts = new ArrayList<>();
  private Optional<ContainerLinks> links = Optional.empty();
  private boolean again;
  private Optional<Pty> terminal = Optional.empty();

  Start(Lives lives, Life life, StartOrder order, Caller caller) {
    this.lives = lives;
    this.life = life;
    this.order = order;
    this.caller = caller;
    this.spec = order.request().spec();
    this.fault = Fault.parse(caller.environment().get("COFFER_FAULT"));
  }

  void run() {
    prepare();
    try {
      openTerminal();
      carryOut();
    } finally {
      terminal.ifPresent(Pty::close);
      links.ifPresent(ContainerLinks::close);
      borrowed.forEach(Fd::close);
    }
    lives.keep(life);
    phases.mark("keep");
    if (caller.environment().containsKey("COFFER_TIMING")) {
      caller.stream(2).ifPresent(stream -> stream.writeFully(phases.describe() + "\n"));
    }
  }

  /** Another life with the keeper of the last one, after a reboot from inside. */
  void runAgain() {
    again = true;
    prepare();
    try {
      openTerminal();
      carryOut();
    } finally {
      terminal.ifPresent(Pty::close);
      links.ifPresent(ContainerLinks::close);
      borrowed.forEach(Fd::close);
    }
    lives.keep(life);
  }

  /** Everything up to the first thing the launcher does. */
  private void prepare() {
    lives.preparations().prelude(order.request()).ifPresent(life.executor::send);
    HostFacts facts =
        again
            ? life.facts.forNextLife(
                lives.facts(life, order.request(), UserScope.started(life.facts.trees())))
            : lives.facts(life, order.request(), lives.trees(caller, spec.name()));
    life.facts = facts;
    phases.mark("facts");
    prepared = lives.preparations().prepare(order.request(), facts);
    plan = prepared.plan();
    spans = prepared.spans();
    phases.mark("plan");
    life.placement = CgroupPlacement.of(spec, facts);
    life.fresh = NamespacePlanner.fresh(order.request());
    life.shared = order.request().share().keySet();
    life.ttys = spec.terminals().ttys().value();
    StartJournal journal = new StartJournal(lives, life, order, plan, again);
    List<Undo> undos = journal.undos();
    lives
        .claims()
        .claim(
            lives.all(),
            life,
            new ForwardClaims.Wish(List.of(), undos, journal.forwarding()),
            () -> life.undos = undos);
    if (!again) {
      life.lock = life.directory().create();
    }
    if (again) {
      life.deviceRules.forget();
      life.interfaces.forget();
    } else {
      life.beginning = Beginning.of(caller, order);
    }
    life.directory().note(journal.memo(facts), life.undos, order.configText());
    if (!again) {
      life.keeper = UnixSocket.listen(life.directory().keeperSocket(), 0600);
    }
    makeMountPoint();
    phases.mark("journal");
    try (CgroupValues values = new CgroupValues()) {
      for (int i = 0; i < spans.leading(); i++) {
        if (plan.steps().get(i) instanceof HostStep) {
          runHostStep(i, values);
        } else {
          dieAt(i);
        }
      }
    }
    phases.mark("host steps");
  }

  private void makeMountPoint() {
    boolean isRoot =
        order.request().mountPoint().equals(spec.rootfs().path().map(Sourced::value).orElse(""));
    if (spec.rootfs().path().isEmpty() || isRoot) {
      return;
    }
    Path mountPoint = Path.of(order.request().mountPoint());
    if (HostFiles.exists(mountPoint)) {
      return;
    }
    try {
      Files.createDirectories(mountPoint);
    } catch (IOException e) {
      throw new CofferException(
          "cannot make the mount point " + order.request().mountPoint() + ": " + e.getMessage(),
          List.of("hint  set lxc.rootfs.mount to an existing directory"));
    }
  }

  private void runHostSteps(int from, int to) {
    try (CgroupValues values = new CgroupValues()) {
      for (int i = from; i < to; i++) {
        runHostStep(i, values);
      }
    }
  }

  private void runHostStep(int index, CgroupValues values) {
    dieAt(index);
    StepEvent event = StepEvent.begun();
    carryOutHostStep(index, values);
    event.done(plan, index);
  }

  /** The keeper and the container have carried theirs out in one program. */
  private void tellOtherSteps() {
    for (int i = 0; StepEvent.isRecorded() && i < plan.steps().size(); i++) {
      if (plan.steps().get(i).place() != Place.HOST) {
        StepEvent.begun().done(plan, i);
      }
    }
  }

  private void carryOutHostStep(int index, CgroupValues values) {
    try {
      if (plan.steps().get(index) instanceof HostStep.StartScope scope) {
        int keeper = (int) Keeping.registers(life.executor)[Registers.SELF.number()];
        UserScope.start(scope, keeper, life.facts.user().uid());
        return;
      }
      if (plan.steps().get(index) instanceof HostStep.DelegateCgroup delegate
          && !life.facts.privileged()) {
        MappedOwners.delegate(life.executor, delegate, spec.privileges().maps(), life.facts.user());
        return;
      }
      if (plan.steps().get(index) instanceof HostStep.AttachLoop loop) {
        borrowed.add(attach(loop));
        return;
      }
      if (plan.steps().get(index) instanceof NetworkStep step) {
        links.orElseThrow().run(step);
        return;
      }
      HostRunner.run((HostStep) plan.steps().get(index), values);
    } catch (KernelException e) {
      throw StartFailure.of(plan, index, e.call(), e.errno(), 0, "");
    } catch (Refusal refusal) {
      throw StartFailure.of(plan, index, refusal);
    }
  }

  /** Open until the start is over: from then on the mount keeps it. */
  private static Fd attach(HostStep.AttachLoop step) {
    LoopDevice loop = LoopDevice.attach(Path.of(step.file()), step.readOnly());
    HostFiles.symlink(loop.path().toString(), Path.of(step.link()));
    return loop.fd();
  }

  /** A command that has the caller's terminal gets another in its place, which is relayed. */
  private boolean wantsTerminal() {
    return order.request().callerStreams()
        && (caller.isTerminal(0) || caller.isTerminal(1) || caller.isTerminal(2));
  }

  /** The console that was asked for; {@code none} counts. */
  private Optional<String> consolePath() {
    return order.console().or(() -> spec.terminals().consolePath().map(Sourced::value));
  }

  /** Whether the container has a devpts of its own, or ids that only it can give a terminal to. */
  private boolean makesTerminal() {
    return wantsTerminal()
        && (plan.steps().stream().anyMatch(ContainerStep.MountDevpts.class::isInstance)
            || spec.hasUserNamespace() && !life.facts.privileged());
  }

  private void openTerminal() {
    if (!wantsTerminal() || makesTerminal()) {
      return;
    }
    Pty pty = Pty.open();
    terminal = Optional.of(pty);
    if (spec.hasUserNamespace() && life.facts.privileged()) {
      Optional<Integer> uid = hostId(IdMap.Kind.USER, 0);
      Optional<Integer> gid = hostId(IdMap.Kind.GROUP, 5);
      if (uid.isPresent()) {
        HostFiles.chown(pty.slavePath(), uid.get(), gid.orElse(-1));
      }
    }
  }

  private Optional<Integer> hostId(IdMap.Kind kind, long id) {
    return spec.privileges().idMaps().stream()
        .map(Sourced::value)
        .filter(map -> map.kind() == kind && map.contains(id))
        .map(map -> (int) map.toHost(id))
        .findFirst();
  }

  private void carryOut() {
    List<Register> landings = new ArrayList<>();
    List<Fd> fds = new ArrayList<>();
    hand(life.command.fd(), Registers.COMMAND, landings, fds);
    hand(life.keeper.fd(), Registers.KEEPER, landings, fds);
    terminal.ifPresent(pty -> {
      hand(pty.master(), Registers.CONSOLE, landings, fds);
      hand(pty.slave(), Registers.TERMINAL, landings, fds);
    });
    List<ConsoleLogs.Log> logs = consoleLogs().all();
    consoleDevice().ifPresent(fd -> handPeer(fd, logs, landings, fds));
    for (ConsoleLogs.Log log : logs) {
      borrowed.add(log.fd());
      hand(log.fd(), log.register(), landings, fds);
    }
    if (spans.hasGate()) {
      UnixSocket[] ends = UnixSocket.pair();
      borrowed.add(ends[0].fd());
      borrowed.add(ends[1].fd());
      gate = ends[0].fd();
      hand(ends[1].fd(), Registers.GATE, landings, fds);
    }
    Program program = prepared.program(context(landings));
    phases.mark("assemble");
    Executor.Outcome outcome = life.executor.run(program, fds, this::passGates, this::report);
    phases.mark("program");
    switch (outcome) {
      case Executor.Outcome.Done done -> {
        tellOtherSteps();
        running(done.registers());
      }
      case Executor.Outcome.Failed failed -> {
        new NetworkEnd(life).abandon(scripts);
        throw StartFailure.of(plan, program, failed);
      }
      case Executor.Outcome.Lost _ ->
          throw new CofferException(
              "the keeper ended during the start",
              List.of("hint  it was killed; nothing is left of this start, try again"));
    }
  }

  /** While init is born, and then while it mounts; both times it waits at the gate. */
  private void passGates() {
    for (HostSpans.Span span : List.of(spans.birth(), spans.mounting())) {
      if (!span.isEmpty()) {
        runHostSteps(span.from(), span.to());
        openGate();
      }
    }
    phases.mark("host steps meanwhile");
  }

  private void openGate() {
    try {
      gate.writeFully("+");
    } catch (KernelException e) {
      if (!e.is(Errno.EPIPE)) {
        throw e;
      }
      // whoever waited is gone, and the executor tells why
    }
  }

  private static void hand(Fd fd, Register to, List<Register> landings, List<Fd> fds) {
    landings.add(to);
    fds.add(fd);
  }

  /** A terminal talks with the console, a file gets what it prints, as a log does. */
  private static void handPeer(
      Fd fd, List<ConsoleLogs.Log> logs, List<Register> landings, List<Fd> fds) {
    if (WindowSize.read(fd).isPresent()) {
      hand(fd, Registers.PEER_IN, landings, fds);
      hand(fd, Registers.PEER_OUT, landings, fds);
    } else if (logs.stream().noneMatch(log -> log.register().equals(Registers.CONSOLE_LOG))) {
      hand(fd, Registers.CONSOLE_LOG, landings, fds);
    } else {
      hand(fd, Registers.PEER_OUT, landings, fds);
    }
  }

  private Optional<Fd> consoleDevice() {
    if (!(console() instanceof Console.Own)) {
      return Optional.empty();
    }
    Optional<String> path = consolePath().filter(console -> !console.equals("none"));
    path.ifPresent(file -> {
      int flags =
          OpenFlags.READ_WRITE
              | OpenFlags.APPEND
              | OpenFlags.CREATE
              | OpenFlags.NO_CONTROLLING_TERMINAL;
      borrow("open the console", file, flags, consoleOrigin());
    });
    return path.map(_ -> borrowed.getLast());
  }

  private ConsoleLogs consoleLogs() {
    return ConsoleLogs.open(order, caller.cwd(), console() instanceof Console.Own, !again);
  }

  private String consoleOrigin() {
    return order
        .console()
        .map(_ -> "option --console")
        .or(() -> spec.terminals().consolePath().map(value -> value.origin().describe()))
        .orElse("");
  }

  private void borrow(String what, String file, int flags, String from) {
    Path path = caller.cwd().resolve(file);
    try {
      borrowed.add(HostFiles.open(path, flags, 0600));
    } catch (KernelException e) {
      throw cannot(what, path, e, from);
    }
  }

  /** A file that a start is to open or write. */
  static CofferException cannot(String what, Path path, KernelException e, String from) {
    List<String> details = new ArrayList<>(List.of("from  " + from));
    if (e.is(Errno.ENOENT)) {
      details.add("hint  make the directory " + path.getParent() + " first, or name another file");
    }
    return new CofferException(
        "cannot " + what + " " + path + ": " + Errno.describe(e.errno()), details);
  }

  private AssemblyContext context(List<Register> landings) {
    boolean foreground = order.foreground();
    List<Integer> replaced = new ArrayList<>();
    for (int number = 0; number <= 2; number++) {
      if (caller.isTerminal(number)) {
        replaced.add(number);
      }
    }
    boolean laterHooks =
        !spec.hooks(HookType.STOP).isEmpty()
            || !spec.hooks(HookType.POST_STOP).isEmpty()
            || spec.nics().stream().anyMatch(Nic::hasScript);
    return new AssemblyContext(
        spec.name(),
        console(),
        landings,
        relay(foreground),
        wantsTerminal() ? replaced : List.of(),
        spec.terminals().consoleLogSize(),
        ConsoleRing.size(spec),
        hasHooks() ? HookEnvironment.of(caller.environment()) : List.of(),
        hasHooks() ? HookEnvironment.of(spec, order.request().mountPoint()) : List.of(),
        spec.hookVersion(),
        spec.hasUserNamespace() ? lives.facts().allCapabilities() : lives.facts().capabilities(),
        spec.hasUserNamespace(),
        life.facts.privileged(),
        laterHooks ? life.fresh : Set.of(),
        spec.signals().keeperDeath(),
        order.filter(),
        lives.wake(),
        "[coffer keeper] " + spec.lxcPath() + " " + spec.name(),
        RUNNING,
        fault);
  }

  private boolean hasHooks() {
    return plan.steps().stream().anyMatch(RunHook.class::isInstance);
  }

  private AssemblyContext.Relay relay(boolean foreground) {
    if (again) {
      return AssemblyContext.Relay.AS_BEFORE;
    }
    boolean own = console() instanceof Console.Own && consolePath().isEmpty();
    boolean relayed = wantsTerminal() || own;
    boolean input = foreground && relayed && caller.isTerminal(0);
    boolean output = foreground && relayed && caller.stream(1).isPresent();
    return new AssemblyContext.Relay(input, output);
  }

  private Console console() {
    if (makesTerminal()) {
      return new Console.Session(spec.init().uid().value());
    }
    if (order.request().callerStreams()) {
      return new Console.None();
    }
    boolean wanted = !consolePath().orElse("").equals("none");
    return wanted && spec.rootfs().path().isPresent() ? new Console.Own() : new Console.None();
  }

  private void report(int tag, long[] registers, List<Fd> fds) {
    if (tag == RUNNING) {
      fds.stream().findFirst().ifPresent(fd -> life.initPidfd = Optional.of(Pidfd.of(fd)));
      return;
    }
    if (tag == StartAssembler.LISTENER_TAG) {
      life.keeperPid = (int) registers[Registers.SELF.number()];
      life.initPid = (int) registers[Registers.MAIN_PID.number()];
      fds.forEach(listener -> lives.relays().serve(life, listener));
      return;
    }
    if (tag == StartAssembler.NETWORK_TAG) {
      makeLinks(new ContainerLinks(fds.getFirst(), life.directory().path()));
      return;
    }
    if (tag == StartAssembler.NETLINK_TAG) {
      makeLinks(ContainerLinks.lent(fds.getFirst(), life.directory().path()));
      return;
    }
    fds.forEach(Fd::close);
    if (tag >= StartAssembler.HOOK_TAG) {
      awaitHook(tag - StartAssembler.HOOK_TAG);
      return;
    }
    if (tag >= StartAssembler.FAULT_TAG) {
      die();
    } else {
      runReported(tag);
    }
    life.executor.proceed();
  }

  private void makeLinks(ContainerLinks opened) {
    links = Optional.of(opened);
    HostSpans.Span span = spans.network();
    if (!span.isEmpty()) {
      runHostSteps(span.from(), span.to());
      phases.mark("network");
      openGate();
    }
  }

  /** Who asked for the start may give it up while it waits for a hook. */
  private void awaitHook(int index) {
    if (index >= plan.steps().size() || !(plan.steps().get(index) instanceof RunHook hook)) {
      throw new CofferException("the launcher reports a hook that is none");
    }
    life.hook = Optional.of(HookInProgress.now(hook.type(), hook.command()));
    hook.network().ifPresent(scripts::add);
    while (!life.executor.answers(LOOK_AGAIN)) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("the caller is gone");
      }
    }
  }

  /** The report stands for the first of neighbouring host steps; each has its own. */
  private void runReported(int index) {
    if (index < 0
        || index >= plan.steps().size()
        || !(plan.steps().get(index) instanceof HostStep)) {
      throw new CofferException("the launcher reports a step that is not the engine's");
    }
    runHostSteps(index, index + 1);
  }

  private void dieAt(int step) {
    if (fault.isPresent() && fault.get().step() == step) {
      die();
    }
  }

  private void die() {
    switch (fault.map(Fault::party).orElse("")) {
      case "engine" -> Runtime.getRuntime().halt(137);
      case "launcher" -> kill(caller.pid());
      case "keeper" -> kill(life.keeperPid);
      case "init" -> kill(life.initPid);
      default -> {}
    }
  }

  /** Before the container exists keeper and init have no pid yet. */
  private static void kill(int pid) {
    if (pid > 0) {
      Pidfd.open(pid).ifPresent(process -> process.sendSignal(9));
    }
  }

  private void running(long[] registers) {
    life.initPid = (int) registers[Registers.MAIN_PID.number()];
    life.keeperPid = (int) registers[Registers.SELF.number()];
    dieAt(plan.steps().size());
    order
        .pidFile()
        .ifPresent(file -> {
          int flags = OpenFlags.WRITE_ONLY | OpenFlags.CREATE | OpenFlags.TRUNCATE;
          try (Fd opened = HostFiles.open(file.toAbsolutePath(), flags, 0644)) {
            opened.writeFully(String.valueOf(life.keeperPid));
          } catch (KernelException e) {
            throw cannot("write the pid file", file, e, "option --pidfile");
          }
        });
  }
}
