package dev.coffer.runtime;

import dev.coffer.linux.CgroupTrees;
import dev.coffer.model.ContainerState;
import dev.coffer.runtime.command.CommandEndpoint;
import dev.coffer.runtime.command.CommandServer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Lets LXC's tools speak with the containers that run here, from their start to their end. */
public final class CommandService implements AutoCloseable {
  private final CommandServer server = new CommandServer();
  private final Map<Life, CommandEndpoint> endpoints = new ConcurrentHashMap<>();
  private final Lives lives;
  private final CgroupTrees.Layout layout;

  public CommandService(Lives lives, CgroupTrees.Layout layout) {
    this.lives = lives;
    this.layout = layout;
    lives.onRunning(this::serve);
    lives.onStopped(this::retire);
  }

  /** Whether clients wait for something that would be lost with this process. */
  public boolean isBusy() {
    return endpoints.values().stream().anyMatch(CommandEndpoint::isBusy);
  }

  /** Ends the service; call it before the sockets are closed. */
  @Override
  public void close() {
    endpoints.values().forEach(CommandEndpoint::close);
    server.close();
  }

  private void serve(Life life) {
    CommandEndpoint endpoint = server.serve(life.command(), new LifeCommands(lives, life, layout));
    endpoints.put(life, endpoint);
    life.addListener(state -> hear(life, endpoint, state));
  }

  private void hear(Life life, CommandEndpoint endpoint, ContainerState state) {
    endpoint.announce(state);
    if (state == ContainerState.STOPPED) {
      endpoint.close();
      endpoints.remove(life);
    }
  }

  /**
   * The socket is given up before the container is called stopped, so that its name is free then.
   */
  private void retire(Life life) {
    CommandEndpoint endpoint = endpoints.get(life);
    if (endpoint != null) {
      endpoint.retire();
    }
  }
}
