package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.model.IdMap;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Stream.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How the parent of a new user namespace's first process writes its id maps. */
final class IdMapOperations {
  private static final int PID_ROOM = 32;

  private final ProgramBuilder program;
  private final Stream parent;
  private final Stream child;
  private final Register pid;

  /**
   * @param pid holds the child's process id
   */
  IdMapOperations(ProgramBuilder program, Register pid) {
    this.program = program;
    this.pid = pid;
    this.parent = program.main();
    this.child = program.child();
  }

  /**
   * Lets the parent look at the child, and newuidmap(1) see whose it is: /proc/PID of a process
   * that is not dumpable belongs to root, proc(5). The child has nothing yet that others might not
   * see, and closes itself again when it becomes another user.
   */
  void admitParent() {
    new ProcessOperations(program, child).dumpable(true);
    child.signal(0, 0);
    parent.await(0, 0);
  }

  /** All there is to do between the birth of the child and its first step as somebody else. */
  void write(List<KeeperStep> steps) {
    parent.sys(Sys.MEMFD_CREATE, program.text("output"), 1).to(Registers.HOOK_LOG).tolerateAny();
    admitParent();
    steps.forEach(this::emit);
    parent.signal(0, 0);
    child.await(0, 0);
    new ProcessOperations(program, child).dumpable(false);
    parent.sys(Sys.CLOSE, Registers.HOOK_LOG).tolerateAny();
    parent.set(Registers.HOOK_LOG, -1L);
  }

  void emit(KeeperStep step) {
    switch (step) {
      case KeeperStep.WriteIdMaps maps -> writeMaps(maps);
      case KeeperStep.RunIdMapper mapper -> runMapper(mapper);
      case KeeperStep.ForbidSetgroups _ -> {
        Register directory = openProcess();
        program.writeFile(
            parent, directory, program.text("setgroups"), program.text("deny"), "deny".length());
        parent.sys(Sys.CLOSE, directory);
      }
      default -> throw new IllegalArgumentException("no step of id maps: " + step.describe());
    }
  }

  private void writeMaps(KeeperStep.WriteIdMaps step) {
    Register directory = openProcess();
    for (IdMap.Kind kind : IdMap.Kind.values()) {
      String text = text(step.maps(), kind);
      if (!text.isEmpty()) {
        String file = kind == IdMap.Kind.USER ? "uid_map" : "gid_map";
        program.writeFile(parent, directory, program.text(file), program.text(text), text.length());
      }
    }
    parent.sys(Sys.CLOSE, directory);
  }

  /** The lines of uid_map or gid_map, user_namespaces(7). */
  private static String text(List<IdMap> maps, IdMap.Kind kind) {
    return maps.stream()
        .filter(map -> map.kind() == kind)
        .map(map -> map.first() + " " + map.hostFirst() + " " + map.count() + "\n")
        .collect(Collectors.joining());
  }

  /** {@code newuidmap PID FIRST HOST-FIRST COUNT…}. */
  private void runMapper(KeeperStep.RunIdMapper step) {
    Text number = program.growing("", PID_ROOM);
    parent.decimal(number, pid);
    List<Blob> argv = new ArrayList<>();
    argv.add(program.text(step.program()));
    argv.add(number.blob());
    for (IdMap map : step.maps()) {
      for (long id : new long[] {map.first(), map.hostFirst(), map.count()}) {
        argv.add(program.text(String.valueOf(id)));
      }
    }
    parent.spawn(
        program.text(step.program()),
        program.vector(argv),
        program.vectorOf(List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8")),
        Registers.HOOK_LOG);
  }

  /** /proc/PID of the child. */
  private Register openProcess() {
    Text path = program.growing("/proc/", PID_ROOM);
    parent.decimal(path, pid);
    Register directory = program.scratch();
    int flags = Flags.O_PATH | Flags.O_DIRECTORY | Flags.O_CLOEXEC;
    parent.sys(Sys.OPENAT, Flags.AT_FDCWD, path.blob(), flags, 0).to(directory);
    return directory;
  }
}
