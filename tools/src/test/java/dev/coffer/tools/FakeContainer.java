package dev.coffer.tools;

import dev.coffer.Address;
import dev.coffer.AttachOptions;
import dev.coffer.Container;
import dev.coffer.CopyOptions;
import dev.coffer.CreateOptions;
import dev.coffer.DestroyOptions;
import dev.coffer.Execution;
import dev.coffer.Snapshot;
import dev.coffer.StartOptions;
import dev.coffer.StopOptions;
import dev.coffer.Usage;
import dev.coffer.config.LxcConfig;
import dev.coffer.image.server.Meter;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerState;
import dev.coffer.model.Origin;
import dev.coffer.model.plan.Plan;
import dev.coffer.plan.Protection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** A container that is what a test says and writes down what is asked of it. */
final class FakeContainer implements Container {
  final List<String> asked = new ArrayList<>();
  final List<Object> done = new ArrayList<>();
  final Map<String, String> config = new HashMap<>();
  final List<Address> addresses = new ArrayList<>();
  final List<String> interfaces = new ArrayList<>();
  final List<Snapshot> saved = new ArrayList<>();
  private final String name;
  private final Path lxcPath;
  boolean defined = true;
  ContainerState state = ContainerState.STOPPED;
  int pid;
  int status;
  boolean reached = true;
  CofferException failure;
  Usage usage;
  dev.coffer.Disk disk;
  dev.coffer.Metrics metrics;
  Plan plan;
  Plan planWithFile;
  dev.coffer.runtime.LastEnd lastEnd;

  FakeContainer(String name, Path lxcPath) {
    this.name = name;
    this.lxcPath = lxcPath;
  }

  FakeContainer running(int pid) {
    this.state = ContainerState.RUNNING;
    this.pid = pid;
    return this;
  }

  FakeContainer undefined() {
    this.defined = false;
    return this;
  }

  FakeContainer with(String key, String value) {
    config.put(key, value);
    return this;
  }

  private void act(Object what) {
    done.add(what);
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Path lxcPath() {
    return lxcPath;
  }

  @Override
  public boolean isDefined() {
    asked.add("defined");
    return defined;
  }

  @Override
  public LxcConfig config() {
    asked.add("config");
    LxcConfig file = LxcConfig.empty();
    config.forEach(
        (key, value) -> value.lines().forEach(line -> file.set(key, line, Origin.option("test"))));
    return file;
  }

  @Override
  public ContainerState state() {
    asked.add("state");
    return state;
  }

  @Override
  public OptionalInt initPid() {
    asked.add("pid");
    return pid == 0 ? OptionalInt.empty() : OptionalInt.of(pid);
  }

  @Override
  public void create(CreateOptions options, Meter meter) {
    act(options);
  }

  @Override
  public int start(StartOptions options) {
    if (state != ContainerState.STOPPED) {
      throw new CofferException("Container is already running");
    }
    act(options);
    return status;
  }

  @Override
  public Plan plan(StartOptions options) {
    act(options);
    return options.configFile().isPresent() ? planWithFile : plan;
  }

  @Override
  public boolean stop(StopOptions options) {
    act(options);
    return reached;
  }

  @Override
  public int attach(AttachOptions options) {
    act(options);
    return status;
  }

  @Override
  public int console(dev.coffer.ConsoleOptions options) {
    options.connected().accept(Math.max(1, options.tty()));
    done.add("console " + options.tty() + " escape " + options.escape());
    return 0;
  }

  @Override
  public void addDevice(String device, java.util.Optional<String> inside) {
    act("add " + device + " " + inside.orElse("-"));
  }

  @Override
  public void removeDevice(String device, java.util.Optional<String> outside) {
    act("del " + device + " " + outside.orElse("-"));
  }

  @Override
  public String attachInterface(dev.coffer.InterfaceOptions options) {
    act("attach " + options.type() + " " + options.settings() + " " + options.saved());
    return "eth7";
  }

  @Override
  public void detachInterface(String name, boolean saved) {
    act("detach " + name + " " + saved);
  }

  @Override
  public void setInterfaceUp(String name, boolean up) {
    act("link " + name + " " + up);
  }

  @Override
  public java.util.Optional<dev.coffer.runtime.HookInProgress> hook() {
    return java.util.Optional.empty();
  }

  @Override
  public java.util.Optional<dev.coffer.runtime.LastEnd> lastEnd() {
    return java.util.Optional.ofNullable(lastEnd);
  }

  @Override
  public boolean consoleLog(boolean follow, java.util.function.Consumer<byte[]> out) {
    String text = config.get("console");
    if (text != null) {
      out.accept(text.getBytes());
    }
    return text != null;
  }

  @Override
  public void freeze() {
    act("freeze");
  }

  @Override
  public void unfreeze() {
    act("unfreeze");
  }

  @Override
  public boolean await(Set<ContainerState> states, Optional<Duration> timeout) {
    act(states + " " + timeout.map(Duration::toString).orElse("forever"));
    return reached;
  }

  @Override
  public Optional<dev.coffer.Metrics> metrics() {
    asked.add("metrics");
    return Optional.ofNullable(metrics);
  }

  @Override
  public Optional<dev.coffer.Disk> disk() {
    return Optional.ofNullable(disk);
  }

  @Override
  public Optional<Usage> usage() {
    asked.add("usage");
    return Optional.ofNullable(usage);
  }

  @Override
  public String cgroupValue(String file) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setCgroupValue(String file, String value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Execution exec(AttachOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Address> addresses() {
    asked.add("addresses");
    return addresses;
  }

  @Override
  public List<String> interfaces() {
    asked.add("interfaces");
    return interfaces;
  }

  @Override
  public Optional<String> configItem(String key) {
    asked.add(key);
    return Optional.ofNullable(config.getOrDefault(key, key.startsWith("lxc.") ? "" : null));
  }

  @Override
  public Optional<String> seccompFilter() {
    return Optional.of("# pseudo filter code start\n");
  }

  @Override
  public List<Protection> protections() {
    return List.of(
        new Protection(
            "ids",
            Protection.Strength.DEFAULT,
            "root inside is 100000 outside",
            Origin.of(Path.of("/c/config"), 2, "lxc.idmap"),
            ""),
        new Protection(
            "system calls",
            Protection.Strength.WEAKER,
            "none is filtered",
            Origin.builtIn("lxc.seccomp.profile"),
            "coffer.seccomp = default"));
  }

  @Override
  public void copy(CopyOptions options) {
    asked.add("copy");
    done.add(options);
  }

  @Override
  public void rename(String to) {
    asked.add("rename " + to);
  }

  @Override
  public String snapshot(Optional<String> comment) {
    asked.add("snapshot " + comment.orElse(""));
    return "snap0";
  }

  @Override
  public List<Snapshot> snapshots() {
    return saved;
  }

  @Override
  public void restore(String snapshot, Optional<String> to) {
    asked.add("restore " + snapshot + to.map(other -> " as " + other).orElse(""));
  }

  @Override
  public void destroySnapshot(String snapshot) {
    asked.add("destroy " + snapshot);
  }

  @Override
  public void destroy(DestroyOptions options) {
    act(options);
  }
}
