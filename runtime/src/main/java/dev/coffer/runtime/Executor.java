package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Frame;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import dev.coffer.runtime.program.Program;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The engine's end of an executor's channel (native/PROTOCOL.md). Runs one program at a time; what
 * the executor says unasked (its main child ended) is kept until someone looks. Every frame is
 * checked as if forged.
 */
public final class Executor implements AutoCloseable {
  private static final int PROGRAM = 32;
  private static final int QUIT = 33;
  private static final int CONTINUE = 34;
  private static final int ABORT = 35;
  private static final int DONE = 48;
  private static final int FAILED = 49;
  private static final int EXITED = 50;
  private static final int REPORT = 51;
  private static final int REGISTERS = 64;
  private static final int MOST_OUTPUT = 4096;

  private final UnixSocket channel;
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Exit> exits = new ArrayDeque<>();
  private Optional<Program> ahead = Optional.empty();
  private boolean lost;

  public Executor(UnixSocket channel) {
    this.channel = channel;
  }

  /** The end of the main child. */
  public record Exit(int pid, int waitStatus) {}

  /** How a program ended. */
  public sealed interface Outcome {
    /** All operations were carried out. */
    record Done(long[] registers) implements Outcome {}

    /**
     * An operation failed and the main child, if there was one, is gone.
     *
     * @param program the one sent ahead, if it is to blame
     * @param errno 0 when a command ended with {@code waitStatus} instead
     * @param output the last lines that command wrote
     */
    record Failed(
        Optional<Program> program,
        int operation,
        int errno,
        int waitStatus,
        boolean inChild,
        String output)
        implements Outcome {
      private Failed of(Program ahead) {
        return new Failed(Optional.of(ahead), operation, errno, waitStatus, inChild, output);
      }
    }

    /** The executor is gone. */
    record Lost() implements Outcome {}
  }

  /** What the engine does at a REPORT; descriptors are the receiver's to close. */
  @FunctionalInterface
  public interface Reports {
    void report(int tag, long[] registers, List<Fd> fds);
  }

  /** Sends a program and does not wait; the next {@link #run} tells how it ended. */
  public void send(Program program) {
    lock.lock();
    try {
      ahead = Optional.of(program);
      begin(program, List.of());
    } catch (KernelException _) {
      lost = true; // which the next program finds out
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the end of a program that was sent ahead, if one was. */
  void settle() {
    lock.lock();
    try {
      if (ahead.isPresent() && !lost) {
        ahead = Optional.empty();
        await((_, _, fds) -> fds.forEach(Fd::close));
      }
    } catch (KernelException _) {
      lost = true;
    } finally {
      lock.unlock();
    }
  }

  /** Runs a program to its end. */
  public Outcome run(Program program, List<Fd> fds, Reports reports) {
    return run(program, fds, () -> {}, reports);
  }

  /**
   * Runs a program to its end.
   *
   * @param meanwhile the engine's part, done while the program runs; what it throws ends the
   *     program
   */
  public Outcome run(Program program, List<Fd> fds, Runnable meanwhile, Reports reports) {
    lock.lock();
    try {
      begin(program, fds);
      doMeanwhile(meanwhile);
      return await(program, reports);
    } catch (KernelException e) {
      lost = true;
      return new Outcome.Lost();
    } finally {
      lock.unlock();
    }
  }

  /** Where the program sent ahead failed, this one had to fail for want of it. */
  private Outcome await(Program program, Reports reports) {
    if (ahead.isEmpty()) {
      return await(reports);
    }
    Program first = ahead.get();
    ahead = Optional.empty();
    Outcome before = await(reports);
    Outcome outcome = before instanceof Outcome.Lost ? before : await(reports);
    return before instanceof Outcome.Failed failed && outcome instanceof Outcome.Failed
        ? failed.of(first)
        : outcome;
  }

  private void doMeanwhile(Runnable meanwhile) {
    try {
      meanwhile.run();
    } catch (RuntimeException | Error e) {
      abort();
      throw e;
    }
  }

  private void begin(Program program, List<Fd> fds) {
    Frame frame = new Frame(PROGRAM, program.payload(), fds);
    frame.write(channel);
  }

  /** Asks an executor that has just been connected to for a sign of life. */
  public void ask(Program nothing) {
    lock.lock();
    try {
      begin(nothing, List.of());
    } finally {
      lock.unlock();
    }
  }

  /** Whether the answer is there in time. */
  public boolean answers(Duration limit) {
    return channel.fd().waitReadable(limit.toMillis());
  }

  /** The answer to {@link #ask}: what its registers hold. */
  public Outcome answer() {
    lock.lock();
    try {
      return await((_, _, fds) -> fds.forEach(Fd::close));
    } catch (KernelException _) {
      lost = true;
      return new Outcome.Lost();
    } finally {
      lock.unlock();
    }
  }

  private Outcome await(Reports reports) {
    while (true) {
      Frame frame = Frame.read(channel);
      if (frame == null) {
        lost = true;
        return new Outcome.Lost();
      }
      ByteBuffer payload = ByteBuffer.wrap(frame.payload()).order(ByteOrder.LITTLE_ENDIAN);
      switch (frame.kind()) {
        case DONE -> {
          frame.close();
          return new Outcome.Done(registers(payload));
        }
        case FAILED -> {
          return failed(payload, frame.fds());
        }
        case EXITED -> {
          frame.close();
          exits.add(exit(payload));
        }
        case REPORT -> {
          require(payload, 8);
          payload.getInt();
          int tag = payload.getInt();
          try {
            reports.report(tag, registers(payload), frame.fds());
          } catch (RuntimeException | Error e) {
            abort();
            throw e;
          }
        }
        default -> throw unexpected(frame);
      }
    }
  }

  /** Lets an executor go on that waits at a report. */
  public void proceed() {
    byte[] none = new byte[4];
    Frame.of(CONTINUE, none).write(channel);
  }

  /**
   * The engine cannot do its part, so the program is given up; whatever else it says is of no
   * interest.
   */
  private void abort() {
    try {
      Frame.of(ABORT, new byte[0]).write(channel);
      await((_, _, fds) -> fds.forEach(Fd::close));
    } catch (KernelException | CofferException _) {
      // it is gone already, which is what was wanted
      lost = true;
    }
  }

  private static Outcome failed(ByteBuffer payload, List<Fd> fds) {
    require(payload, 16);
    int operation = payload.getInt();
    int errno = payload.getInt();
    int status = payload.getInt();
    boolean inChild = payload.getInt() != 0;
    String output = "";
    for (Fd fd : fds) {
      try (fd) {
        output = tail(fd);
      } catch (IOException | KernelException _) {
        // the output only explains the failure; without it the failure is still told
        output = "";
      }
    }
    return new Outcome.Failed(Optional.empty(), operation, errno, status, inChild, output);
  }

  /** What a hook wrote last; one of the container's may have made it as long as it likes. */
  private static String tail(Fd fd) throws IOException {
    try (FileChannel file = FileChannel.open(Path.of("/proc/self/fd/" + fd.number()))) {
      file.position(Math.max(0, file.size() - MOST_OUTPUT));
      ByteBuffer end = ByteBuffer.allocate(MOST_OUTPUT);
      while (end.hasRemaining() && file.read(end) > 0) {}
      return StandardCharsets.UTF_8.decode(end.flip()).toString().replace("\0", "").strip();
    }
  }

  /**
   * Takes in what the executor said unasked, without blocking for long; for use when the channel is
   * readable. Empty when another thread is running a program, which then sees it.
   */
  public Optional<Event> readEvent() {
    if (!lock.tryLock()) {
      return Optional.empty();
    }
    try {
      Exit early = exits.poll();
      if (early != null) {
        return Optional.of(new Event.Ended(early));
      }
      if (ahead.isPresent() || !channel.fd().waitReadable(0)) {
        return Optional.empty(); // an answer to what was sent ahead is not ours
      }
      Frame frame = Frame.read(channel);
      if (frame == null) {
        lost = true;
        return Optional.of(new Event.Gone());
      }
      frame.close();
      if (frame.kind() != EXITED) {
        throw unexpected(frame);
      }
      return Optional.of(
          new Event.Ended(exit(ByteBuffer.wrap(frame.payload()).order(ByteOrder.LITTLE_ENDIAN))));
    } catch (KernelException e) {
      lost = true;
      return Optional.of(new Event.Gone());
    } finally {
      lock.unlock();
    }
  }

  /** Something the executor says unasked. */
  public sealed interface Event {
    /** The main child ended. */
    record Ended(Exit exit) implements Event {}

    /** The executor is gone. */
    record Gone() implements Event {}
  }

  /** Whether an end was told while a program ran. */
  public boolean hasPendingExit() {
    lock.lock();
    try {
      return !exits.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** An end that was told while a program ran. */
  public Optional<Exit> takeExit() {
    lock.lock();
    try {
      return Optional.ofNullable(exits.poll());
    } finally {
      lock.unlock();
    }
  }

  /** Ends the executor with an exit code. */
  public void quit(int code) {
    lock.lock();
    try {
      if (!lost) {
        byte[] payload = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(code).array();
        Frame.of(QUIT, payload).write(channel);
      }
    } catch (KernelException _) {
      // it is gone already, which is what was wanted
      lost = true;
    } finally {
      lock.unlock();
    }
  }

  public UnixSocket channel() {
    return channel;
  }

  private static Exit exit(ByteBuffer payload) {
    require(payload, 8);
    return new Exit(payload.getInt(), payload.getInt());
  }

  private static long[] registers(ByteBuffer payload) {
    require(payload, REGISTERS * 8);
    long[] registers = new long[REGISTERS];
    for (int i = 0; i < REGISTERS; i++) {
      registers[i] = payload.getLong();
    }
    return registers;
  }

  private static void require(ByteBuffer payload, int bytes) {
    if (payload.remaining() < bytes) {
      throw new CofferException("the launcher sent a message that is too short");
    }
  }

  private static RuntimeException unexpected(Frame frame) {
    frame.close();
    return new CofferException("the launcher sent an unexpected message of kind " + frame.kind());
  }

  @Override
  public void close() {
    channel.close();
  }
}
