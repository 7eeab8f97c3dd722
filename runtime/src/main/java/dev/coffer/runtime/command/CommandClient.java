package dev.coffer.runtime.command;

import dev.coffer.linux.DeviceRule;
import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.Fds;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerState;
import dev.coffer.runtime.monitor.MonitorMessage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Asks whoever looks after a running container, LXC's monitor or Coffer. A container that nobody
 * looks after is not running: then there is nothing to be had, and its state is STOPPED.
 */
public final class CommandClient {
  private static final int NO_STATE = ContainerState.values().length;
  private static final Logger LOG = System.getLogger("dev.coffer.runtime.command");
  private static final Duration PAUSE = Duration.ofMillis(5);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final String socketName;

  private CommandClient(String socketName) {
    this.socketName = socketName;
  }

  public static CommandClient of(String lxcPath, String name) {
    return new CommandClient(CommandSocketName.of(lxcPath, name));
  }

  /**
   * @param socketName as in /proc/net/unix, without the leading {@code @}
   */
  static CommandClient ofSocket(String socketName) {
    return new CommandClient(socketName);
  }

  public ContainerState state() {
    return number(Command.GET_STATE).map(CommandClient::state).orElse(ContainerState.STOPPED);
  }

  /**
   * The same where the socket may be this process's own by now: a start claims it, and answers by
   * it only when the container runs.
   *
   * @param own whether it is; then the answer is not waited for
   * @return empty if it is
   */
  public Optional<ContainerState> state(BooleanSupplier own) {
    Optional<UnixSocket> connected = connect();
    if (connected.isEmpty()) {
      return Optional.of(ContainerState.STOPPED);
    }
    long end = System.nanoTime() + ANSWER.toNanos();
    try (UnixSocket socket = connected.get()) {
      send(socket, CommandRequest.of(Command.GET_STATE, 0));
      while (!socket.fd().waitReadable(PAUSE.toMillis()) && System.nanoTime() < end) {
        if (own.getAsBoolean()) {
          return Optional.empty();
        }
      }
      try (CommandResponse response = receive(socket)) {
        return Optional.of(
            response.result() < 0 ? ContainerState.STOPPED : state(response.value()));
      }
    } catch (NoAnswerException e) {
      return Optional.of(ContainerState.STOPPED);
    }
  }

  /** As this process sees it. */
  public OptionalInt initPid() {
    return number(Command.GET_INIT_PID)
        .filter(pid -> pid > 0)
        .map(pid -> OptionalInt.of(pid.intValue()))
        .orElse(OptionalInt.empty());
  }

  public Optional<Pidfd> initPidfd() {
    return ask(CommandRequest.of(Command.GET_INIT_PIDFD, 0))
        .flatMap(CommandClient::descriptor)
        .map(Pidfd::of);
  }

  /** The {@code CLONE_NEW…} flags of the container's own namespaces. */
  public Optional<Long> cloneFlags() {
    return number(Command.GET_CLONE_FLAGS);
  }

  /** A value that the container was started with; empty if unset, unknown or not running. */
  public Optional<String> configItem(String key) {
    return text(CommandRequest.of(Command.GET_CONFIG_ITEM, key));
  }

  /** Its cgroup below the hierarchy's top; {@code controller} empty for v2. */
  public Optional<String> cgroupPath(String controller) {
    return text(
        controller.isEmpty()
            ? CommandRequest.of(Command.GET_LIMIT_CGROUP, 0)
            : CommandRequest.of(Command.GET_LIMIT_CGROUP, controller));
  }

  public Optional<String> name() {
    return text(CommandRequest.of(Command.GET_NAME, 0));
  }

  public Optional<String> lxcPath() {
    return text(CommandRequest.of(Command.GET_LXCPATH, 0));
  }

  /**
   * Takes what the console printed and nobody took before.
   *
   * @return empty if nothing is kept, or nothing is new
   */
  public Optional<byte[]> consoleLog(ConsoleLogRequest request) {
    return ask(CommandRequest.of(Command.CONSOLE_LOG, request.encode()))
        .flatMap(response -> {
          response.close();
          return response.result() < 0 ? Optional.empty() : Optional.of(response.payload());
        });
  }

  /** Allows or denies a device on cgroup v2; whether that is in effect. */
  public boolean applyDeviceRule(DeviceRule rule) {
    byte[] item =
        ByteBuffer.allocate(CommandAnswers.DEVICE_LENGTH)
            .order(ByteOrder.nativeOrder())
            .put((byte) rule.type())
            .putInt(4, rule.major())
            .putInt(8, rule.minor())
            .put(12, rule.access().getBytes(StandardCharsets.US_ASCII))
            .putInt(16, rule.allow() ? 1 : 0)
            .array();
    return ask(CommandRequest.of(Command.ADD_BPF_DEVICE_CGROUP, item))
        .map(response -> {
          response.close();
          return response.result() == 0;
        })
        .orElse(false);
  }

  /** The top of the container's devpts. */
  public Optional<Fd> devpts() {
    return ask(CommandRequest.of(Command.GET_DEVPTS_FD, 0)).flatMap(CommandClient::descriptor);
  }

  /**
   * Borrows a terminal.
   *
   * @param number 0 for the console, -1 for the first tty that is free
   * @return empty if it is in use, or there is none
   */
  public Optional<TtyLease> openTty(int number) {
    Optional<UnixSocket> connected = connect();
    if (connected.isEmpty()) {
      return Optional.empty();
    }
    UnixSocket socket = connected.get();
    try {
      CommandResponse response = exchange(socket, CommandRequest.of(Command.GET_TTY_FD, number));
      Optional<Fd> master = descriptor(response);
      if (master.isEmpty()) {
        socket.close();
      }
      return master.map(fd -> new BorrowedTty((int) response.value(), fd, socket));
    } catch (NoAnswerException e) {
      socket.close();
      return Optional.empty();
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Sends init the signal that ends it and waits for the end.
   *
   * @return false if it could not be sent
   */
  public boolean stop() {
    Optional<UnixSocket> connected = connect();
    if (connected.isEmpty()) {
      return true;
    }
    try (UnixSocket socket = connected.get()) {
      send(socket, CommandRequest.of(Command.STOP, 0));
      byte[] answer = read(socket, CommandResponse.HEADER, Optional.empty(), new ArrayList<>());
      return answer.length < CommandResponse.HEADER;
    }
  }

  /** Tells that a tool has brought about a state by itself. */
  public boolean announce(ContainerState state) {
    return ask(CommandRequest.of(Command.SERVE_STATE_CLIENTS, state.ordinal()))
        .map(response -> {
          response.close();
          return response.result() == 0;
        })
        .orElse(false);
  }

  /**
   * Waits for one of the states.
   *
   * @param timeout how long at most; empty for ever
   * @return the state that was reached; empty if the time is over
   */
  public Optional<ContainerState> await(Set<ContainerState> states, Optional<Duration> timeout) {
    Optional<UnixSocket> connected = connect();
    if (connected.isEmpty()) {
      return Optional.of(ContainerState.STOPPED).filter(states::contains);
    }
    try (UnixSocket socket = connected.get()) {
      byte[] wanted = WantedStates.encode(states);
      long answer = exchange(socket, CommandRequest.of(Command.ADD_STATE_CLIENT, wanted)).value();
      if (answer != NO_STATE) {
        return Optional.of(state(answer)).filter(states::contains);
      }
      byte[] message = read(socket, MonitorMessage.LENGTH, timeout, new ArrayList<>());
      if (message.length == MonitorMessage.LENGTH) {
        return MonitorMessage.decode(message)
            .map(told -> told instanceof MonitorMessage.Reached reached ? reached.state() : null)
            .filter(states::contains);
      }
    } catch (NoAnswerException e) {
      LOG.log(Level.DEBUG, socketName + " ended before it answered", e);
    } catch (TimeoutException e) {
      return Optional.empty();
    }
    // The other end has gone, which is what a stopped container's does: soon nobody listens there.
    LockSupport.parkNanos(PAUSE.toNanos());
    return await(states, timeout);
  }

  private Optional<Long> number(Command command) {
    return ask(CommandRequest.of(command, 0))
        .flatMap(response -> {
          response.close(); // no descriptors are expected
          return response.result() < 0 ? Optional.empty() : Optional.of(response.value());
        });
  }

  private Optional<String> text(CommandRequest request) {
    return ask(request)
        .flatMap(response -> {
          response.close();
          byte[] bytes = response.payload();
          if (response.result() < 0 || bytes.length == 0) {
            return Optional.empty();
          }
          int length = bytes.length - (bytes[bytes.length - 1] == 0 ? 1 : 0);
          return Optional.of(new String(bytes, 0, length, StandardCharsets.UTF_8));
        });
  }

  /** Empty if nobody is there, or ends the connection without an answer. */
  private Optional<CommandResponse> ask(CommandRequest request) {
    Optional<UnixSocket> connected = connect();
    if (connected.isEmpty()) {
      return Optional.empty();
    }
    try (UnixSocket socket = connected.get()) {
      return Optional.of(exchange(socket, request));
    } catch (NoAnswerException e) {
      return Optional.empty();
    }
  }

  private Optional<UnixSocket> connect() {
    try {
      return Optional.of(UnixSocket.connectAbstract(socketName));
    } catch (KernelException e) {
      if (e.is(Errno.ECONNREFUSED)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private CommandResponse exchange(UnixSocket socket, CommandRequest request) {
    send(socket, request);
    return receive(socket);
  }

  private CommandResponse receive(UnixSocket socket) {
    List<Fd> fds = new ArrayList<>();
    try {
      byte[] header = read(socket, CommandResponse.HEADER, Optional.of(ANSWER), fds);
      if (header.length < CommandResponse.HEADER) {
        throw new NoAnswerException();
      }
      CommandResponse start = CommandResponse.decode(header, new byte[0], fds);
      byte[] payload = read(socket, CommandResponse.length(header), Optional.of(ANSWER), fds);
      return CommandResponse.decode(header, payload, start.fds());
    } catch (RuntimeException e) {
      Fds.close(fds);
      throw e instanceof TimeoutException
          ? new CofferException("\"" + socketName + "\" does not answer")
          : e;
    }
  }

  private static void send(UnixSocket socket, CommandRequest request) {
    // LXC's monitor asks the kernel who has sent it. Set here, it is told even if it asks too late.
    socket.passCredentials(true);
    try {
      socket.send(request.encode());
    } catch (KernelException e) {
      if (!e.is(Errno.EPIPE)) { // it has answered already, perhaps with a refusal
        throw e;
      }
    }
  }

  /** As many bytes, or fewer if the other end closes before. */
  private static byte[] read(
      UnixSocket socket, int length, Optional<Duration> timeout, List<Fd> fds) {
    byte[] bytes = new byte[length];
    long end = System.nanoTime() + timeout.orElse(Duration.ZERO).toNanos();
    for (int at = 0; at < length; ) {
      long left = timeout.isEmpty() ? -1 : Math.max(0, (end - System.nanoTime()) / 1_000_000);
      if (!socket.fd().waitReadable(left)) {
        throw new TimeoutException();
      }
      int count;
      try {
        count = socket.receive(bytes, at, length - at, fds);
      } catch (KernelException e) {
        count = e.is(Errno.ECONNRESET) ? -1 : rethrow(e);
      }
      if (count < 0) {
        return Arrays.copyOf(bytes, at);
      }
      at += count;
    }
    return bytes;
  }

  private static int rethrow(KernelException e) {
    throw e;
  }

  private static Optional<Fd> descriptor(CommandResponse response) {
    if (response.fds().size() == 1 && response.result() == 0) {
      return Optional.of(response.fds().getFirst());
    }
    response.close();
    return Optional.empty();
  }

  private static ContainerState state(long number) {
    return number >= 0 && number < NO_STATE
        ? ContainerState.values()[(int) number]
        : ContainerState.STOPPED;
  }

  private record BorrowedTty(int number, Fd master, UnixSocket connection) implements TtyLease {
    @Override
    public void close() {
      master.close();
      connection.close(); // that is what frees it
    }
  }

  private static final class NoAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final class TimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
