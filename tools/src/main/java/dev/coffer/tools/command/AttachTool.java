package dev.coffer.tools.command;

import dev.coffer.AttachOptions;
import dev.coffer.AttachOptions.Elevation;
import dev.coffer.model.Namespace;
import dev.coffer.tools.option.Arguments;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.CommonOptions;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** lxc-attach: runs a command, or a shell, inside a running container. */
public final class AttachTool implements Tool {
  private static final Option ELEVATED =
      Option.optional(
          'e',
          "elevated-privileges",
          "PRIVILEGES",
          "Keep the caller's rights instead of taking on the container's: CAP (capabilities), CGROUP,"
              + " LSM, joined by |; all without a value. The command may pass them on to the"
              + " container, so use it with care.");
  private static final Option ARCH =
      Option.value(
          'a', "arch", "ARCH", "Architecture the command sees instead of the container's.");
  private static final Option NAMESPACES =
      Option.value(
          's',
          "namespaces",
          "NAMESPACES",
          "Join only these namespaces, joined by |: MOUNT, PID, UTSNAME, IPC, USER, NETWORK, CGROUP,"
              + " TIME. Implies -e, so use it with care.");
  private static final Option REMOUNT =
      Option.flag(
          'R',
          "remount-sys-proc",
          "With -s without MOUNT: give the command a /proc and /sys that fit.");
  private static final Option CLEAR_ENV =
      Option.flag("clear-env", "Start from an empty environment with PATH and container=lxc.");
  private static final Option KEEP_ENV =
      Option.flag("keep-env", "Keep the caller's environment; the default.");
  private static final Option KEEP_VAR =
      Option.value("keep-var", "NAME", "With --clear-env: keep the variable NAME all the same.");
  private static final Option SET_VAR =
      Option.value('v', "set-var", "NAME=VALUE", "Set a variable for the command.");
  private static final Option PTY_LOG =
      Option.value('L', "pty-log", "FILE", "Copy the terminal's output to FILE.");
  private static final Option CONTEXT =
      Option.value('c', "context", "CONTEXT", "SELinux context for the command.");

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-attach",
          "--name=NAME [-- COMMAND]",
          "runs a command in a running container",
          "Runs COMMAND inside the running container NAME, or the login shell of its user without one."
              + " A terminal of its own is made for it when the caller has one.\n\n"
              + "Exit code: the command's; 128 and the signal's number when a signal ended it; 126 when"
              + " it is not executable, 127 when it is not there; 1 when the container could not be"
              + " entered.",
          OptionTable.of(
              ELEVATED,
              ARCH,
              NAMESPACES,
              REMOUNT,
              CLEAR_ENV,
              KEEP_ENV,
              KEEP_VAR,
              SET_VAR,
              PTY_LOG,
              StartArguments.RC_FILE,
              IdOption.UID.option(),
              IdOption.GID.option(),
              CONTEXT),
          List.of());

  /** lxc.arch's values (lxc.container.conf(5)). */
  private static final Set<String> ARCHITECTURES =
      Set.of(
          "aarch64",
          "amd64",
          "arm",
          "arm64",
          "armel",
          "armhf",
          "armv7l",
          "athlon",
          "i386",
          "i486",
          "i586",
          "i686",
          "linux32",
          "linux64",
          "loongarch64",
          "mips",
          "mips64",
          "mips64el",
          "mipsel",
          "powerpc",
          "powerpc64",
          "ppc",
          "ppc64",
          "ppc64el",
          "ppc64le",
          "riscv32",
          "riscv64",
          "s390",
          "s390x",
          "sparc",
          "sparc64",
          "x86",
          "x86_64");

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean runsCommand() {
    return true;
  }

  @Override
  public Launch launches(Arguments arguments) {
    return Launch.FOREGROUND;
  }

  @Override
  public int run(Session session) {
    AttachOptions options = read(session);
    session.flush();
    return session.container().attach(options);
  }

  private static AttachOptions read(Session session) {
    Optional<String> arch = session.value(ARCH);
    if (arch.isPresent() && !ARCHITECTURES.contains(arch.get())) {
      throw new BadArgument("-a " + arch.get() + ": not an architecture");
    }
    return new AttachOptions(
        session.operands(),
        namespaces(session),
        elevated(session),
        session.arguments().lastIs(CLEAR_ENV, KEEP_ENV),
        session.arguments().values(KEEP_VAR),
        session.arguments().values(SET_VAR),
        IdOption.UID.read(session),
        IdOption.GID.read(session),
        arch,
        session.path(PTY_LOG),
        session.path(StartArguments.RC_FILE).or(() -> session.path(CommonOptions.RC_FILE)),
        session.value(CONTEXT),
        session.has(REMOUNT));
  }

  private static Set<Namespace> namespaces(Session session) {
    Set<Namespace> namespaces = EnumSet.noneOf(Namespace.class);
    Optional<String> given = session.value(NAMESPACES);
    if (given.isEmpty()) {
      return namespaces;
    }
    for (String name : given.get().split("\\|")) {
      namespaces.add(
          namespace(name)
              .orElseThrow(() -> new BadArgument("-s " + given.get() + ": no namespace " + name)));
    }
    return namespaces;
  }

  /** Three names have a long form in capitals; the kernel's own are taken in any case. */
  private static Optional<Namespace> namespace(String name) {
    return switch (name) {
      case "MOUNT" -> Optional.of(Namespace.MOUNT);
      case "UTSNAME" -> Optional.of(Namespace.UTS);
      case "NETWORK" -> Optional.of(Namespace.NET);
      default -> Namespace.parse(name.toLowerCase(Locale.ROOT));
    };
  }

  private static Set<Elevation> elevated(Session session) {
    Set<Elevation> elevated = EnumSet.noneOf(Elevation.class);
    if (session.has(NAMESPACES)) {
      elevated.addAll(EnumSet.allOf(Elevation.class));
    }
    for (String names : session.arguments().values(ELEVATED)) {
      if (names == null) {
        elevated.addAll(EnumSet.allOf(Elevation.class));
        continue;
      }
      for (String name : names.split("\\|")) {
        elevated.add(elevation(names, name));
      }
    }
    return elevated;
  }

  private static Elevation elevation(String given, String name) {
    return switch (name) {
      case "CAP" -> Elevation.CAPABILITIES;
      case "CGROUP" -> Elevation.CGROUP;
      case "LSM" -> Elevation.LSM;
      default -> throw new BadArgument("-e " + given + ": must be of CAP, CGROUP and LSM");
    };
  }
}
