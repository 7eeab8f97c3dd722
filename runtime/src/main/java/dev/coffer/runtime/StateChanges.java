package dev.coffer.runtime;

import dev.coffer.model.ContainerState;
import dev.coffer.runtime.monitor.MonitorMessage;
import dev.coffer.runtime.monitor.Teller;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Tells whoever waits for a container's state of every change, also of those that pass quickly. */
final class StateChanges {
  private final List<Waiter> waiters = new ArrayList<>();
  private final Teller teller;

  /**
   * @param teller for who listens to all containers
   */
  StateChanges(Teller teller) {
    this.teller = teller;
  }

  /** Somebody who waits for one of some states of a container. */
  static final class Waiter {
    private final Path lxcPath;
    private final String name;
    private final Optional<Life> life;
    private final Set<ContainerState> wanted;
    private boolean met;

    /**
     * @param life the one there is when the waiting begins: its end counts even if the next one has
     *     begun by then
     */
    Waiter(Path lxcPath, String name, Optional<Life> life, Set<ContainerState> wanted) {
      this.lxcPath = lxcPath;
      this.name = name;
      this.life = life;
      this.wanted = Set.copyOf(wanted);
    }

    private boolean waitsFor(Life changed, ContainerState state, boolean hasName) {
      boolean same = changed.name().equals(name) && changed.lxcPath().equals(lxcPath);
      return same
          && wanted.contains(state)
          && (hasName || life.filter(changed::equals).isPresent());
    }
  }

  /**
   * @param hasName whether it is the life that its container's name stands for
   */
  synchronized void tell(Life life, ContainerState state, boolean hasName) {
    life.tell(state);
    teller.tell(life.lxcPath(), new MonitorMessage.Reached(life.name(), state));
    waiters.stream()
        .filter(waiter -> waiter.waitsFor(life, state, hasName))
        .forEach(waiter -> waiter.met = true);
    notifyAll();
  }

  /**
   * Waits for the end of a life.
   *
   * @return false if this thread was interrupted
   */
  synchronized boolean awaitGone(Life life) {
    while (life.state() != ContainerState.STOPPED) {
      if (!pause(0)) {
        return false;
      }
    }
    return true;
  }

  /** Waits for the next life of a container that reboots to run. */
  synchronized boolean awaitGeneration(Life life, long generation, Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    while (life.generation < generation || life.state() != ContainerState.RUNNING) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0 || life.state() == ContainerState.STOPPED || !pause(left)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Waits until the state is a wanted one or was for a moment.
   *
   * @param state as it is now
   * @param timeout how long at most; empty for ever
   */
  synchronized boolean await(
      Waiter waiter, Supplier<ContainerState> state, Optional<Duration> timeout) {
    long end = timeout.map(limit -> System.nanoTime() + limit.toNanos()).orElse(Long.MAX_VALUE);
    waiters.add(waiter);
    try {
      while (!waiter.met && !waiter.wanted.contains(state.get())) {
        long left = timeout.isEmpty() ? 0 : (end - System.nanoTime()) / 1_000_000;
        if (timeout.isPresent() && left <= 0 || !pause(left)) {
          return false;
        }
      }
      return true;
    } finally {
      waiters.remove(waiter);
    }
  }

  /**
   * @param millis 0 for ever
   */
  private boolean pause(long millis) {
    try {
      wait(millis);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
