package dev.coffer.runtime.program;

import dev.coffer.linux.Errno;
import dev.coffer.linux.SeccompFilter;
import dev.coffer.linux.Sys;
import dev.coffer.model.Capability;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.Streams;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.model.plan.NetworkStep;
import dev.coffer.model.plan.Place;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.RunHook;
import dev.coffer.model.plan.Step;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Stream.Text;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Encodes the plan of a start. Where the place of the steps changes, one side waits for the other;
 * steps that only have to be done before the end ({@link #isConcurrent}) make nobody wait until
 * then. Host steps in the middle become a report at which the executor waits for the engine.
 */
public final class StartAssembler {
  /** REPORT tags from here on are faults for tests. */
  public static final int FAULT_TAG = 1 << 20;

  /** The report that hands the filter's listener over. */
  public static final int LISTENER_TAG = FAULT_TAG - 2;

  /** The report that hands the container's network namespace over. */
  public static final int NETWORK_TAG = FAULT_TAG - 3;

  /** The report that hands a netlink socket of that namespace over. */
  public static final int NETLINK_TAG = FAULT_TAG - 4;

  /** REPORT tags from here on tell that the hook of a step begins. */
  public static final int HOOK_TAG = 1 << 21;

  private final Plan plan;
  private final AssemblyContext context;
  private final ProgramBuilder program = new ProgramBuilder(Registers.landing());
  private final Stream keeper = program.main();
  private final Stream child = program.child();
  private final MountOperations mounts;
  private final RootOperations root;
  private final MaskOperations masks;
  private final IdMapOperations idMaps;
  private final TerminalOperations terminals;
  private final DeviceOperations devices;
  private final ProcessOperations process;
  private final HookOperations hooks;
  private final LabelOperations labels;
  private final LandlockOperations landlock;
  private final NamespaceOperations namespaces;
  private final UserNetworkOperations userNetwork;
  private final Register userNamespace = new Register(19);

  private boolean cloned;
  private Place last = Place.KEEPER;
  private boolean keeperMustSignal;
  private boolean concurrentPending;
  private int owedAwaits;
  private boolean synchronised;
  private boolean rootOpen;
  private boolean procOpen;
  private boolean namespacesOpen;

  private StartAssembler(Plan plan, AssemblyContext context) {
    this.plan = plan;
    this.context = context;
    this.mounts = new MountOperations(program, context.userNamespace() && context.privileged());
    this.root = new RootOperations(program, mounts, context, userNamespace);
    this.masks = new MaskOperations(program, mounts);
    this.idMaps = new IdMapOperations(program, Registers.MAIN_PID);
    this.terminals = new TerminalOperations(program, mounts);
    this.devices = new DeviceOperations(program, mounts);
    this.process = new ProcessOperations(program, child);
    this.hooks = new HookOperations(program, context);
    this.labels = new LabelOperations(program, child, Registers.PROC);
    this.landlock = new LandlockOperations(program, child, false);
    this.namespaces = new NamespaceOperations(program, keeper);
    this.userNetwork = new UserNetworkOperations(program, keeper, child);
  }

  /**
   * The program of a plan, without the host steps that the engine does by itself ({@link
   * HostSpans}). Descriptors that come with it arrive in {@link Registers#landing} and are put in
   * place first.
   */
  public static Program assemble(Plan plan, HostSpans spans, AssemblyContext context) {
    return new StartAssembler(plan, context).assemble(spans);
  }

  private Program assemble(HostSpans spans) {
    prologue();
    List<Step> steps = plan.steps();
    for (int i = 0; i < steps.size(); i++) {
      if (spans.covers(i)) {
        continue;
      }
      Step step = steps.get(i);
      keeper.step(i);
      child.step(i);
      for (int waits = spans.waitsBefore(i); waits > 0; waits--) {
        passGate();
      }
      fault(i);
      if (executes(step)) {
        openNamespaces();
      }
      synchronise(step);
      emit(i, step);
      last = step.place();
    }
    epilogue(steps.size());
    return program.build();
  }

  private void prologue() {
    for (Step step : plan.steps()) {
      if (step instanceof ContainerStep.CreateTtys created) {
        terminals.expectTtys(created.count());
      }
    }
    for (int i = 0; i < context.landings().size(); i++) {
      Register landing = new Register(Registers.landing() + i);
      keeper.set(context.landings().get(i), landing);
      if (landing.number() > Registers.LAST_SCRATCH) {
        keeper.set(landing, -1L);
      }
    }
    if (context.relay().input()) {
      keeper.set(Registers.PEER_IN, 0L);
      if (!ownConsole()) {
        keeper.raw(0L, Registers.CONSOLE);
      }
    }
    if (context.relay().output()) {
      keeper.set(Registers.PEER_OUT, 1L);
    }
    keeper.set(Registers.LOG_MOST, context.logMost());
    keeper.set(Registers.RING_MOST, context.ringMost());
    keeper.wake(program.vectorOf(context.wake()));
    keeper.title(program.text(context.title()));
    if (plan.steps().stream().anyMatch(StartAssembler::runsProgram)) {
      keeper
          .sys(Sys.MEMFD_CREATE, program.text("hook-output"), 1)
          .to(Registers.HOOK_LOG)
          .tolerateAny();
    }
  }

  /** init has executed its command: what only the start needed is closed. */
  private void epilogue(int index) {
    keeper.step(index - 1);
    keeper.awaitExecution();
    keeper.set(Registers.ON_EXIT, 0L); // from here on the keeper goes on without an engine
    keeper.report(context.runningTag(), Registers.MAIN_PIDFD.number(), 1, false);
    keeper.set(userNamespace, -1L);
    keeper.set(Registers.SYNC, -1L);
    keeper.set(Registers.GATE, -1L);
    if (!context.namespaces().contains(Namespace.NET)) {
      keeper.set(Registers.NETWORK, -1L);
    }
    keeper.set(Registers.HOOK_LOG, -1L);
    for (int i = Registers.FIRST_SCRATCH; i <= Registers.LAST_SCRATCH; i++) {
      keeper.set(new Register(i), -1L);
    }
    keeper.closeOthers(false);
    if (!context.privileged() && !context.namespaces().isEmpty()) {
      // the hooks of its end find the namespaces below /proc/KEEPER/fd
      new ProcessOperations(program, keeper).dumpable(true);
    }
  }

  /** Waits for the engine; its end opens the gate too, but without a word. */
  private void passGate() {
    Stream.Label open = new Stream.Label();
    Register got = program.scratch();
    child.sys(Sys.READ, Registers.GATE, program.space(8), 1).to(got);
    child.jumpIfEqual(got, 1L, open);
    child.fail(Sys.READ, (long) Errno.EPIPE.number());
    child.place(open);
  }

  private void fault(int index) {
    if (context.fault().isEmpty() || context.fault().get().step() != index) {
      return;
    }
    if (cloned && last == Place.CONTAINER) {
      child.signal(0, 0);
      keeper.await(0, 0);
      last = Place.KEEPER;
      keeperMustSignal = true;
    }
    switch (context.fault().get().party()) {
      case "keeper" -> keeper.sys(Sys.KILL, Registers.SELF, Flags.SIGKILL);
      case "init" -> {
        if (cloned) {
          keeper.sys(Sys.KILL, Registers.MAIN_PID, Flags.SIGKILL);
        }
      }
      default -> keeper.report(FAULT_TAG + index, 0, 0, true);
    }
  }

  private static boolean writesLabel(Step step) {
    return step instanceof ContainerStep.EnterAppArmorProfile
        || step instanceof ContainerStep.SetSelinuxContext;
  }

  private static boolean runsProgram(Step step) {
    return step instanceof RunHook
        || step instanceof KeeperStep.RunIdMapper
        || step instanceof KeeperStep.RunNetworkProgram;
  }

  /**
   * Steps of the keeper that the container need not wait for before it executes init. One that is
   * not root reaches init only until that becomes another user.
   */
  private boolean isConcurrent(Step step) {
    return context.privileged()
        && (step instanceof KeeperStep.SetRlimit || step instanceof KeeperStep.SetProcValue);
  }

  /** Steps of the container that must see what the concurrent ones did. */
  private static boolean needsConcurrent(Step step) {
    return step instanceof ContainerStep.UnshareNamespaces
        || executes(step)
        || step instanceof RunHook;
  }

  /** What ends the time in which both sides still talk; a filter may forbid the talking. */
  private static boolean executes(Step step) {
    return step instanceof ContainerStep.Execute
        || step instanceof ContainerStep.BecomeInit
        || step instanceof ContainerStep.LoadSeccomp;
  }

  private void synchronise(Step step) {
    if (!cloned) {
      return;
    }
    if (step.place() != Place.CONTAINER) {
      if (last == Place.CONTAINER) {
        child.signal(0, 0);
        keeper.await(0, 0);
        keeperMustSignal = true;
      }
      if (isConcurrent(step)) {
        if (keeperMustSignal) {
          keeper.signal(0, 0);
          owedAwaits++;
          keeperMustSignal = false;
        }
        concurrentPending = true;
      } else if (!(step instanceof KeeperStep.CloneInit)) {
        keeperMustSignal = true;
      }
      return;
    }
    boolean wanted =
        keeperMustSignal
            || (concurrentPending && needsConcurrent(step))
            || (executes(step) && !synchronised);
    if (wanted) {
      keeper.signal(0, 0);
      owedAwaits++;
      keeperMustSignal = false;
      concurrentPending = false;
      synchronised = true;
    }
    for (; owedAwaits > 0; owedAwaits--) {
      child.await(0, 0);
    }
  }

  private void emit(int index, Step step) {
    devices.before(step);
    if (executes(step)) {
      openSession();
    }
    switch (step) {
      case HostStep _ -> keeper.report(index, 0, 0, true);
      case RunHook hook -> {
        if (hook.place() == Place.CONTAINER) { // the keeper waits to be told that it is its turn
          child.signal(0, 0);
          keeper.await(0, 0);
        }
        keeper.report(HOOK_TAG + index, 0, 0, false);
        hooks.run(hook.place() == Place.CONTAINER ? child : keeper, hook, cloned);
      }
      case KeeperStep keeperStep -> emit(keeperStep);
      case ContainerStep containerStep -> emit(containerStep);
    }
  }

  private void emit(KeeperStep step) {
    switch (step) {
      case KeeperStep.EnterCgroup enter ->
          program.writeFile(
              keeper,
              Flags.AT_FDCWD,
              program.text(enter.path() + "/cgroup.procs"),
              program.text("0"),
              1);
      case KeeperStep.CreateNetwork _ ->
          throw new IllegalStateException("a step of the prelude in the middle of a plan");
      case KeeperStep.UnshareMounts _ -> namespaces.unshareMounts();
      case KeeperStep.SetClockOffsets offsets -> setClockOffsets(offsets);
      case KeeperStep.LendNamespace lend -> namespaces.lend(lend);
      case KeeperStep.CloneInit clone -> cloneInit(clone);
      case KeeperStep.WriteIdMaps _, KeeperStep.RunIdMapper _, KeeperStep.ForbidSetgroups _ ->
          idMaps.emit(step);
      case KeeperStep.RunNetworkProgram run -> {
        idMaps.admitParent();
        userNetwork.run(run);
      }
      case KeeperStep.SetRlimit limit -> Rlimits.set(program, keeper, limit.limit());
      case KeeperStep.SetProcValue value -> {
        int length = value.value().getBytes(StandardCharsets.UTF_8).length;
        Register directory = openProcess();
        program.writeFile(
            keeper, directory, program.text(value.name()), program.text(value.value()), length);
        keeper.sys(Sys.CLOSE, directory);
      }
    }
  }

  private void cloneInit(KeeperStep.CloneInit step) {
    long flags =
        step.namespaces().stream().mapToLong(Namespace::cloneFlag).reduce(0, (a, b) -> a | b);
    Object cgroup = -1L;
    if (step.cgroup().isPresent()) {
      Register directory = program.scratch();
      keeper
          .sys(
              Sys.OPENAT,
              Flags.AT_FDCWD,
              program.text(step.cgroup().get()),
              Flags.O_PATH | Flags.O_DIRECTORY | Flags.O_CLOEXEC,
              0)
          .to(directory);
      cgroup = directory;
    }
    program.cloneChild(flags, cgroup, true, Registers.MAIN_PID);
    cloned = true;
    namespaces.returnToOwn();
    if (!context.privileged()) {
      idMaps.admitParent();
    } else if (step.namespaces().contains(Namespace.USER)) {
      Register directory = openProcess();
      keeper
          .sys(Sys.OPENAT, directory, program.text("ns/user"), Flags.O_CLOEXEC, 0)
          .to(userNamespace);
      keeper.sys(Sys.CLOSE, directory);
    }
    if (context.privileged() && plan.steps().stream().anyMatch(NetworkStep.class::isInstance)) {
      tellOfNetwork(step.namespaces().contains(Namespace.NET));
    }
  }

  /**
   * @param born whether init was born with it; else the keeper has made it ahead
   */
  private void tellOfNetwork(boolean born) {
    if (born) {
      Register directory = openProcess();
      keeper
          .sys(Sys.OPENAT, directory, program.text("ns/net"), Flags.O_CLOEXEC, 0)
          .to(Registers.NETWORK);
      keeper.sys(Sys.CLOSE, directory);
    }
    keeper.report(NETWORK_TAG, Registers.NETWORK.number(), 1, false);
  }

  private void setClockOffsets(KeeperStep.SetClockOffsets step) {
    String text =
        step.offsets().stream()
            .map(offset -> offset.describe() + "\n")
            .collect(Collectors.joining());
    Register directory = openProcess();
    program.writeFile(
        keeper, directory, program.text("timens_offsets"), program.text(text), text.length());
    keeper.sys(Sys.CLOSE, directory);
  }

  /** /proc/PID of init. */
  private Register openProcess() {
    Text path = program.growing("/proc/", 32);
    keeper.decimal(path, Registers.MAIN_PID);
    Register directory = program.scratch();
    keeper
        .sys(
            Sys.OPENAT,
            Flags.AT_FDCWD,
            path.blob(),
            Flags.O_PATH | Flags.O_DIRECTORY | Flags.O_CLOEXEC,
            0)
        .to(directory);
    return directory;
  }

  /** Held for the hooks of the container's end, when it has left and joined all there is to. */
  private void openNamespaces() {
    if (context.namespaces().isEmpty() || namespacesOpen) {
      return;
    }
    namespacesOpen = true;
    if (last == Place.CONTAINER) {
      child.signal(0, 0);
      keeper.await(0, 0);
    }
    last = Place.KEEPER;
    keeperMustSignal = true;
    if (!context.privileged()) {
      idMaps.admitParent();
    }
    Register directory = openProcess();
    for (Namespace namespace : context.namespaces()) {
      keeper
          .sys(Sys.OPENAT, directory, program.text("ns/" + namespace.file()), Flags.O_CLOEXEC, 0)
          .to(new Register(Registers.FIRST_NAMESPACE + namespace.ordinal()))
          .tolerateAny();
    }
    keeper.sys(Sys.CLOSE, directory);
  }

  private void emit(ContainerStep step) {
    switch (step) {
      case ContainerStep.DieWithKeeper die -> process.dieWithKeeper(die.signal());
      case ContainerStep.ShedCredentials _ -> process.shedCredentials();
      case ContainerStep.EnterNetwork _ ->
          child.sys(Sys.SETNS, Registers.NETWORK, Namespace.NET.cloneFlag());
      case ContainerStep.JoinCgroups join -> {
        for (String path : join.paths()) {
          Blob tasks = program.text(path + "/tasks");
          program.writeFile(child, Flags.AT_FDCWD, tasks, program.text("0"), 1);
        }
      }
      case ContainerStep.BecomeRoot _ -> process.becomeUser(0, 0, List.of(), context.deathSignal());
      case ContainerStep.UnshareNamespaces unshare ->
          child.sys(
              Sys.UNSHARE,
              unshare.namespaces().stream()
                  .mapToLong(Namespace::cloneFlag)
                  .reduce(0, (a, b) -> a | b));
      case ContainerStep.JoinNamespace join ->
          namespaces.join(child, join.path(), join.namespace());
      case ContainerStep.EnterTime _ ->
          namespaces.join(child, "/proc/self/ns/time_for_children", Namespace.TIME);
      case ContainerStep.IsolateCores _ ->
          child.sys(
              Sys.PRCTL,
              Flags.PR_SCHED_CORE,
              Flags.PR_SCHED_CORE_CREATE,
              0,
              Flags.PR_SCHED_CORE_SCOPE_THREAD_GROUP,
              0);
      case ContainerStep.IsolateMounts _ -> mounts.isolate();
      case ContainerStep.ReachRoot reach -> root.reach(reach);
      case ContainerStep.MountRoot root -> mountRoot(root);
      case ContainerStep.SetHostname hostname -> process.setHostname(hostname.name());
      case ContainerStep.NewKeyring _ -> process.newKeyring();
      case ContainerStep.BringUpLoopback _ -> process.bringUpLoopback();
      case ContainerStep.LendNetlink _ -> userNetwork.lendNetlink(NETLINK_TAG);
      case ContainerStep.MountFileSystem mount -> {
        openRoot();
        mounts.fileSystem(mount);
      }
      case ContainerStep.BindMount bind -> {
        openRoot();
        mounts.bind(bind, userNamespace);
      }
      case ContainerStep.ProtectPath protect -> {
        openRoot();
        mounts.protect(protect);
      }
      case ContainerStep.MaskPath mask -> {
        openRoot();
        masks.mask(mask);
      }
      case ContainerStep.CreateDevice device -> devices.create(device);
      case ContainerStep.CreateDirectory directory ->
          mounts.makeDirectories(directory.path(), directory.mode());
      case ContainerStep.CreateSymlink link -> devices.create(link);
      case ContainerStep.MountDevpts pts -> terminals.mountDevpts(pts);
      case ContainerStep.AttachConsole console -> attachConsole(console.path());
      case ContainerStep.CreateTtys created -> terminals.createTtys(created);
      case ContainerStep.PivotRoot _ -> pivot();
      case ContainerStep.SetPropagation propagation -> {
        openRoot();
        mounts.propagate(propagation);
      }
      case ContainerStep.SetPersonality personality ->
          process.personality(personality.personality());
      case ContainerStep.SetSysctl sysctl -> setSysctl(sysctl);
      case ContainerStep.DropCapabilities drop ->
          process.dropCapabilities(drop.capabilities(), context.capabilities(), stillNeeded());
      case ContainerStep.ForbidNewPrivileges _ -> process.forbidNewPrivileges();
      case ContainerStep.EnterAppArmorProfile enter -> {
        openProc();
        labels.appArmor(enter.label(), enter.moment());
      }
      case ContainerStep.SetSelinuxContext set -> {
        openProc();
        labels.seLinux(set.context());
      }
      case ContainerStep.SetKeyringContext set -> {
        openProc();
        labels.keyrings(set.context());
      }
      case ContainerStep.CreateLandlockRuleset create -> landlock.create(create);
      case ContainerStep.AllowPath allow -> landlock.allow(allow);
      case ContainerStep.AllowPorts allow -> landlock.allow(allow);
      case ContainerStep.RestrictWithLandlock _ -> landlock.enter();
      case ContainerStep.LoadSeccomp _ -> loadFilter(context.filter().orElseThrow());
      case ContainerStep.StartSession session -> startSession(session.streams());
      case ContainerStep.BecomeInit _ -> {
        child.sys(Sys.PRCTL, Flags.PR_SET_NAME, program.text("init"), 0, 0, 0);
        if (!context.privileged()) { // whoever is to attach must be able to look at it
          process.dumpable(true);
        }
        child.init();
        if (!context.privileged()) {
          process.dumpable(false);
        }
      }
      case ContainerStep.EnterDirectory directory ->
          process.enterDirectory(directory.path(), directory.required());
      case ContainerStep.BecomeUser user ->
          process.becomeUser(
              user.uid(), user.gid(), user.groups(), context.deathSignal(), neededForFilter());
      case ContainerStep.Execute execute -> process.execute(execute);
    }
  }

  /** Whether the terminal behind the console is the container's to make. */
  private boolean ownConsole() {
    return switch (context.console()) {
      case AssemblyContext.Console.None _ -> false;
      case AssemblyContext.Console.Own _, AssemblyContext.Console.Session _ -> true;
    };
  }

  private void attachConsole(String path) {
    switch (context.console()) {
      case AssemblyContext.Console.None _ -> {}
      case AssemblyContext.Console.Own _ -> terminals.attachConsole(path, 0);
      case AssemblyContext.Console.Session session -> terminals.attachConsole(path, session.uid());
    }
  }

  /** Made at last where no console was to be shown. */
  private void openSession() {
    if (context.console() instanceof AssemblyContext.Console.Session session) {
      terminals.openSession(session.uid(), hasPeer());
    }
  }

  private boolean hasPeer() {
    return ownConsole()
        && (context.relay().input() || context.landings().contains(Registers.PEER_IN));
  }

  /** Whoever answers must be there before the next call that waits for him. */
  private void loadFilter(SeccompFilter filter) {
    if (!filter.notifies()) {
      process.loadFilter(filter);
      return;
    }
    Register listener = program.scratch();
    process.loadFilter(filter, listener);
    child.signal(listener.number(), 1);
    keeper.await(Registers.LISTENER.number(), 1);
    keeper.report(LISTENER_TAG, Registers.LISTENER.number(), 1, false);
  }

  private void mountRoot(ContainerStep.MountRoot step) {
    root.mount(step);
    rootOpen = true;
  }

  private void openRoot() {
    if (!rootOpen) {
      mounts.hostRoot();
      rootOpen = true;
    }
  }

  private void pivot() {
    if (plan.steps().stream().anyMatch(StartAssembler::writesLabel)) {
      openProc();
    }
    terminals.handOver(hasPeer());
    child.sys(Sys.FCHDIR, Registers.ROOT);
    child.sys(Sys.PIVOT_ROOT, program.text("."), program.text("."));
    child.sys(Sys.UMOUNT2, program.text("."), Flags.MNT_DETACH);
    child.sys(Sys.CHDIR, program.text("/"));
  }

  /** Made while the host's own is still in sight: in a user namespace the kernel insists on one. */
  private void openProc() {
    if (!procOpen) {
      mounts.instance(
          "proc",
          "proc",
          List.of(),
          ContainerStep.MountAttributes.NONE,
          Registers.PROC,
          new Stream.Label(),
          false);
      procOpen = true;
    }
  }

  private void setSysctl(ContainerStep.SetSysctl sysctl) {
    openProc();
    int length = sysctl.value().getBytes(StandardCharsets.UTF_8).length;
    Register file = program.scratch();
    Blob how =
        program.openHow(
            Flags.O_WRONLY | Flags.O_CLOEXEC,
            Flags.RESOLVE_BENEATH | Flags.RESOLVE_NO_SYMLINKS | Flags.RESOLVE_NO_XDEV);
    Blob path = program.text("sys/" + sysctl.name().replace('.', '/'));
    child.sys(Sys.OPENAT2, Registers.PROC, path, how, 24).to(file);
    child.sys(Sys.WRITE, file, program.text(sysctl.value()), length);
    child.sys(Sys.CLOSE, file);
  }

  /** What becoming another user takes; executing its command ends it, like all that is dropped. */
  private Set<Capability> stillNeeded() {
    Set<Capability> needed = neededForFilter();
    if (plan.steps().stream()
        .anyMatch(
            step -> step instanceof ContainerStep.RestrictWithLandlock own && own.privileged())) {
      needed.add(Capability.SYS_ADMIN);
    }
    if (plan.steps().stream().anyMatch(ContainerStep.BecomeUser.class::isInstance)) {
      needed.addAll(EnumSet.of(Capability.SETUID, Capability.SETGID));
    }
    return needed;
  }

  private Set<Capability> neededForFilter() {
    boolean needed =
        plan.steps().stream()
            .anyMatch(step -> step instanceof ContainerStep.LoadSeccomp load && load.privileged());
    return needed ? EnumSet.of(Capability.SYS_ADMIN) : EnumSet.noneOf(Capability.class);
  }

  private void startSession(Streams streams) {
    switch (streams) {
      case CONSOLE -> process.startSession(List.of(0, 1, 2), false);
      case CALLER -> process.startSession(context.replacedStreams(), true);
      case NULL -> process.startSession(List.of(), false);
    }
  }

  /** Where a step came from, for an error about it. */
  public static Optional<Origin> origin(Plan plan, int index) {
    return index >= 0 && index < plan.steps().size()
        ? Optional.of(plan.steps().get(index).origin())
        : Optional.empty();
  }
}
