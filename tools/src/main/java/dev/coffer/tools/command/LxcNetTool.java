package dev.coffer.tools.command;

import dev.coffer.model.CofferException;
import dev.coffer.network.BridgeNetwork;
import dev.coffer.network.Networks;
import dev.coffer.network.Networks.State;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.OptionTable;
import java.util.List;
import java.util.Optional;

/**
 * lxc-net, what the service lxc-net runs: LXC's own words and exit codes. Either can end what the
 * other began.
 */
final class LxcNetTool implements Tool {
  private static final int BAD_USAGE = 2;

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-net",
          "start|stop|restart|reload|force-reload",
          "makes the bridge of /etc/default/lxc-net and ends it",
          "",
          OptionTable.bare(),
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
    String verb = session.operands().isEmpty() ? "" : session.operands().getFirst();
    return switch (verb) {
      case "start" -> start(session);
      case "stop" -> stop(session);
      case "restart", "reload", "force-reload" -> {
        stop(session);
        yield start(session);
      }
      default -> {
        session.out().print("Usage: lxc-net {start|stop|restart|reload|force-reload}\n");
        yield BAD_USAGE;
      }
    };
  }

  private static int start(Session session) {
    Networks networks = session.coffer().networks();
    Optional<BridgeNetwork> lxc = networks.lxc();
    if (lxc.isEmpty()) {
      return Runner.OK;
    }
    try {
      State state = networks.status(lxc.get()).state();
      if (state == State.UP) {
        session.out().print("lxc-net is already running\n");
        return Runner.FAILED;
      }
      if (state == State.FOREIGN) {
        networks.stop(lxc.get());
      }
      networks.start(lxc.get());
    } catch (CofferException e) {
      session.log().error(e.getMessage(), e.details());
      session.err().print("Failed to setup lxc-net.\n");
      return Runner.FAILED;
    }
    return Runner.OK;
  }

  private static int stop(Session session) {
    Networks networks = session.coffer().networks();
    Optional<BridgeNetwork> lxc = networks.lxc();
    if (lxc.isEmpty()) {
      return Runner.OK;
    }
    State state = networks.status(lxc.get()).state();
    if (state == State.DOWN || state == State.FOREIGN) {
      session.out().print("lxc-net isn't running\n");
      return Runner.FAILED;
    }
    networks.stop(lxc.get());
    return Runner.OK;
  }
}
