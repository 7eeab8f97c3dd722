package dev.coffer.tools.command;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import dev.coffer.network.Broker;
import dev.coffer.network.UserPorts;
import dev.coffer.plan.UserNetwork;
import dev.coffer.runtime.HostFactsReader;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.nio.file.Path;
import java.util.List;

/** {@code coffer broker}: joins ordinary users' containers to bridges. */
public final class BrokerTool implements Tool {
  private static final Option SOCKET =
      Option.value("socket", "PATH", "Listen here instead of at " + UserNetwork.BROKER + ".")
          .ours();
  private static final Option POLICY =
      Option.value("policy", "FILE", "Who may have what, instead of by " + UserPorts.POLICY + ".")
          .ours();
  private static final Option ACCOUNTS =
      Option.value("accounts", "FILE", "Who has what, instead of in " + UserPorts.ACCOUNTS + ".")
          .ours();
  private static final Option CONNECTION =
      Option.flag("connection", "Answer one request, whose connection is standard input.").ours();

  private static final CommandPage PAGE =
      new CommandPage(
          "coffer broker",
          "[OPTION…]",
          "joins ordinary users' containers to bridges of this host",
          "Root runs it as a service. Containers of ordinary users get interfaces of type veth on the"
              + " bridges that lxc-usernet(5) allows: lines \"USER veth BRIDGE COUNT\" or \"@GROUP"
              + " veth BRIDGE COUNT\" in /etc/lxc/lxc-usernet, which is read at each request. What"
              + " users have is counted together with lxc-user-nic(1).\n\n"
              + "A line on standard output tells of each request. It ends with the command: Ctrl+c, or"
              + " a signal. A service that listens itself and starts this for each connection"
              + " (systemd.socket(5), Accept=yes and StandardInput=socket) uses --connection.",
          OptionTable.bare(SOCKET, POLICY, ACCOUNTS, CONNECTION),
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
  public int run(Session session) {
    if (HostFactsReader.uid() != 0) {
      session.log().error("only root may make ports of bridges for others");
      return Runner.FAILED;
    }
    Broker broker =
        new Broker(
            new UserPorts(
                session.path(POLICY).orElse(UserPorts.POLICY),
                session.path(ACCOUNTS).orElse(UserPorts.ACCOUNTS)),
            line -> tell(session, line));
    if (session.has(CONNECTION)) {
      broker.answer(UnixSocket.of(session.invocation().caller().stream(0).orElseThrow()));
      return Runner.OK;
    }
    serve(broker, session);
    return Runner.OK;
  }

  private static void serve(Broker broker, Session session) {
    Path socket = session.path(SOCKET).orElse(Path.of(UserNetwork.BROKER));
    Fd caller = session.invocation().caller().ending().orElseThrow();
    try {
      broker.serve(socket, caller);
    } catch (KernelException e) {
      if (e.is(Errno.EADDRINUSE)) {
        throw new CofferException("a broker is running already", List.of("socket  " + socket));
      }
      throw e;
    }
  }

  /** From several threads. */
  private static void tell(Session session, String line) {
    synchronized (session) {
      session.out().println(line);
      session.flush();
    }
  }
}
