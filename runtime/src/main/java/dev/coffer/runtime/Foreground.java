package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.WaitStatus;
import java.util.concurrent.CancellationException;

/** A caller who stays with the container that was started for him, until its end. */
final class Foreground {
  private final Lives lives;
  private final Life life;
  private final Caller caller;

  Foreground(Lives lives, Life life, Caller caller) {
    this.lives = lives;
    this.life = life;
    this.caller = caller;
  }

  /**
   * Whoever is told of the end may start anew, so the last clean-up is waited for. A terminal's
   * mode is restored by the executor, which therefore has to be gone, too.
   */
  int awaitEnd() {
    boolean seen = life.followed && follow(caller.ending().orElseThrow());
    boolean sure = seen && !caller.isTerminal(0);
    int code = sure ? life.exitCode : awaitEnded().shellCode();
    lives.awaitGone(life);
    return code;
  }

  /** A caller who was killed leaves the keeper, which must not go on with his terminal. */
  private WaitStatus awaitEnded() {
    try {
      return new WaitStatus(caller.awaitEnded());
    } catch (CancellationException e) {
      lives.keeping(life, Keeping::leaveCaller);
      throw e;
    }
  }

  /**
   * Listens to a keeper in the thread of its caller, which spares the hand-over between threads.
   *
   * @return false if the executor or the caller has gone before the container, or another engine
   *     has its keeper now
   */
  private boolean follow(Fd ending) {
    while (life.isRunning() && !life.elsewhere) {
      if (!life.executor.channel().fd().waitReadableBefore(ending)) {
        life.followed = false;
        lives.watch(life);
        return false;
      }
      lives.handle(life);
    }
    return !life.elsewhere;
  }
}
