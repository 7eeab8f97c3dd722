package dev.coffer.runtime;

import dev.coffer.linux.Errno;
import dev.coffer.linux.ExtendedAttribute;
import dev.coffer.linux.Fd;
import dev.coffer.linux.FileOwner;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.ProcessDirectory;
import dev.coffer.linux.ProcessStatus;
import dev.coffer.linux.Processes;
import dev.coffer.linux.SeccompListener;
import dev.coffer.linux.SeccompListener.Question;
import dev.coffer.model.Capability;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.IdMap;
import dev.coffer.model.Intercepts;
import dev.coffer.model.Namespace;
import dev.coffer.model.Seccomp;
import dev.coffer.model.Sourced;
import dev.coffer.plan.CgroupPlacement;
import dev.coffer.plan.CgroupPlacement.Place;
import dev.coffer.runtime.program.InterceptAssembler;
import dev.coffer.runtime.program.InterceptAssembler.Actor;
import dev.coffer.runtime.program.Program;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes the calls of one container that coffer.intercept names. What it does not make it leaves to
 * the kernel, never with a right that the process does not have: memory and paths may have changed
 * since they were looked at. Everything is read once, and belongs to the process only if the call
 * still waits afterwards.
 */
public final class Interception implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.coffer.runtime");
  private static final int LONGEST_NAME = 256;
  private static final String WORKING_DIRECTORY = "cwd";

  private final ContainerSpec spec;
  private final Intercepts intercepts;
  private final CgroupPlacement placement;
  private final ContainerFigures figures;
  private final int initPid;
  private final Assistant assistant;

  Interception(
      ContainerSpec spec, CgroupPlacement placement, int initPid, HelperLauncher launcher) {
    this.spec = spec;
    this.intercepts = effective(spec).intercepted();
    this.placement = placement;
    this.figures = new ContainerFigures(spec, placement, initPid);
    this.initPid = initPid;
    this.assistant = new Assistant(launcher);
  }

  /** Without an id map the kernel decides about root's calls by root's own rights. */
  public static Seccomp effective(ContainerSpec spec) {
    Seccomp seccomp = spec.privileges().seccomp();
    return spec.hasUserNamespace() ? seccomp : seccomp.withUnprivilegedIntercepts();
  }

  /** The answer; empty for a call that somebody else decides about. */
  Optional<byte[]> answer(SeccompListener listener, Question question) {
    return InterceptedCall.of(question, intercepts).map(call -> answer(listener, question, call));
  }

  private byte[] answer(SeccompListener listener, Question question, InterceptedCall call) {
    if (!InterceptedCall.isPlain(question)) {
      return listener.leaveToKernel(question);
    }
    try (ProcessDirectory process = ProcessDirectory.open(question.pid())) {
      if (!listener.waits(question)) { // the pid may be another's
        return listener.failure(question, Errno.ESRCH);
      }
      return switch (make(process, question, call)) {
        case Verdict.Made _ -> listener.success(question);
        case Verdict.Failed failed -> listener.failure(question, failed.errno());
        case Verdict.Kernels _ -> listener.leaveToKernel(question);
      };
    } catch (KernelException e) {
      return listener.failure(question, Errno.of(e.errno()).orElse(Errno.EIO));
    } catch (RuntimeException e) { // whatever a process has made of it, the others are answered
      LOG.log(Level.WARNING, spec.name() + ": " + call + ": " + e.getMessage());
      return listener.failure(question, Errno.EIO);
    }
  }

  private Verdict make(ProcessDirectory process, Question question, InterceptedCall call) {
    return switch (call) {
      case MKNOD ->
          makeNode(
              process,
              CallerPath.WORKING_DIRECTORY,
              question.argument(0),
              question.argument(1),
              question.argument(2));
      case MKNODAT ->
          makeNode(
              process,
              (int) question.argument(0),
              question.argument(1),
              question.argument(2),
              question.argument(3));
      case SETXATTR, LSETXATTR, FSETXATTR -> markOverlay(process, question, call);
      case SYSINFO -> {
        process.write(question.argument(0), figures.read().encode());
        yield new Verdict.Made();
      }
      case MOUNT -> mount(process, question);
    };
  }

  private Verdict makeNode(ProcessDirectory process, int at, long path, long mode, long device) {
    if (!HarmlessNode.isOne(device & 0xffffffffL)) {
      return new Verdict.Kernels();
    }
    ProcessStatus status = process.status();
    if (!mayAsk(process, status, Capability.MKNOD)) {
      return new Verdict.Kernels();
    }
    Optional<CallerPath> split = CallerPath.split(process.readString(path, CallerPath.LONGEST));
    if (split.isEmpty()) {
      return new Verdict.Kernels(); // which refuses to make "." and the like
    }
    Program program =
        InterceptAssembler.makeNode(
            actor(status),
            split.get().directory(),
            split.get().name(),
            mode & 0177777L,
            device & 0xffffffffL);
    String start = split.get().isAbsolute() ? WORKING_DIRECTORY : directory(at);
    return run(process, start, program, List.of(), _ -> {});
  }

  private Verdict markOverlay(ProcessDirectory process, Question question, InterceptedCall call) {
    String name =
        new String(process.readString(question.argument(1), LONGEST_NAME), StandardCharsets.UTF_8);
    byte[] value = process.read(question.argument(2), (int) question.argument(3));
    if (!OverlayMark.isOne(name, value)) {
      return new Verdict.Kernels();
    }
    ProcessStatus status = process.status();
    if (!mayAsk(process, status, Capability.SYS_ADMIN)) {
      return new Verdict.Kernels();
    }
    int flags = (int) question.argument(4);
    if (call == InterceptedCall.FSETXATTR) {
      try (Fd file = process.open("fd/" + (int) question.argument(0), OpenFlags.PATH)) {
        return mark(file, name, value, flags);
      }
    }
    byte[] path = process.readString(question.argument(0), CallerPath.LONGEST);
    boolean follow = call == InterceptedCall.SETXATTR;
    List<Fd> found = new ArrayList<>();
    try {
      Verdict verdict =
          run(
              process,
              WORKING_DIRECTORY,
              InterceptAssembler.find(actor(status), path, follow),
              List.of(),
              found::addAll);
      return verdict instanceof Verdict.Made && !found.isEmpty()
          ? mark(found.getFirst(), name, value, flags)
          : verdict;
    } finally {
      found.forEach(Fd::close);
    }
  }

  private Verdict mount(ProcessDirectory process, Question question) {
    if (question.argument(0) == 0 || question.argument(2) == 0) {
      return new Verdict.Kernels();
    }
    String type = text(process.readString(question.argument(2), LONGEST_NAME));
    long data = question.argument(4);
    String options = data == 0 ? "" : text(process.readString(data, CallerPath.LONGEST));
    Optional<MountWish> wish = MountWish.of(intercepts, type, question.argument(3), options);
    ProcessStatus status = process.status();
    if (wish.isEmpty() || !mayAsk(process, status, Capability.SYS_ADMIN)) {
      return new Verdict.Kernels();
    }
    byte[] source = process.readString(question.argument(0), CallerPath.LONGEST);
    byte[] target = process.readString(question.argument(1), CallerPath.LONGEST);
    List<Fd> device = new ArrayList<>();
    try (Fd mounts = process.open("ns/mnt", OpenFlags.READ_ONLY)) {
      Verdict opened = openDevice(process, status, source, wish.get().readOnly(), device);
      if (!(opened instanceof Verdict.Made) || device.isEmpty()) {
        return opened;
      }
      if (!FileOwner.read(device.getFirst()).isBlockDevice()) {
        return new Verdict.Failed(Errno.ENOTBLK);
      }
      Program program =
          InterceptAssembler.mount(
              actor(status), type, wish.get().superblock(), wish.get().attributes(), target);
      return run(process, WORKING_DIRECTORY, program, List.of(mounts, device.getFirst()), _ -> {});
    } finally {
      device.forEach(Fd::close);
    }
  }

  private Verdict openDevice(
      ProcessDirectory process,
      ProcessStatus status,
      byte[] source,
      boolean readOnly,
      List<Fd> found) {
    Optional<Place> place = placement.place("devices").or(() -> placement.place(""));
    Optional<Boolean> unified = place.map(where -> where.tree().unified());
    Program program = InterceptAssembler.openDevice(actor(status), source, readOnly, unified);
    if (place.isEmpty()) {
      return run(process, WORKING_DIRECTORY, program, List.of(), found::addAll);
    }
    String directory = place.get().innerDirectory();
    try (Fd cgroup =
        unified.get()
            ? HostFiles.open(Path.of(directory), OpenFlags.PATH | OpenFlags.DIRECTORY, 0)
            : HostFiles.open(Path.of(directory, "tasks"), OpenFlags.WRITE_ONLY, 0)) {
      return run(process, WORKING_DIRECTORY, program, List.of(cgroup), found::addAll);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Only on files of people whom the container knows: others are the host's. */
  private Verdict mark(Fd file, String name, byte[] value, int flags) {
    FileOwner owner = FileOwner.read(file);
    if (!isMapped(IdMap.Kind.USER, owner.uid()) || !isMapped(IdMap.Kind.GROUP, owner.gid())) {
      return new Verdict.Failed(Errno.EPERM);
    }
    ExtendedAttribute.apply(file, name, value, flags);
    return new Verdict.Made();
  }

  private boolean isMapped(IdMap.Kind kind, long hostId) {
    return spec.privileges().idMaps().stream()
        .map(Sourced::value)
        .anyMatch(map ->
            map.kind() == kind
                && hostId >= map.hostFirst()
                && hostId < map.hostFirst() + map.count());
  }

  /** The right must be one in the container's own user namespace, which only its root hands out. */
  private boolean mayAsk(ProcessDirectory process, ProcessStatus status, Capability needed) {
    if ((status.effective() & needed.bit()) == 0) {
      return false;
    }
    try (Fd theirs = process.open("ns/user", OpenFlags.READ_ONLY)) {
      Optional<String> own = Processes.namespace(initPid, Namespace.USER);
      return own.isPresent() && own.equals(Processes.namespaceOf(theirs));
    }
  }

  private static Actor actor(ProcessStatus status) {
    return new Actor(
        status.fileUid(),
        status.fileGid(),
        status.groups().stream().map(Integer::toUnsignedLong).toList(),
        status.umask(),
        status.effective());
  }

  private static String directory(int at) {
    return at == CallerPath.WORKING_DIRECTORY ? WORKING_DIRECTORY : "fd/" + at;
  }

  private static Fd openStart(ProcessDirectory process, String start) {
    try {
      return process.open(start, OpenFlags.PATH | OpenFlags.DIRECTORY);
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT)) {
        throw new KernelException("open", start, Errno.EBADF.number());
      }
      throw e;
    }
  }

  private Verdict run(
      ProcessDirectory process,
      String start,
      Program program,
      List<Fd> more,
      Consumer<List<Fd>> found) {
    int directory = OpenFlags.PATH | OpenFlags.DIRECTORY;
    try (Fd root = process.open("root", directory);
        Fd from = openStart(process, start);
        Fd user = process.open("ns/user", OpenFlags.READ_ONLY)) {
      List<Fd> fds = new ArrayList<>(List.of(root, from, user));
      fds.addAll(more);
      Executor.Outcome outcome =
          assistant.run(program, fds, (_, _, reported) -> found.accept(reported));
      return switch (outcome) {
        case Executor.Outcome.Done done ->
            Verdict.of(done.registers()[InterceptAssembler.RESULT.number()]);
        case Executor.Outcome.Failed failed -> {
          assistant.run(InterceptAssembler.release(), List.of(), (_, _, _) -> {});
          yield Verdict.of(failed, program);
        }
        case Executor.Outcome.Lost _ -> new Verdict.Failed(Errno.EIO);
      };
    }
  }

  @Override
  public void close() {
    assistant.close();
  }
}
