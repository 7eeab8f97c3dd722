package dev.coffer.autostart;

import dev.coffer.AttachOptions;
import dev.coffer.Coffer;
import dev.coffer.Container;
import dev.coffer.Execution;
import dev.coffer.StartOptions;
import dev.coffer.StopOptions;
import dev.coffer.autostart.Schedule.Turn;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;

/** Starts, restarts or stops many containers, one after the other or side by side. */
public final class Autostart {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  /** What is done with each. */
  public enum Action {
    /** Start those that do not run. */
    START,
    /** Restart those that run. */
    REBOOT,
    /** Have those that run shut down. */
    SHUTDOWN,
    /** Kill those that run. */
    KILL;

    /** Whether it is for containers that run. */
    private boolean ofRunning() {
      return this != START;
    }
  }

  private final Action action;
  private final Map<String, Container> containers = new HashMap<>();
  private final List<Turn> turns;
  private final int defined;

  /**
   * @param lxcPath directory of the containers
   * @throws CofferException if what the containers need of each other cannot be fulfilled
   */
  public Autostart(Coffer coffer, Path lxcPath, Selection selection, Action action) {
    this.action = action;
    List<Candidate> all = new ArrayList<>();
    for (Container container : coffer.containers(lxcPath)) {
      if (container.isDefined()) {
        containers.put(container.name(), container);
        all.add(Candidate.of(container));
      }
    }
    this.defined = all.size();
    List<Selection.Rank> ranks = selection.ranks(all);
    this.turns =
        switch (action) {
          case START -> Schedule.ofStart(all, ranks);
          case REBOOT -> Schedule.ofRestart(ranks);
          case SHUTDOWN, KILL -> Schedule.ofStop(ranks);
        };
  }

  /** How many containers there are, chosen or not. */
  public int defined() {
    return defined;
  }

  /** Those to be acted on, in order: for a start the stopped ones, otherwise the running ones. */
  public List<Candidate> affected() {
    return turns.stream()
        .map(Turn::candidate)
        .filter(candidate -> isRunning(candidate) == action.ofRunning())
        .toList();
  }

  private boolean isRunning(Candidate candidate) {
    return containers.get(candidate.name()).state() != ContainerState.STOPPED;
  }

  /**
   * Does it.
   *
   * @param timeout what a shutdown may take before the container is killed
   * @param atOnce how many are acted on at the same time at most; with 1 they follow each other in
   *     their order, with more each begins as soon as all of lower order and all it needs are done
   * @param failures told of each one that failed, from whichever thread
   * @return how many failed
   */
  public int run(Duration timeout, int atOnce, BiConsumer<String, CofferException> failures) {
    Map<String, CompletableFuture<Boolean>> ends = new HashMap<>();
    CompletableFuture<?> last = CompletableFuture.completedFuture(true);
    try (ExecutorService pool =
        Executors.newFixedThreadPool(
            atOnce, Thread.ofPlatform().daemon().name("coffer-autostart-", 0).factory())) {
      for (Turn turn : turns) {
        List<CompletableFuture<?>> before = new ArrayList<>();
        if (atOnce == 1) {
          before.add(last);
        }
        turn.after().forEach(name -> before.add(ends.get(name)));
        turn.required().forEach(name -> before.add(ends.get(name)));
        CompletableFuture<Boolean> end =
            CompletableFuture.allOf(before.toArray(CompletableFuture[]::new))
                .thenApplyAsync(_ -> take(turn, ends, timeout, failures), pool);
        ends.put(turn.candidate().name(), end);
        last = end;
      }
      return awaitAll(ends, pool);
    }
  }

  private static int awaitAll(Map<String, CompletableFuture<Boolean>> ends, ExecutorService pool) {
    try {
      CompletableFuture.allOf(ends.values().toArray(CompletableFuture[]::new)).get();
    } catch (InterruptedException _) {
      pool.shutdownNow();
      Thread.currentThread().interrupt();
      throw new CancellationException("the caller is gone");
    } catch (ExecutionException e) {
      pool.shutdownNow();
      throw new IllegalStateException(e.getCause());
    }
    return (int) ends.values().stream().filter(end -> !end.join()).count();
  }

  private boolean take(
      Turn turn,
      Map<String, CompletableFuture<Boolean>> ends,
      Duration timeout,
      BiConsumer<String, CofferException> failures) {
    Candidate candidate = turn.candidate();
    try {
      for (String name : turn.required()) {
        if (!ends.get(name).join()) {
          throw new CofferException(
              "it needs " + name + ", which did not start",
              List.of("from  coffer.start.needs of " + candidate.name()));
        }
      }
      act(candidate, timeout);
      return true;
    } catch (CofferException e) {
      failures.accept(candidate.name(), e);
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void act(Candidate candidate, Duration timeout) throws InterruptedException {
    Container container = containers.get(candidate.name());
    if (isRunning(candidate) != action.ofRunning()) {
      return;
    }
    switch (action) {
      case START -> {
        container.start(StartOptions.DETACHED);
        Thread.sleep(candidate.delay());
        awaitReady(container, candidate);
      }
      case REBOOT -> {
        container.stop(new StopOptions(StopOptions.Action.REBOOT, timeout, false, false));
        Thread.sleep(candidate.delay());
      }
      case SHUTDOWN -> stop(container, StopOptions.Action.SHUTDOWN, timeout);
      case KILL -> stop(container, StopOptions.Action.KILL, timeout);
    }
  }

  private static void stop(Container container, StopOptions.Action how, Duration timeout) {
    if (!container.stop(new StopOptions(how, timeout, true, true))) {
      throw new CofferException("it has not stopped");
    }
  }

  private static void awaitReady(Container container, Candidate candidate)
      throws InterruptedException {
    if (candidate.ready().isEmpty()) {
      return;
    }
    String command = candidate.ready().get();
    long end = System.nanoTime() + candidate.readyTimeout().toNanos();
    while (!isReady(container, command, Duration.ofNanos(end - System.nanoTime()))) {
      if (System.nanoTime() > end || container.state() == ContainerState.STOPPED) {
        throw new CofferException(
            "it was not ready after " + candidate.readyTimeout().toSeconds() + " seconds",
            List.of(
                "from  coffer.start.ready = " + command,
                "hint  lxc-attach -n " + container.name() + " runs the command by hand"));
      }
      Thread.sleep(LOOK_AGAIN);
    }
  }

  private static boolean isReady(Container container, String command, Duration left)
      throws InterruptedException {
    AttachOptions options = AttachOptions.of("/bin/sh", "-c", command + " >/dev/null 2>&1");
    try (Execution check = container.exec(options)) {
      check.input().close();
      OptionalInt status = check.await(left);
      return status.isPresent() && status.getAsInt() == 0;
    } catch (CofferException | IOException _) {
      return false; // it has just ended, or has no shell yet; looked at again until the time is
      // over
    }
  }
}
