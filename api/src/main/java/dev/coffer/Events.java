package dev.coffer;

import dev.coffer.linux.WaitStatus;
import dev.coffer.runtime.monitor.Listening;
import dev.coffer.runtime.monitor.MonitorMessage;
import dev.coffer.runtime.monitor.MonitorPlace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.function.Consumer;

/**
 * What happens to the containers below one directory from now on, whoever starts and stops them.
 * Comes by the protocol of lxc-monitord(1), in which the first who listens serves the others. Not
 * safe for several threads.
 */
public final class Events implements AutoCloseable {
  private static final long LOOK_AGAIN_MILLIS = 500;

  private final Path lxcPath;
  private final Listening listening;
  private Optional<Thread> teller = Optional.empty();

  Events(Path lxcPath, MonitorPlace place, long uid) {
    this.lxcPath = lxcPath;
    this.listening = Listening.begin(place, uid);
  }

  /**
   * Waits for the next event.
   *
   * @param timeout how long at most, in whole milliseconds
   * @return empty when the time is over
   * @throws dev.coffer.model.CofferException when whoever served the events has ended: one may
   *     listen anew, and has missed what happened in between
   */
  public Optional<ContainerEvent> next(Duration timeout) {
    return listening.next(timeout.toMillis()).map(this::event);
  }

  /** Gives every event to {@code action} until this thread is interrupted. */
  public void forEach(Consumer<ContainerEvent> action) {
    while (!Thread.currentThread().isInterrupted()) {
      next(Duration.ofMillis(LOOK_AGAIN_MILLIS)).ifPresent(action);
    }
  }

  /**
   * The same for those who subscribe: every event from now on, in a thread of its own, until this
   * object is closed. Used in place of {@link #next}, once.
   */
  public Flow.Publisher<ContainerEvent> publish() {
    SubmissionPublisher<ContainerEvent> publisher = new SubmissionPublisher<>();
    teller =
        Optional.of(
            Thread.ofPlatform()
                .daemon()
                .name("coffer-events")
                .start(() -> {
                  try (publisher) {
                    forEach(publisher::submit);
                  } catch (RuntimeException e) {
                    publisher.closeExceptionally(e);
                  }
                }));
    return publisher;
  }

  private ContainerEvent event(MonitorMessage message) {
    return switch (message) {
      case MonitorMessage.Reached(var name, var state) ->
          new ContainerEvent.StateReached(lxcPath, name, state);
      case MonitorMessage.Ended(var name, WaitStatus status) ->
          new ContainerEvent.InitEnded(
              lxcPath, name, status.exited() ? status.code() : 0, status.signal());
    };
  }

  @Override
  public void close() {
    try {
      if (teller.isPresent()) {
        teller.get().interrupt();
        teller.get().join();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      listening.close();
    }
  }
}
