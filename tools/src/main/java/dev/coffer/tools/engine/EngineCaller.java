package dev.coffer.tools.engine;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Frame;
import dev.coffer.linux.UnixSocket;
import dev.coffer.linux.WindowSize;
import dev.coffer.model.CofferException;
import dev.coffer.runtime.Caller;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** A client of the engine, at the other end of a socket. */
final class EngineCaller implements Caller {
  private static final int STREAMS = 3;

  private final UnixSocket client;
  private final Request request;
  private final Installation installation;
  private final Fd[] streams = new Fd[STREAMS];
  private final int pid;
  private List<Optional<WindowSize>> sizes;
  private Optional<Ahead> ahead = Optional.empty();

  private record Ahead(UnixSocket channel, boolean foreground) {}

  /**
   * @param fds those that came with the request, in order; they stay the caller's to close
   */
  EngineCaller(
      UnixSocket client, Request request, List<Fd> fds, int pid, Installation installation) {
    this.client = client;
    this.request = request;
    this.installation = installation;
    this.pid = pid;
    int next = 0;
    for (int number = 0; number < STREAMS; number++) {
      if ((request.descriptors() & 1 << number) != 0) {
        streams[number] = fds.get(next++);
      }
    }
  }

  @Override
  public Path cwd() {
    return Path.of(request.cwd().isEmpty() ? "/" : request.cwd());
  }

  @Override
  public Map<String, String> environment() {
    return request.environment();
  }

  @Override
  public Optional<Fd> stream(int number) {
    return Optional.ofNullable(streams[number]);
  }

  public boolean isTerminal(int number) {
    return sizes().get(number).isPresent();
  }

  /** Looked at once: a tool asks several times, and each answer is a system call. */
  private synchronized List<Optional<WindowSize>> sizes() {
    if (sizes == null) {
      sizes = new ArrayList<>();
      for (int number = 0; number < STREAMS; number++) {
        sizes.add(stream(number).flatMap(WindowSize::read));
      }
    }
    return sizes;
  }

  /** Width of the first of the standard streams that is a terminal; 0 where none is. */
  int columns() {
    for (int number : new int[] {1, 2, 0}) {
      Optional<WindowSize> size = sizes().get(number);
      if (size.isPresent()) {
        return size.get().columns();
      }
    }
    return 0;
  }

  @Override
  public void launchAhead(boolean foreground) {
    closeAhead();
    ahead = Optional.of(new Ahead(start(foreground), foreground));
  }

  @Override
  public UnixSocket launch(boolean foreground) {
    Optional<Ahead> ready = ahead.filter(one -> one.foreground() == foreground);
    if (ready.isEmpty()) {
      closeAhead();
      return start(foreground);
    }
    ahead = Optional.empty();
    return ready.get().channel();
  }

  /** An executor whose channel closes ends. */
  void closeAhead() {
    ahead.ifPresent(one -> one.channel().close());
    ahead = Optional.empty();
  }

  private UnixSocket start(boolean foreground) {
    UnixSocket[] channel = UnixSocket.pair();
    try (UnixSocket executors = channel[1]) {
      int mode = foreground ? ClientFrames.RUN_FOREGROUND : ClientFrames.RUN_DETACHED;
      List<Fd> fds = List.of(installation.launcherImage(), executors.fd());
      send(new Frame(ClientFrames.RUN, encode(mode), fds));
      // The kernel puts the client that it wakes on this processor, to wait until this thread
      // sleeps; what it starts goes to another one and is to run meanwhile.
      Thread.yield();
      return channel[0];
    } catch (RuntimeException e) {
      channel[0].close();
      throw e;
    }
  }

  @Override
  public Optional<Fd> ending() {
    return Optional.of(client.fd());
  }

  @Override
  public int awaitEnded() {
    try (Frame frame = Frame.read(client)) {
      if (frame == null) {
        throw new CancellationException("the caller is gone");
      }
      if (frame.kind() != ClientFrames.ENDED || frame.payload().length != Integer.BYTES) {
        throw new CofferException("received a frame of kind " + frame.kind() + " from the client");
      }
      return ByteBuffer.wrap(frame.payload()).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }
  }

  public int pid() {
    return pid;
  }

  /** Frames may come from several threads. */
  synchronized void send(Frame frame) {
    frame.write(client);
  }

  static byte[] encode(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}
