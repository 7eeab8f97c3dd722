package dev.coffer;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.Pty;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.ContainerState;
import dev.coffer.model.Namespace;
import dev.coffer.plan.CgroupPlacement;
import dev.coffer.runtime.Life;
import dev.coffer.runtime.Lives;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A running container of our own. */
record KeptContainer(Lives lives, Life life) implements RunningContainer {
  @Override
  public ContainerState state() {
    return life.state();
  }

  @Override
  public int initPid() {
    return life.initPid();
  }

  @Override
  public Optional<Pidfd> init() {
    return life.initPidfd();
  }

  @Override
  public ContainerSpec spec() {
    return life.spec();
  }

  @Override
  public Set<Namespace> namespaces() {
    Set<Namespace> namespaces = EnumSet.noneOf(Namespace.class);
    namespaces.addAll(life.namespaces());
    namespaces.addAll(life.sharedNamespaces());
    return namespaces;
  }

  @Override
  public CgroupPlacement placement() {
    return life.placement();
  }

  @Override
  public Optional<String> item(String key) {
    return life.item(key);
  }

  @Override
  public Pty terminal() {
    return lives.terminal(life);
  }

  @Override
  public Optional<Fd> devpts() {
    return lives.devpts(life);
  }

  @Override
  public Optional<Fd> consoleTerminal() {
    return lives.consoleTerminal(life);
  }

  @Override
  public void frozen(boolean frozen) {
    lives.frozen(life, frozen);
  }

  @Override
  public boolean await(Set<ContainerState> states, Duration timeout) {
    return lives.await(life, states, Optional.of(timeout));
  }

  @Override
  public boolean reboot(int signal, Optional<Duration> timeout) {
    long next = life.generation() + 1;
    signal(signal);
    return timeout.isEmpty() || lives.awaitGeneration(life, next, timeout.get());
  }

  /** The life goes on. */
  @Override
  public void close() {}
}
