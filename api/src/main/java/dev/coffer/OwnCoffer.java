package dev.coffer;

import dev.coffer.config.SystemConfig;
import dev.coffer.model.Problem;
import dev.coffer.plan.HostFacts.User;
import dev.coffer.runtime.HostFactsReader;
import dev.coffer.runtime.RunDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The API of a program that is its own engine: it holds the host and the launcher, and closes them.
 */
final class OwnCoffer implements Coffer {
  private final Host host;
  private final ProcessCaller caller;
  private final Coffer coffer;

  private OwnCoffer(Host host, ProcessCaller caller, Coffer coffer) {
    this.host = host;
    this.caller = caller;
    this.coffer = coffer;
  }

  static Coffer open(Map<String, String> environment, Consumer<Problem> notices) {
    Launcher launcher = Launcher.find(environment);
    Path runDirectory = RunDirectory.base(environment, HostFactsReader.uid());
    Host host = new Host(runDirectory, launcher.file());
    ProcessCaller caller = new ProcessCaller(launcher, environment);
    Path lxcPath =
        Path.of(
            SystemConfig.read(host.isPrivileged(), environment).get("lxc.lxcpath").orElseThrow());
    return new OwnCoffer(host, caller, host.coffer(caller, lxcPath, notices));
  }

  @Override
  public Container container(String name) {
    return coffer.container(name);
  }

  @Override
  public Container container(String name, Path lxcPath) {
    return coffer.container(name, lxcPath);
  }

  @Override
  public List<Container> containers(Path lxcPath) {
    return coffer.containers(lxcPath);
  }

  @Override
  public Events events(Path lxcPath) {
    return coffer.events(lxcPath);
  }

  @Override
  public void endMonitord(Path lxcPath) {
    coffer.endMonitord(lxcPath);
  }

  @Override
  public Path lxcPath() {
    return coffer.lxcPath();
  }

  @Override
  public SystemConfig systemConfig() {
    return coffer.systemConfig();
  }

  @Override
  public int run(NamespaceCommand command) {
    return coffer.run(command);
  }

  @Override
  public User user() {
    return coffer.user();
  }

  @Override
  public void close() {
    host.close();
    caller.close();
  }
}
