package dev.coffer.runtime.program;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Sys;
import dev.coffer.model.Landlock;
import dev.coffer.model.Landlock.Access;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Stream.Label;
import java.util.Set;

/** Restricts a process by Landlock, landlock(7): rules are gathered in a set, and then entered. */
final class LandlockOperations {
  private static final int RULE_PATH_BENEATH = 1;
  private static final int RULE_NET_PORT = 2;

  private static final long EXECUTE = 1;
  private static final long WRITE_FILE = 1 << 1;
  private static final long READ_FILE = 1 << 2;
  private static final long READ_DIR = 1 << 3;
  private static final long REFER = 1 << 13;
  private static final long TRUNCATE = 1 << 14;

  /** Removing and making of all kinds. */
  private static final long CHANGE_DIRECTORY = (1 << 13) - (1 << 4);

  private static final long OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;

  private static final long BIND_TCP = 1;
  private static final long CONNECT_TCP = 1 << 1;
  private static final long SCOPE_ABSTRACT_SOCKET = 1;
  private static final long SCOPE_SIGNAL = 1 << 1;

  private final ProgramBuilder program;
  private final Stream stream;
  private final boolean mayBeMissing;

  /**
   * @param mayBeMissing whether a path that is not there is passed over, which allows less
   */
  LandlockOperations(ProgramBuilder program, Stream stream, boolean mayBeMissing) {
    this.program = program;
    this.stream = stream;
    this.mayBeMissing = mayBeMissing;
  }

  void create(ContainerStep.CreateLandlockRuleset step) {
    Landlock rules = step.rules();
    long files = rules.paths().isEmpty() ? 0 : known(step.abi());
    long net =
        (rules.bind().isPresent() ? BIND_TCP : 0) | (rules.connect().isPresent() ? CONNECT_TCP : 0);
    // a longer structure than the kernel knows is taken while the rest of it is zero
    Blob attr = program.words(files, net, scopes(rules));
    stream.sys(Sys.LANDLOCK_CREATE_RULESET, attr, 24, 0).to(Registers.LANDLOCK);
  }

  private static long scopes(Landlock rules) {
    Set<Landlock.Scope> scopes = rules.scopes().map(Sourced::value).orElse(Set.of());
    return (scopes.contains(Landlock.Scope.ABSTRACT_SOCKET) ? SCOPE_ABSTRACT_SOCKET : 0)
        | (scopes.contains(Landlock.Scope.SIGNAL) ? SCOPE_SIGNAL : 0);
  }

  /** The rights about files that a version knows. */
  private static long known(int abi) {
    return EXECUTE
        | WRITE_FILE
        | READ_FILE
        | READ_DIR
        | CHANGE_DIRECTORY
        | (abi >= 2 ? REFER : 0)
        | (abi >= 3 ? TRUNCATE : 0);
  }

  private static long rights(Access access, int abi) {
    long rights =
        switch (access) {
          case READ -> READ_FILE | READ_DIR;
          case EXECUTE -> READ_FILE | READ_DIR | EXECUTE;
          case WRITE -> READ_FILE | READ_DIR | WRITE_FILE | CHANGE_DIRECTORY | REFER | TRUNCATE;
        };
    return rights & known(abi);
  }

  void allow(ContainerStep.AllowPath step) {
    Label end = new Label();
    Register root = program.scratch();
    Register place = program.scratch();
    Register result = program.scratch();
    int flags = Flags.O_PATH | Flags.O_CLOEXEC;
    stream
        .sys(Sys.OPENAT, Flags.AT_FDCWD, program.text("/"), flags | Flags.O_DIRECTORY, 0)
        .to(root);
    Stream.Operation open =
        stream
            .sys(
                Sys.OPENAT2,
                root,
                program.text(step.rule().path()),
                program.openHow(flags, Flags.RESOLVE_IN_ROOT | Flags.RESOLVE_NO_MAGICLINKS),
                24)
            .to(place);
    if (mayBeMissing) {
      open.tolerateAny();
      stream.jumpIfNegative(place, end);
    }
    long rights = rights(step.rule().access(), step.abi());
    add(rights, place, result);
    // EINVAL: a file takes no rights of directories
    stream.jumpUnlessNegative(result, end);
    Register again = program.scratch();
    add(rights & OF_FILES, place, again);
    Label added = new Label();
    stream.jumpUnlessNegative(again, added);
    stream.fail(Sys.LANDLOCK_ADD_RULE, (long) Errno.EINVAL.number());
    stream.place(added);
    stream.place(end);
    stream.sys(Sys.CLOSE, root);
    stream.sys(Sys.CLOSE, place).tolerateAny();
  }

  private void add(long rights, Register place, Register result) {
    Blob attr = program.words(rights, 0);
    stream.store(attr.plus(8), place, 4);
    stream
        .sys(Sys.LANDLOCK_ADD_RULE, Registers.LANDLOCK, RULE_PATH_BENEATH, attr, 0)
        .to(result)
        .tolerate(Errno.EINVAL);
  }

  void allow(ContainerStep.AllowPorts step) {
    for (int port : step.ports()) {
      Blob attr = program.words(step.bind() ? BIND_TCP : CONNECT_TCP, port);
      stream.sys(Sys.LANDLOCK_ADD_RULE, Registers.LANDLOCK, RULE_NET_PORT, attr, 0);
    }
  }

  void enter() {
    stream.sys(Sys.LANDLOCK_RESTRICT_SELF, Registers.LANDLOCK, 0);
    stream.sys(Sys.CLOSE, Registers.LANDLOCK);
  }
}
