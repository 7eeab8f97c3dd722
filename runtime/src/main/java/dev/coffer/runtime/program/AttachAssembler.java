package dev.coffer.runtime.program;

import dev.coffer.linux.SeccompFilter;
import dev.coffer.linux.Sys;
import dev.coffer.model.Capability;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.Step;
import dev.coffer.runtime.AttachOrder;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import java.util.List;
import java.util.Set;

/** Encodes a command that is run inside a running container. */
public final class AttachAssembler {
  /** Where the pidfd of the container's init goes. */
  public static final Register INIT = new Register(20);

  /** The step that operations of the execution belong to. */
  public static final int EXECUTE = 1;

  /** Of the operations that write a label: this and the place among the confinement's. */
  public static final int LABEL = 2;

  /** The host's proc. */
  private static final Register PROC = new Register(21);

  private static final int FIRST_CGROUP = 40;
  private static final int SIGKILL = 9;

  private final AttachOrder order;
  private final List<Register> landings;
  private final List<Integer> onTerminal;
  private final ProgramBuilder program = new ProgramBuilder(Registers.landing());
  private final Stream parent = program.main();
  private final Stream child = program.child();

  private AttachAssembler(AttachOrder order, List<Register> landings, List<Integer> onTerminal) {
    this.order = order;
    this.landings = landings;
    this.onTerminal = onTerminal;
  }

  /**
   * @param onTerminal the standard streams that the session's terminal replaces
   */
  public static Program assemble(
      AttachOrder order, List<Register> landings, List<Integer> onTerminal) {
    return new AttachAssembler(order, landings, onTerminal).assemble();
  }

  private Program assemble() {
    for (int i = 0; i < landings.size(); i++) {
      parent.set(landings.get(i), new Register(Registers.landing() + i));
    }
    parent.set(Registers.ON_EXIT, 1L);
    if (!opensTerminal()) {
      relay();
    }
    Object birthplace = openCgroups();
    openProc();
    join();
    program.cloneChild(0L, birthplace, true, Registers.MAIN_PID);
    insideOut();
    parent.step(EXECUTE);
    parent.awaitExecution();
    return program.build();
  }

  /** Whether the terminal is the command's own, which only it can make: nobody else has its ids. */
  private boolean opensTerminal() {
    return landings.contains(new Register(Registers.DEVPTS));
  }

  private void relay() {
    if (onTerminal.contains(0)) {
      parent.set(Registers.PEER_IN, 0L);
      parent.raw(0L, Registers.CONSOLE);
    }
    if (onTerminal.contains(1) || onTerminal.contains(2)) {
      parent.set(Registers.PEER_OUT, onTerminal.contains(1) ? 1L : 2L);
    } else if (onTerminal.contains(0)) {
      parent.set(Registers.PEER_OUT, 0L);
    }
  }

  /** Opened here, while the host's tree is in sight; entered by the child. */
  private Object openCgroups() {
    for (int i = 0; i < order.cgroups().size(); i++) {
      parent
          .sys(
              Sys.OPENAT,
              Flags.AT_FDCWD,
              program.text(order.cgroups().get(i) + "/tasks"),
              Flags.O_WRONLY | Flags.O_CLOEXEC,
              0)
          .to(new Register(FIRST_CGROUP + i));
    }
    if (order.unifiedCgroup().isPresent()) {
      Register directory = new Register(FIRST_CGROUP + order.cgroups().size());
      int flags = Flags.O_PATH | Flags.O_DIRECTORY | Flags.O_CLOEXEC;
      parent
          .sys(Sys.OPENAT, Flags.AT_FDCWD, program.text(order.unifiedCgroup().get()), flags, 0)
          .to(directory);
      return directory;
    }
    return -1L;
  }

  /** The host's, while it is in sight: what is at /proc inside may be anything. */
  private void openProc() {
    if (!order.confinement().writing().isEmpty()) {
      int flags = Flags.O_PATH | Flags.O_DIRECTORY | Flags.O_CLOEXEC;
      parent.sys(Sys.OPENAT, Flags.AT_FDCWD, program.text("/proc"), flags, 0).to(PROC);
    }
  }

  private void label(List<? extends Step> steps) {
    LabelOperations labels = new LabelOperations(program, child, PROC);
    for (Step step : steps) {
      child.step(LABEL + order.confinement().writing().indexOf(step));
      switch (step) {
        case ContainerStep.EnterAppArmorProfile enter ->
            labels.appArmor(enter.label(), enter.moment());
        case ContainerStep.SetSelinuxContext set -> labels.seLinux(set.context());
        case ContainerStep.SetKeyringContext set -> labels.keyrings(set.context());
        default -> throw new IllegalArgumentException("no label: " + step.describe());
      }
    }
    child.step(-1);
  }

  private void restrict() {
    LandlockOperations landlock = new LandlockOperations(program, child, true);
    for (Step step : order.confinement().landlock()) {
      switch (step) {
        case ContainerStep.CreateLandlockRuleset create -> landlock.create(create);
        case ContainerStep.AllowPath allow -> landlock.allow(allow);
        case ContainerStep.AllowPorts allow -> landlock.allow(allow);
        case ContainerStep.RestrictWithLandlock _ -> landlock.enter();
        default -> throw new IllegalArgumentException("no step of Landlock: " + step.describe());
      }
    }
  }

  /**
   * All but the cgroup namespace: from inside that, a v2 tree mounted with nsdelegate shows no
   * cgroup outside, so the child could not be born in its own (cgroups(7) "Delegation
   * containment").
   */
  private void join() {
    long flags =
        order.namespaces().stream()
            .filter(namespace -> namespace != Namespace.CGROUP)
            .mapToLong(Namespace::cloneFlag)
            .reduce(0, (a, b) -> a | b);
    if (flags != 0) {
      parent.sys(Sys.SETNS, INIT, flags);
    }
  }

  private void insideOut() {
    ProcessOperations process = new ProcessOperations(program, child);
    process.dieWithKeeper(SIGKILL);
    Blob self = program.text("0");
    for (int i = 0; i < order.cgroups().size(); i++) {
      child.sys(Sys.WRITE, new Register(FIRST_CGROUP + i), self, 1);
    }
    if (order.namespaces().contains(Namespace.CGROUP)) {
      child.sys(Sys.SETNS, INIT, Namespace.CGROUP.cloneFlag());
    }
    if (order.newKeyring()) {
      label(order.confinement().keyring().stream().toList());
      process.newKeyring();
    }
    if (!order.namespaces().contains(Namespace.USER)) {
      process.shedCredentials();
    }
    if (order.namespaces().contains(Namespace.USER) && order.hasRoot()) {
      process.becomeUser(0, 0, List.of(), SIGKILL);
    }
    if (order.remountProcSys()) {
      remount("proc");
      remount("sys");
    }
    order.personality().ifPresent(process::personality);
    if (!order.dropped().isEmpty()) {
      process.dropCapabilities(order.dropped(), -1L, Set.of());
    }
    label(order.confinement().labels());
    if (order.noNewPrivileges()) {
      process.forbidNewPrivileges();
    }
    if (opensTerminal()) {
      TerminalOperations.makeFor(program, order.uid());
      relay();
    }
    process.startSession(onTerminal, true);
    restrict();
    order.cwd().ifPresent(cwd -> process.enterDirectory(cwd, false));
    if (order.uid() != 0 || order.gid() != 0 || isStillHostsRoot()) {
      process.becomeUser(order.uid(), order.gid(), List.of(), SIGKILL, neededForFilter());
    }
    order.filter().ifPresent(filter -> loadFilter(process, filter));
    child.step(EXECUTE);
    for (List<String> command : order.commands()) {
      process.execute(
          new ContainerStep.Execute(
              command, order.searchPath(), order.environment(), Origin.option("command")),
          command == order.commands().getLast());
    }
  }

  /** A container without a root has no number for what the caller is: never run anything so. */
  private boolean isStillHostsRoot() {
    return order.namespaces().contains(Namespace.USER) && !order.hasRoot();
  }

  private void loadFilter(ProcessOperations process, SeccompFilter filter) {
    if (!filter.notifies()) {
      process.loadFilter(filter);
      return;
    }
    Register listener = program.scratch();
    process.loadFilter(filter, listener);
    child.signal(listener.number(), 1);
    parent.await(Registers.LISTENER.number(), 1);
    parent.report(StartAssembler.LISTENER_TAG, Registers.LISTENER.number(), 1, false);
  }

  private Set<Capability> neededForFilter() {
    return order.filter().isPresent() && !order.noNewPrivileges()
        ? Set.of(Capability.SYS_ADMIN)
        : Set.of();
  }

  /** Its own view of a kernel file system, in a mount namespace of its own. */
  private void remount(String name) {
    String type = name.equals("sys") ? "sysfs" : name;
    if (name.equals("proc")) {
      child.sys(Sys.UNSHARE, (long) Namespace.MOUNT.cloneFlag());
      child.sys(Sys.MOUNT, 0, program.text("/"), 0, Flags.MS_SLAVE | Flags.MS_REC, 0);
    }
    Blob path = program.text("/" + name);
    child.sys(Sys.UMOUNT2, path, Flags.MNT_DETACH).tolerateAny();
    child.sys(Sys.MOUNT, program.text(type), path, program.text(type), 0, 0).tolerateAny();
  }
}
