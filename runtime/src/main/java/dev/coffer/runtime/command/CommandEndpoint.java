package dev.coffer.runtime.command;

import dev.coffer.linux.Credentials;
import dev.coffer.linux.Errno;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.ContainerState;
import dev.coffer.runtime.monitor.MonitorMessage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One container's command socket while it is served. */
public final class CommandEndpoint implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.coffer.runtime.command");

  private static final int NO_STATE = ContainerState.values().length;

  private final CommandServer server;
  private final UnixSocket listener;
  private final CommandTarget target;
  private final CommandAnswers answers;
  private final Set<CommandConnection> connections = new HashSet<>();
  private boolean retired;
  private boolean closed;

  CommandEndpoint(CommandServer server, UnixSocket listener, CommandTarget target) {
    this.server = server;
    this.listener = listener;
    this.target = target;
    this.answers = new CommandAnswers(target);
  }

  /** Tells the clients that wait for the state, which the container has reached by now. */
  public void announce(ContainerState state) {
    for (CommandConnection client : takeThoseWhoWant(state)) {
      client.send(new MonitorMessage.Reached(target.name(), state));
      drop(client);
    }
  }

  /**
   * Accepts no more clients; those who are there are served on. The listening socket stays open: it
   * is whose it was, and may be closed from now on.
   */
  public void retire() {
    synchronized (this) {
      if (retired) {
        return;
      }
      retired = true;
    }
    server.forget(listener.fd());
  }

  /** Whether clients wait for something, or hold a terminal. */
  public synchronized boolean isBusy() {
    return !connections.isEmpty();
  }

  /** Ends it all. */
  @Override
  public void close() {
    retire();
    List<CommandConnection> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(connections);
    }
    left.forEach(this::drop);
  }

  /** A client has connected. */
  void accept() {
    Optional<UnixSocket> accepted = listener.accept(0);
    if (accepted.isEmpty()) {
      return;
    }
    CommandConnection client = new CommandConnection(accepted.get());
    if (!isAllowed(accepted.get().peer())) {
      client.send(CommandResponse.of(Errno.EPERM));
      client.close();
      return;
    }
    if (add(client)) {
      server.watch(client.fd(), () -> serve(client));
    } else {
      client.close();
    }
  }

  private boolean isAllowed(Credentials peer) {
    return peer.uid() == 0 || peer.uid() == server.user() && peer.gid() == server.group();
  }

  /** A client has sent something, or left. */
  private void serve(CommandConnection client) {
    if (client.awaitsListener()) {
      client
          .takeListener()
          .ifPresentOrElse(
              listener -> carryOut(client, answers.listener(listener)), () -> drop(client));
      return;
    }
    if (!client.take()) {
      drop(client);
      return;
    }
    Optional<CommandRequest> request = client.request();
    if (request.isEmpty()) {
      return;
    }
    if (CommandAnswers.isSlow(request.get())) {
      Thread.ofPlatform()
          .daemon()
          .name("coffer-command")
          .start(() -> answer(client, request.get()));
    } else {
      answer(client, request.get());
    }
  }

  private void answer(CommandConnection client, CommandRequest request) {
    Reply reply;
    try {
      reply = answers.answer(request);
    } catch (RuntimeException e) {
      // One container in disorder must not end the service for all others.
      LOG.log(Level.WARNING, target.name() + ": command " + request.command() + ": " + e);
      reply = new Reply.Answered(CommandResponse.of(Errno.EIO));
    }
    carryOut(client, reply);
  }

  private void carryOut(CommandConnection client, Reply reply) {
    switch (reply) {
      case Reply.Answered(CommandResponse response) -> {
        send(client, response);
        drop(client);
      }
      case Reply.Ended _ -> drop(client);
      case Reply.UntilStopped _ -> {}
      case Reply.Leased(CommandResponse response, TtyLease lease) -> {
        client.hold(lease);
        send(client, response);
      }
      case Reply.ListenerExpected _ -> client.awaitListener();
      case Reply.Waiting(WantedStates wanted) -> await(client, wanted);
    }
  }

  private void send(CommandConnection client, CommandResponse response) {
    try (response) {
      client.send(response);
    }
  }

  /** Looking, registering and telling so are one act: no change of state falls in between. */
  private void await(CommandConnection client, WantedStates wanted) {
    boolean reached;
    synchronized (this) {
      ContainerState now = target.state();
      reached = wanted.now().contains(now);
      client.want(reached ? Set.of() : wanted.states());
      send(client, CommandResponse.ofState(reached ? now.ordinal() : NO_STATE));
    }
    if (reached) {
      drop(client);
    }
  }

  private synchronized List<CommandConnection> takeThoseWhoWant(ContainerState state) {
    List<CommandConnection> found = new ArrayList<>();
    for (CommandConnection client : connections) {
      if (client.wants(state)) {
        client.want(Set.of());
        found.add(client);
      }
    }
    return found;
  }

  private synchronized boolean add(CommandConnection client) {
    return !closed && connections.add(client);
  }

  private void drop(CommandConnection client) {
    synchronized (this) {
      if (!connections.remove(client)) {
        return;
      }
    }
    try {
      server.forget(client.fd());
    } catch (KernelException | IllegalStateException e) {
      LOG.log(Level.DEBUG, "a client was forgotten twice", e);
    }
    client.close();
  }
}
