package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.model.IdMap;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Stream.Text;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Encodes a command of the host's that runs in a mount namespace of its own, perhaps with mapped
 * ids.
 */
public final class CommandAssembler {
  private static final long MS_REC = 1 << 14;
  private static final int SIGKILL = 9;

  private CommandAssembler() {}

  /**
   * @param maps empty for no user namespace
   */
  public static Program assemble(
      List<String> command, List<String> environment, String cwd, List<IdMap> maps) {
    ProgramBuilder program = new ProgramBuilder(Registers.landing());
    Stream parent = program.main();
    Stream child = program.child();
    parent.set(Registers.ON_EXIT, 1L);
    long flags = Namespace.MOUNT.cloneFlag();
    if (!maps.isEmpty()) {
      flags |= Namespace.USER.cloneFlag();
    }
    program.cloneChild(flags, -1L, true, Registers.MAIN_PID);
    ProcessOperations process = new ProcessOperations(program, child);
    process.dieWithKeeper(SIGKILL);
    if (!maps.isEmpty()) {
      map(program, parent, maps);
    }
    parent.signal(0, 0);
    child.await(0, 0);
    if (!maps.isEmpty()) {
      process.becomeUser(0, 0, List.of(), SIGKILL);
    }
    child.sys(Sys.MOUNT, 0, program.text("/"), 0, Flags.MS_SLAVE | MS_REC, 0);
    child.sys(Sys.CHDIR, program.text(cwd));
    process.execute(
        new ContainerStep.Execute(
            command,
            List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin"),
            environment,
            Origin.option("command")));
    parent.awaitExecution();
    return program.build();
  }

  private static void map(ProgramBuilder program, Stream parent, List<IdMap> maps) {
    Text path = program.growing("/proc/", 32);
    parent.decimal(path, Registers.MAIN_PID);
    Register directory = program.scratch();
    int flags = Flags.O_PATH | Flags.O_DIRECTORY | Flags.O_CLOEXEC;
    parent.sys(Sys.OPENAT, Flags.AT_FDCWD, path.blob(), flags, 0).to(directory);
    for (IdMap.Kind kind : IdMap.Kind.values()) {
      String text = text(maps, kind);
      if (!text.isEmpty()) {
        String file = kind == IdMap.Kind.USER ? "uid_map" : "gid_map";
        program.writeFile(parent, directory, program.text(file), program.text(text), text.length());
      }
    }
  }

  /** The lines of uid_map or gid_map, user_namespaces(7). */
  static String text(List<IdMap> maps, IdMap.Kind kind) {
    return maps.stream()
        .filter(map -> map.kind() == kind)
        .map(map -> map.first() + " " + map.hostFirst() + " " + map.count() + "\n")
        .collect(Collectors.joining());
  }
}
