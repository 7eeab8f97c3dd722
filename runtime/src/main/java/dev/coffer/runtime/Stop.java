package dev.coffer.runtime;

import dev.coffer.linux.WaitStatus;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerState;
import dev.coffer.model.HookType;
import dev.coffer.model.Restart;
import dev.coffer.model.plan.Place;
import dev.coffer.model.plan.RunHook;
import dev.coffer.runtime.monitor.MonitorMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What follows when a container's first process has ended: hooks, clean-up, perhaps another life.
 */
final class Stop {
  private static final int SIGHUP = 1;
  private static final int SIGINT = 2;

  private final Lives lives;
  private final Life life;

  Stop(Lives lives, Life life) {
    this.lives = lives;
    this.life = life;
  }

  void run(WaitStatus status) {
    // the kernel ends init by SIGHUP when the container called for a reboot, pid_namespaces(7)
    boolean reboot = status.signal() == SIGHUP;
    life.rebootWanted = reboot;
    life.exitCode = exitCode(status);
    if (!life.hold()) { // another process has been told, too
      lives.letGo(life);
      return;
    }
    boolean restarts = life.spec().restart().when() != Restart.When.NEVER;
    lives.tell(life, new MonitorMessage.Ended(life.name(), status));
    lives.change(life, ContainerState.STOPPING);
    if (restarts && life.restarts.wasPausing(life.directory().noteFile())) {
      end(status, false, true); // an engine had come so far, and is gone
      return;
    }
    LastEnd.now(status, restarts ? life.restarts.count() : 0).write(life.spec().directory());
    new NetworkEnd(life).run();
    boolean stopped = hooks(HookType.STOP, reboot);
    synchronized (life.interfaces) { // one that is just being added is added first
      for (String failure : HostRunner.undoForKeeper(life.journal())) {
        new ContainerLog(life.spec()).errorUnheard(failure);
      }
      life.undos = HostRunner.leftForKeeper(life.undos);
      life.interfaces.forget();
    }
    end(status, reboot, hooks(HookType.POST_STOP, reboot) && stopped);
  }

  private void end(WaitStatus status, boolean reboot, boolean allowed) {
    if (reboot && allowed && startAgain()) {
      return;
    }
    if (!reboot && !life.order.foreground() && livesAgain(status)) {
      return;
    }
    life.rebootWanted = false;
    Keeping.beginRelease(life.executor);
    life.executor.quit(life.exitCode);
    lives.finish(life);
  }

  /** A container that halts itself is ended by SIGINT, reboot(2): as it was asked for. */
  private static int exitCode(WaitStatus status) {
    return status.signal() == SIGINT ? 0 : status.shellCode();
  }

  private boolean livesAgain(WaitStatus status) {
    if (!life.restarts.awaitNext(life.spec().restart(), status, life.directory().noteFile())) {
      return false;
    }
    life.rebootWanted = true; // it is no end
    return startAgain();
  }

  private boolean startAgain() {
    try {
      lives.tell(life, new MonitorMessage.Reached(life.name(), ContainerState.STOPPED));
      lives.change(life, ContainerState.STARTING);
      StartOrder next = life.order.again(name -> lives.initPid(life.lxcPath(), name));
      new Start(lives, life, next, new BackgroundCaller(life.beginning)).runAgain();
      return true;
    } catch (CofferException e) {
      new ContainerLog(life.spec()).errorUnheard("cannot start again: " + e.getMessage());
      return false;
    }
  }

  /** A hook that fails is told in the log and keeps a reboot from happening, as with LXC. */
  private boolean hooks(HookType type, boolean reboot) {
    List<RunHook> hooks = new ArrayList<>();
    life.spec()
        .hooks(type)
        .forEach(hook ->
            hooks.add(new RunHook(type, hook.value().command(), Place.KEEPER, hook.origin())));
    return EndHooks.run(life, hooks, Optional.of(reboot ? "reboot" : "stop"));
  }
}
