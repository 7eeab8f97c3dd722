package dev.coffer.tools.command;

import dev.coffer.StartOptions;
import dev.coffer.StartOptions.Kind;
import dev.coffer.model.Namespace;
import dev.coffer.tools.option.Option;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The options that lxc-start and lxc-execute share, one of them also lxc-attach's. */
final class StartArguments {
  static final Option DAEMON =
      Option.flag('d', "daemon", "Return as soon as the container runs, and leave it running.");
  static final Option RC_FILE =
      Option.value('f', "rcfile", "FILE", "Configuration file instead of the container's own.");
  static final Option DEFINE =
      Option.value(
          's', "define", "KEY=VAL", "Set the configuration key KEY to VAL for this start only.");
  static final Option SHARE_NET = share("net", "network");
  static final Option SHARE_IPC = share("ipc", "IPC");
  static final Option SHARE_UTS = share("uts", "host name");
  static final Option SHARE_PID = share("pid", "process id");
  static final Option EXPLAIN =
      Option.flag("explain", "Print the steps of the start and where each comes from; do nothing.")
          .ours();

  private StartArguments() {}

  private static Option share(String name, String title) {
    return Option.value(
        "share-" + name,
        "NAME",
        "Join the " + title + " namespace of another container or of a process id.");
  }

  /** What both tools understand in the same way; the rest of {@link StartOptions} is left empty. */
  static StartOptions read(Session session, Kind kind, boolean foreground) {
    List<String> overrides = session.arguments().values(DEFINE);
    for (String override : overrides) {
      if (override.indexOf('=') < 1) {
        throw new BadArgument("-s " + override + ": expected KEY=VAL");
      }
    }
    StartOptions plain = StartOptions.DETACHED;
    return new StartOptions(
        kind,
        foreground,
        session.operands(),
        session.path(RC_FILE),
        overrides,
        plain.pidFile(),
        plain.console(),
        plain.consoleLog(),
        shares(session),
        OptionalLong.empty(),
        OptionalLong.empty());
  }

  private static Map<Namespace, String> shares(Session session) {
    Map<Namespace, String> shares = new EnumMap<>(Namespace.class);
    session.value(SHARE_NET).ifPresent(whose -> shares.put(Namespace.NET, whose));
    session.value(SHARE_IPC).ifPresent(whose -> shares.put(Namespace.IPC, whose));
    session.value(SHARE_UTS).ifPresent(whose -> shares.put(Namespace.UTS, whose));
    session.value(SHARE_PID).ifPresent(whose -> shares.put(Namespace.PID, whose));
    return shares;
  }
}
