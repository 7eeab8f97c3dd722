package dev.coffer.tools.command;

import dev.coffer.NamespaceCommand;
import dev.coffer.model.IdMap;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import dev.coffer.plan.HostFacts.User;
import dev.coffer.runtime.CommandOrder.Identity;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** lxc-unshare: runs a command in new namespaces, without a container. */
public final class UnshareTool implements Tool {
  private static final Option NAMESPACES =
      Option.value(
          's',
          "namespaces",
          "FLAGS",
          "New namespaces, joined by |: MOUNT, PID, UTSNAME, IPC, USER, NETWORK, CGROUP.");
  private static final Option USER =
      Option.value('u', "user", "USERID", "User to be in a new user namespace.");
  private static final Option HOSTNAME =
      Option.value('H', "hostname", "HOSTNAME", "Host name in a new UTSNAME namespace.");
  private static final Option INTERFACE =
      Option.value(
          'i',
          "ifname",
          "IFNAME",
          "Interface to take to a new NETWORK namespace; may be repeated.");
  private static final Option DAEMON =
      Option.flag('d', "daemon", "Do not wait for the command to end.");
  private static final Option REMOUNT =
      Option.flag('M', "remount", "Mount /proc, /dev/shm and /dev/mqueue anew.");
  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-unshare",
          "-s NAMESPACES COMMAND",
          "runs a command in new namespaces",
          "Exit code: 0 when the command ended with 0, else 1.",
          OptionTable.of(NAMESPACES, USER, HOSTNAME, INTERFACE, DAEMON, REMOUNT),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean wantsName() {
    return false;
  }

  @Override
  public boolean runsCommand() {
    return true;
  }

  @Override
  public boolean logsBesideContainer() {
    return false;
  }

  @Override
  public int run(Session session) {
    Optional<Set<Namespace>> read = session.value(NAMESPACES).map(UnshareTool::namespaces);
    String mistake = mistake(session, read.orElse(Set.of()));
    if (!mistake.isEmpty()) {
      session.log().error(mistake);
      return Runner.FAILED;
    }
    Optional<Long> uid = session.value(USER).map(UnshareTool::id);
    session.flush();
    int status =
        session
            .coffer()
            .run(
                new NamespaceCommand(
                    session.operands(),
                    read.orElseThrow(),
                    uid.map(id -> own(id, session.coffer().user())).orElse(List.of()),
                    uid.map(id -> new Identity(id, -1)),
                    session.value(HOSTNAME),
                    session.has(REMOUNT),
                    session.arguments().values(INTERFACE),
                    !session.has(DAEMON)));
    return status == 0 ? Runner.OK : Runner.FAILED;
  }

  private static String mistake(Session session, Set<Namespace> namespaces) {
    if (session.operands().isEmpty()) {
      return "A command to execute in the new namespace is required";
    }
    if (namespaces.isEmpty()) {
      return "A namespace to execute command is required";
    }
    if (session.has(INTERFACE) && !namespaces.contains(Namespace.NET)) {
      return "-i <interfacename> needs -s NETWORK option";
    }
    if (session.has(HOSTNAME) && !namespaces.contains(Namespace.UTS)) {
      return "-H <hostname> needs -s UTSNAME option";
    }
    if (session.has(REMOUNT) && !namespaces.contains(Namespace.MOUNT)) {
      return "-M needs -s MOUNT option";
    }
    if (session.has(USER) && !namespaces.contains(Namespace.USER)) {
      return "-u <userid> needs -s USER option";
    }
    return "";
  }

  private static Set<Namespace> namespaces(String text) {
    Set<Namespace> namespaces = EnumSet.noneOf(Namespace.class);
    for (String word : text.split("\\|")) {
      namespaces.add(
          switch (word) {
            case "MOUNT" -> Namespace.MOUNT;
            case "PID" -> Namespace.PID;
            case "UTSNAME" -> Namespace.UTS;
            case "IPC" -> Namespace.IPC;
            case "USER" -> Namespace.USER;
            case "NETWORK" -> Namespace.NET;
            case "CGROUP" -> Namespace.CGROUP;
            default -> throw new BadArgument("\"" + word + "\" is no namespace");
          });
    }
    return namespaces;
  }

  private static long id(String text) {
    try {
      long id = Long.parseLong(text);
      if (id >= 0 && id < 1L << 32) {
        return id;
      }
    } catch (NumberFormatException _) {
      // told below, like a number that is too large
    }
    throw new BadArgument("\"" + text + "\" is no user id");
  }

  /** The caller's own id under another number; groups stay as they are, which are nobody's. */
  private static List<Sourced<IdMap>> own(long id, User user) {
    return List.of(
        new Sourced<>(new IdMap(IdMap.Kind.USER, id, user.uid(), 1), Origin.option("-u " + id)));
  }
}
