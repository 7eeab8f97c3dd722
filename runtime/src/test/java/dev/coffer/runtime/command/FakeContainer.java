package dev.coffer.runtime.command;

import dev.coffer.linux.CgroupTrees;
import dev.coffer.linux.DeviceRule;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.Pty;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.ContainerState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A process that passes for a container, with a command socket. */
final class FakeContainer implements CommandTarget, AutoCloseable {
  final Map<String, String> items = new HashMap<>();
  final List<String> heard = new CopyOnWriteArrayList<>();
  volatile boolean ttyTaken;
  private volatile boolean inCgroups;

  private final Path lxcPath;
  private final String name;
  private final Process init;
  private final long cloneFlags;
  private final UnixSocket listener;
  private final CommandEndpoint endpoint;
  private final CgroupTrees trees = CgroupTrees.read();
  private volatile ContainerState state = ContainerState.RUNNING;

  FakeContainer(CommandServer server, Path lxcPath, String name, long cloneFlags, String... init)
      throws IOException {
    this.lxcPath = lxcPath;
    this.name = name;
    this.cloneFlags = cloneFlags;
    this.init = new ProcessBuilder(init).start();
    Files.createDirectories(lxcPath.resolve(name));
    Files.writeString(lxcPath.resolve(name).resolve("config"), "lxc.uts.name = " + name + "\n");
    listener = UnixSocket.listenAbstract(CommandSocketName.of(lxcPath.toString(), name), 100);
    endpoint = server.serve(listener, this);
  }

  void change(ContainerState fresh) {
    state = fresh;
    endpoint.announce(fresh);
  }

  /** As the engine does it when init has ended. */
  void end() {
    change(ContainerState.STOPPING);
    change(ContainerState.STOPPED);
    endpoint.close();
    listener.close();
  }

  Process init() {
    return init;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String lxcPath() {
    return lxcPath.toString();
  }

  @Override
  public ContainerState state() {
    return state;
  }

  @Override
  public int initPid() {
    return (int) init.pid();
  }

  @Override
  public Optional<Fd> initPidfd() {
    return Pidfd.open(initPid()).map(pidfd -> Fd.of(pidfd.fd().release()));
  }

  @Override
  public long cloneFlags() {
    return cloneFlags;
  }

  @Override
  public Optional<String> configItem(String key) {
    return Optional.ofNullable(items.get(key));
  }

  @Override
  public CgroupTrees.Layout cgroupLayout() {
    return trees.layout();
  }

  /** Moves the process into cgroups of its own; without them it has none to show. */
  void enterCgroups() throws IOException {
    for (CgroupTrees.Tree tree : trees.trees()) {
      Path directory = Files.createDirectory(directory(tree));
      inCgroups = true;
      // v1's cpusets begin empty, and take nobody in so
      for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
        Path parent = directory.resolveSibling(file);
        if (!tree.unified() && Files.exists(parent)) {
          HostFiles.writeSmall(directory.resolve(file), HostFiles.readSmall(parent));
        }
      }
      HostFiles.writeSmall(directory.resolve("cgroup.procs"), Long.toString(init.pid()));
    }
  }

  @Override
  public Optional<String> cgroupPath(String controller, boolean limit) {
    return tree(controller).map(tree -> (tree.own().equals("/") ? "" : tree.own()) + "/" + name);
  }

  @Override
  public Optional<CgroupDirectory> cgroupDirectory(String controller, boolean limit) {
    return tree(controller).map(tree -> new CgroupDirectory(open(directory(tree)), tree.unified()));
  }

  @Override
  public List<Fd> cgroupDirectories() {
    return inCgroups
        ? trees.trees().stream().map(tree -> open(directory(tree))).toList()
        : List.of();
  }

  @Override
  public boolean addSeccompListener(Fd listener) {
    listener.close();
    return seccompListener().isPresent();
  }

  @Override
  public Optional<Fd> seccompListener() {
    return Optional.empty();
  }

  @Override
  public Optional<Fd> devpts() {
    return Optional.empty();
  }

  @Override
  public Optional<TtyLease> openTty(int number) {
    if (ttyTaken) {
      return Optional.empty();
    }
    ttyTaken = true;
    Pty pty = Pty.open();
    pty.slave().writeFully("welcome\r\n");
    return Optional.of(
        new TtyLease() {
          @Override
          public int number() {
            return 1;
          }

          @Override
          public Fd master() {
            return pty.master();
          }

          @Override
          public void close() {
            pty.close();
            ttyTaken = false;
          }
        });
  }

  @Override
  public Optional<byte[]> consoleLog(ConsoleLogRequest request) {
    heard.add(request.toString());
    return Optional.ofNullable(items.get("console")).map(String::getBytes);
  }

  @Override
  public boolean stop() {
    heard.add("stop");
    init.destroyForcibly();
    init.onExit().thenRun(this::end);
    return true;
  }

  @Override
  public boolean freeze(boolean frozen, Duration timeout) {
    return false;
  }

  @Override
  public void stateReached(ContainerState fresh) {
    heard.add(fresh.name());
    change(fresh);
  }

  @Override
  public boolean applyDeviceRule(DeviceRule rule) {
    heard.add(rule.toString());
    return true;
  }

  @Override
  public void close() {
    init.destroyForcibly();
    endpoint.close();
    listener.close();
    removeCgroups();
  }

  private void removeCgroups() {
    init.onExit().join();
    for (CgroupTrees.Tree tree : inCgroups ? trees.trees() : List.<CgroupTrees.Tree>of()) {
      remove(directory(tree));
    }
    inCgroups = false;
  }

  /** lxc-attach makes a leaf on v2. */
  private static void remove(Path cgroup) {
    try (var below = Files.newDirectoryStream(cgroup, Files::isDirectory)) {
      below.forEach(HostFiles::rmdir);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    HostFiles.rmdir(cgroup);
  }

  private Path directory(CgroupTrees.Tree tree) {
    return tree.ownDirectory().resolve(name);
  }

  private Optional<CgroupTrees.Tree> tree(String controller) {
    return !inCgroups
        ? Optional.empty()
        : controller.isEmpty() ? trees.unified() : trees.tree(controller);
  }

  private static Fd open(Path directory) {
    return HostFiles.open(directory, OpenFlags.READ_ONLY | OpenFlags.DIRECTORY, 0);
  }
}
