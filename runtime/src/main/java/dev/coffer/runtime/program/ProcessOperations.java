package dev.coffer.runtime.program;

import dev.coffer.linux.Errno;
import dev.coffer.linux.SeccompFilter;
import dev.coffer.linux.Sys;
import dev.coffer.model.Capability;
import dev.coffer.model.ContainerSpec.Personality;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Stream.Label;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the first process does to itself: credentials, session, limits of its rights, execution. */
public final class ProcessOperations {
  private static final long PER_LINUX32 = 8;

  private final ProgramBuilder program;
  private final Stream stream;

  public ProcessOperations(ProgramBuilder program, Stream stream) {
    this.program = program;
    this.stream = stream;
  }

  public void dieWithKeeper(int signal) {
    stream.sys(Sys.PRCTL, Flags.PR_SET_PDEATHSIG, signal, 0, 0, 0);
  }

  /**
   * Changed credentials take the death signal and the closed doors to /proc/PID away (prctl(2)).
   */
  public void becomeUser(long uid, long gid, List<Long> groups, int deathSignal) {
    Blob list = program.space(Math.max(1, groups.size()) * 4);
    for (int i = 0; i < groups.size(); i++) {
      stream.store(list.plus(4 * i), groups.get(i), 4);
    }
    // EPERM: a user namespace whose maps an ordinary user wrote forbids it
    stream.sys(Sys.SETGROUPS, groups.size(), list).tolerate(Errno.EPERM);
    stream.sys(Sys.SETRESGID, gid, gid, gid);
    stream.sys(Sys.SETRESUID, uid, uid, uid);
    dumpable(false);
    if (deathSignal > 0) {
      dieWithKeeper(deathSignal);
    }
  }

  /** Whether processes of the same user, and of whom the user namespace belongs to, may look. */
  void dumpable(boolean open) {
    stream.sys(Sys.PRCTL, Flags.PR_SET_DUMPABLE, open ? 1 : 0, 0, 0, 0);
  }

  /** As {@link #becomeUser}, keeping {@code kept} until the execution of another program. */
  public void becomeUser(
      long uid, long gid, List<Long> groups, int deathSignal, Set<Capability> kept) {
    boolean losesAll = uid != 0 && !kept.isEmpty(); // capabilities(7), "Effect of user ID changes"
    if (losesAll) {
      stream.sys(Sys.PRCTL, Flags.PR_SET_KEEPCAPS, 1, 0, 0, 0);
    }
    becomeUser(uid, gid, groups, deathSignal);
    if (losesAll) {
      holdCapabilities(kept.stream().mapToLong(Capability::bit).reduce(0, (a, b) -> a | b));
    }
  }

  /** Loads a filter, seccomp(2); from here on only what it allows is possible. */
  public void loadFilter(SeccompFilter filter) {
    Blob program = program(filter);
    stream.sys(Sys.SECCOMP, Flags.SECCOMP_SET_MODE_FILTER, 0, program);
  }

  /** As {@link #loadFilter}, leaving the listener in a register. */
  public void loadFilter(SeccompFilter filter, Register listener) {
    Blob program = program(filter);
    int flags = Flags.SECCOMP_FILTER_FLAG_NEW_LISTENER;
    stream.sys(Sys.SECCOMP, Flags.SECCOMP_SET_MODE_FILTER, flags, program).to(listener);
  }

  /** A struct sock_fprog. */
  private Blob program(SeccompFilter filter) {
    Blob head = program.words(filter.instructions(), 0);
    program.relocate(head.plus(8), program.bytes(filter.program()));
    return head;
  }

  void setHostname(String name) {
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    stream.sys(Sys.SETHOSTNAME, program.text(name), length);
  }

  /**
   * Whoever keeps the caller's keyring possesses its keys whatever his ids are, keyrings(7):
   * failing is better. ENOSYS and EPERM come from a kernel without keys and from a filter that
   * forbids them, to the container as well.
   */
  void newKeyring() {
    stream
        .sys(Sys.KEYCTL, Flags.KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0)
        .tolerate(Errno.ENOSYS, Errno.EPERM);
  }

  /**
   * Leaves the caller's supplementary groups, and the capabilities that others than root could
   * inherit; ambient ones go with those, capabilities(7).
   */
  void shedCredentials() {
    // EPERM: whoever has not the right to change them is confined already
    stream.sys(Sys.SETGROUPS, 0, 0).tolerate(Errno.EPERM);
    ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    Blob version = program.bytes(header.putInt(Flags.CAPABILITY_VERSION_3).array());
    Blob data = program.space(24);
    stream.sys(Sys.CAPGET, version, data);
    stream.store(data.plus(8), 0, 4);
    stream.store(data.plus(20), 0, 4);
    stream.sys(Sys.CAPSET, version, data);
  }

  void bringUpLoopback() {
    Register socket = program.scratch();
    ByteBuffer request = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    request.put("lo".getBytes(StandardCharsets.US_ASCII));
    request.putShort(16, (short) Flags.IFF_UP_LOOPBACK_RUNNING);
    stream.sys(Sys.SOCKET, Flags.AF_INET, Flags.SOCK_DGRAM_CLOEXEC, 0).to(socket);
    stream.sys(Sys.IOCTL, socket, Flags.SIOCSIFFLAGS, program.bytes(request.array()));
    stream.sys(Sys.CLOSE, socket);
  }

  public void personality(Personality personality) {
    stream.sys(Sys.PERSONALITY, personality == Personality.LINUX32 ? PER_LINUX32 : 0L);
  }

  /**
   * The bounding set decides for root at execution; the other sets matter to start hooks and to an
   * init that is not root.
   *
   * @param held bits of the capabilities held now; -1 when that is not known
   * @param later those that are held until the execution of another program, which then loses them
   */
  public void dropCapabilities(List<Capability> dropped, long held, Set<Capability> later) {
    long kept = held;
    for (Capability capability : dropped) {
      stream.sys(Sys.PRCTL, Flags.PR_CAPBSET_DROP, capability.number(), 0, 0, 0);
      if (!later.contains(capability)) {
        kept &= ~capability.bit();
      }
    }
    if (held == -1L) {
      return;
    }
    holdCapabilities(kept);
  }

  private void holdCapabilities(long kept) {
    // EPERM: fewer are held than was thought; the bounding set has done its part
    capset(kept).tolerate(Errno.EPERM);
  }

  /** No other capabilities than these, which are held now. */
  void holdExactly(long capabilities) {
    capset(capabilities);
  }

  private Stream.Operation capset(long kept) {
    ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(Flags.CAPABILITY_VERSION_3);
    ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    data.putInt((int) kept).putInt((int) kept).putInt(0);
    data.putInt((int) (kept >>> 32)).putInt((int) (kept >>> 32)).putInt(0);
    return stream.sys(Sys.CAPSET, program.bytes(header.array()), program.bytes(data.array()));
  }

  public void forbidNewPrivileges() {
    stream.sys(Sys.PRCTL, Flags.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  }

  /** A new session whose given streams are on the terminal. */
  public void startSession(List<Integer> onTerminal, boolean controlling) {
    // EPERM: it leads a session already
    stream.sys(Sys.SETSID).tolerate(Errno.EPERM);
    for (int number : onTerminal) {
      stream.sys(Sys.DUP3, Registers.TERMINAL, number, 0);
    }
    if (controlling && !onTerminal.isEmpty()) {
      stream.sys(Sys.IOCTL, Registers.TERMINAL, Flags.TIOCSCTTY, 0).tolerateAny();
    }
  }

  /**
   * The directory is looked up inside the root and magic links are refused, so that no link of the
   * image leads out through a descriptor (CVE-2024-21626).
   */
  public void enterDirectory(String path, boolean required) {
    Label end = new Label();
    Register root = program.scratch();
    Register directory = program.scratch();
    int flags = Flags.O_PATH | Flags.O_DIRECTORY | Flags.O_CLOEXEC;
    stream.sys(Sys.OPENAT, Flags.AT_FDCWD, program.text("/"), flags, 0).to(root);
    stream
        .sys(
            Sys.OPENAT2,
            root,
            program.text(path),
            program.openHow(flags, Flags.RESOLVE_IN_ROOT | Flags.RESOLVE_NO_MAGICLINKS),
            24)
        .to(directory)
        .tolerateAnyIf(!required);
    stream.jumpIfNegative(directory, end);
    stream.sys(Sys.FCHDIR, directory).tolerateAnyIf(!required);
    stream.place(end);
  }

  /** execvp(3): every directory is tried; of the errors, one other than "not found" is told. */
  public void execute(ContainerStep.Execute step) {
    execute(step, true);
  }

  /**
   * @param last whether nothing is tried after this one, so that its failure is the child's
   */
  void execute(ContainerStep.Execute step, boolean last) {
    Blob argv = program.vectorOf(step.command());
    Blob envp = program.vectorOf(step.environment());
    List<String> candidates = candidates(step);
    Register result = program.scratch();
    Register worst = program.scratch();
    stream.set(worst, (long) Errno.ENOENT.number());
    for (String candidate : candidates) {
      Label next = new Label();
      stream
          .sys(Sys.EXECVE, program.text(candidate), argv, envp)
          .to(result)
          .tolerate(Errno.ENOENT, Errno.EACCES);
      Label denied = new Label();
      stream.jumpIfEqual(result, -Errno.EACCES.number(), denied);
      stream.jump(next);
      stream.place(denied);
      stream.set(worst, (long) Errno.EACCES.number());
      stream.place(next);
    }
    if (last) {
      stream.fail(Sys.EXECVE, worst);
    }
  }

  private static List<String> candidates(ContainerStep.Execute step) {
    String name = step.command().getFirst();
    if (name.contains("/")) {
      return List.of(name);
    }
    List<String> candidates = new ArrayList<>();
    step.searchPath().forEach(directory -> candidates.add(directory + "/" + name));
    return candidates;
  }
}
