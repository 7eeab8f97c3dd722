package dev.coffer.runtime;

import dev.coffer.linux.HostFiles;
import dev.coffer.linux.LockFile;
import dev.coffer.model.CofferException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A container that another process has taken over from this one: a keeper serves the engine that
 * connected last. It lives on and is the other's to clean up; here only its end is awaited, for
 * those who wait for it.
 */
final class Elsewhere {
  private static final String TITLE = "[coffer keeper]";
  private static final Duration OTHERS_FIRST = Duration.ofMillis(300);
  private static final Duration CLEAN_UP = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Lives lives;
  private final Life life;

  Elsewhere(Lives lives, Life life) {
    this.lives = lives;
    this.life = life;
  }

  /**
   * Whether a container's keeper lives, now that its channel has closed. A process that ends gives
   * up its memory, and with it its command line, before its descriptors: so a keeper that died has
   * no title by now, and one that closed the channel for another engine has.
   */
  static boolean keeperLives(Life life) {
    return life.keeperPid() > 0
        && HostFiles.readIfThere(Path.of("/proc/" + life.keeperPid() + "/cmdline"))
            .filter(title -> title.startsWith(TITLE))
            .isPresent();
  }

  Life life() {
    return life;
  }

  /**
   * Its first process has ended: the other cleans up, or starts it again. A rebooted container, and
   * one whose other keeper-holder has died too, is taken back.
   */
  void initEnded() {
    pause(OTHERS_FIRST);
    while (keeperLives(life)) {
      if (lives.takeBack(life)) {
        return;
      }
      pause(PAUSE);
    }
    long end = System.nanoTime() + CLEAN_UP.toNanos();
    while (life.directory().exists() && System.nanoTime() < end) {
      Optional<LockFile> nobodyElse = life.directory().tryLock();
      if (nobodyElse.isPresent()) {
        nobodyElse.get().close();
        lives.recover(life.directory());
      }
      pause(PAUSE);
    }
    lives.forget(life);
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CofferException("interrupted");
    }
  }
}
