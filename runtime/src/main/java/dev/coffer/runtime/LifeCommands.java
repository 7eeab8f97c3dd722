package dev.coffer.runtime;

import dev.coffer.linux.CgroupDirs;
import dev.coffer.linux.CgroupTrees;
import dev.coffer.linux.DeviceFilter;
import dev.coffer.linux.DevicePrograms;
import dev.coffer.linux.DeviceRule;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.SeccompFilter;
import dev.coffer.linux.SeccompListener;
import dev.coffer.linux.UnixSocket;
import dev.coffer.linux.WaitingDescriptors;
import dev.coffer.model.Cgroups;
import dev.coffer.model.ContainerState;
import dev.coffer.model.Namespace;
import dev.coffer.model.Sourced;
import dev.coffer.plan.CgroupPlacement.Place;
import dev.coffer.runtime.command.CgroupDirectory;
import dev.coffer.runtime.command.CommandTarget;
import dev.coffer.runtime.command.ConsoleLogRequest;
import dev.coffer.runtime.command.TtyLease;
import dev.coffer.runtime.program.Registers;
import dev.coffer.runtime.program.TtyStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A running container as LXC's tools see it. */
final class LifeCommands implements CommandTarget {
  private static final int CONSOLE = 0;
  private static final int ANY = -1;
  private static final Duration FOR_EVER = Duration.ofDays(1);

  private final Lives lives;
  private final Life life;
  private final CgroupTrees.Layout layout;
  private final Set<Integer> lent = new HashSet<>();

  LifeCommands(Lives lives, Life life, CgroupTrees.Layout layout) {
    this.lives = lives;
    this.life = life;
    this.layout = layout;
  }

  @Override
  public String name() {
    return life.name();
  }

  @Override
  public String lxcPath() {
    return life.lxcPath().toString();
  }

  @Override
  public ContainerState state() {
    return life.state();
  }

  @Override
  public int initPid() {
    return Math.max(life.initPid(), 0);
  }

  @Override
  public Optional<Fd> initPidfd() {
    return life.initPidfd().map(Pidfd::fd).map(Fd::duplicate);
  }

  @Override
  public long cloneFlags() {
    return life.namespaces().stream().mapToLong(Namespace::cloneFlag).reduce(0, (a, b) -> a | b);
  }

  @Override
  public Optional<String> configItem(String key) {
    return life.item(key);
  }

  @Override
  public CgroupTrees.Layout cgroupLayout() {
    return layout;
  }

  @Override
  public Optional<String> cgroupPath(String controller, boolean limit) {
    return place(controller).map(place -> limit ? place.limit() : place.inner());
  }

  @Override
  public Optional<CgroupDirectory> cgroupDirectory(String controller, boolean limit) {
    return place(controller)
        .map(place ->
            new CgroupDirectory(
                open(limit ? place.limitDirectory() : place.innerDirectory()),
                place.tree().unified()));
  }

  @Override
  public List<Fd> cgroupDirectories() {
    return life.placement().places().stream()
        .sorted(Comparator.comparing(place -> place.tree().unified()))
        .map(place -> open(place.innerDirectory()))
        .toList();
  }

  @Override
  public Optional<Fd> devpts() {
    return lives.fetch(life, Registers.DEVPTS);
  }

  @Override
  public Optional<Fd> seccompListener() {
    return lives.listener(life);
  }

  @Override
  public boolean addSeccompListener(Fd listener) {
    boolean asked = life.order.filter().filter(SeccompFilter::notifies).isPresent();
    if (!asked || !SeccompListener.isOne(listener)) {
      listener.close();
      return false;
    }
    lives.relays().serve(life, listener);
    return true;
  }

  @Override
  public Optional<TtyLease> openTty(int number) {
    if (number == CONSOLE) {
      return openConsole();
    }
    Optional<Integer> chosen = lend(number);
    Optional<Fd> master = chosen.flatMap(this::master);
    if (master.isEmpty()) {
      chosen.ifPresent(this::giveBack);
      return Optional.empty();
    }
    return Optional.of(new Lease(chosen.get(), master.get()));
  }

  private Optional<Fd> master(int tty) {
    int index = tty - 1;
    if (!TtyStore.serves(life.ttys())) {
      return lives.fetch(life, Registers.FIRST_TTY + index);
    }
    Optional<Fd> queue = lives.fetch(life, TtyStore.QUEUE.number());
    if (queue.isEmpty()) {
      return queue;
    }
    try (Fd waiting = queue.get()) {
      return WaitingDescriptors.copy(waiting, index / TtyStore.BATCH, index % TtyStore.BATCH);
    }
  }

  @Override
  public Optional<byte[]> consoleLog(ConsoleLogRequest request) {
    ConsoleRing ring = life.consoleRing();
    if (!ring.exists()) {
      return Optional.empty();
    }
    byte[] text = request.read() ? ring.take(request.most()) : new byte[0];
    if (request.clear()) {
      ring.clear();
    }
    return Optional.of(text);
  }

  @Override
  public boolean stop() {
    life.stopAsked();
    boolean sent =
        life.initPidfd().filter(init -> init.sendSignal(life.spec().signals().stop())).isPresent();
    if (sent) {
      life.placement().freezerIfAny().ifPresent(CgroupDirs::thaw);
    }
    return sent;
  }

  @Override
  public boolean freeze(boolean frozen, Duration timeout) {
    if (layout != CgroupTrees.Layout.UNIFIED) {
      return false;
    }
    if (!frozen) {
      CgroupDirs.thaw(life.freezer());
      lives.frozen(life, false);
      return true;
    }
    lives.freezing(life);
    boolean reached = CgroupDirs.freeze(life.freezer(), timeout.isNegative() ? FOR_EVER : timeout);
    lives.frozen(life, reached);
    return reached;
  }

  @Override
  public void stateReached(ContainerState state) {
    if (!life.isRunning()) {
      return;
    }
    switch (state) {
      case FREEZING -> lives.freezing(life);
      case FROZEN -> lives.frozen(life, true);
      case THAWED, RUNNING -> lives.frozen(life, false);
      // the rest is not for others to say
      case STOPPED, STARTING, STOPPING, ABORTING -> {}
    }
  }

  @Override
  public boolean applyDeviceRule(DeviceRule rule) {
    Optional<Place> place = place("");
    if (layout != CgroupTrees.Layout.UNIFIED || place.isEmpty() || !life.isRunning()) {
      return false;
    }
    synchronized (life.deviceRules) {
      List<DeviceRule> added = life.deviceRules.with(rule);
      List<DeviceRule> rules = configured();
      rules.addAll(added);
      try (Fd cgroup = open(place.get().limitDirectory())) {
        DevicePrograms.apply(cgroup, DeviceFilter.of(rules));
      }
      life.deviceRules.note(added);
    }
    return true;
  }

  private List<DeviceRule> configured() {
    List<DeviceRule> rules = new ArrayList<>();
    for (Sourced<Cgroups.Value> line : life.spec().cgroups().v2()) {
      String file = line.value().file();
      if (file.equals("devices.allow") || file.equals("devices.deny")) {
        DeviceRule.parse(line.value().value(), file.equals("devices.allow")).ifPresent(rules::add);
      }
    }
    return rules;
  }

  /** The keeper relays the console to one socket at a time; it drops one whose other end closes. */
  private synchronized Optional<TtyLease> openConsole() {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket keepers = pair[1]) {
      if (lives.keeping(life, executor -> Keeping.relayConsole(executor, keepers.fd()))) {
        return Optional.of(new Lease(CONSOLE, Fd.of(pair[0].fd().release())));
      }
    }
    pair[0].close();
    return Optional.empty();
  }

  private synchronized Optional<Integer> lend(int wanted) {
    for (int number = 1; number <= life.ttys(); number++) {
      if ((wanted == ANY || wanted == number) && lent.add(number)) {
        return Optional.of(number);
      }
    }
    return Optional.empty();
  }

  private synchronized void giveBack(int number) {
    lent.remove(number);
  }

  private Optional<Place> place(String controller) {
    return life.placement().place(controller);
  }

  private static Fd open(String directory) {
    return HostFiles.open(Path.of(directory), OpenFlags.READ_ONLY | OpenFlags.DIRECTORY, 0);
  }

  private final class Lease implements TtyLease {
    private final int number;
    private final Fd master;

    Lease(int number, Fd master) {
      this.number = number;
      this.master = master;
    }

    @Override
    public int number() {
      return number;
    }

    @Override
    public Fd master() {
      return master;
    }

    @Override
    public void close() {
      master.close();
      giveBack(number);
    }
  }
}
