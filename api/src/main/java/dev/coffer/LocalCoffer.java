package dev.coffer;

import dev.coffer.config.SystemConfig;
import dev.coffer.model.Problem;
import dev.coffer.plan.HostFacts.User;
import dev.coffer.plan.IdMapPlanner;
import dev.coffer.runtime.Caller;
import dev.coffer.runtime.CommandOrder;
import dev.coffer.runtime.HostCommand;
import dev.coffer.runtime.Life;
import dev.coffer.runtime.monitor.Listening;
import dev.coffer.runtime.monitor.MonitorPlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Containers of this machine for one caller. */
final class LocalCoffer implements Coffer {
  private final Host host;
  private final Caller caller;
  private final Path lxcPath;
  private final Consumer<Problem> notices;

  LocalCoffer(Host host, Caller caller, Path lxcPath, Consumer<Problem> notices) {
    this.host = host;
    this.caller = caller;
    this.lxcPath = lxcPath;
    this.notices = notices;
  }

  @Override
  public Container container(String name) {
    return container(name, lxcPath);
  }

  @Override
  public Container container(String name, Path path) {
    return new LocalContainer(host, caller, notices, name, path);
  }

  @Override
  public List<Container> containers(Path path) {
    TreeSet<String> names = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        if (Files.exists(entry.resolve("config"))) {
          names.add(entry.getFileName().toString());
        }
      }
    } catch (NoSuchFileException | NotDirectoryException _) {
      // no directory, no defined containers
      names.clear();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Life life : host.lives().all()) {
      if (life.lxcPath().equals(path)) {
        names.add(life.name());
      }
    }
    names.addAll(ForeignContainer.active(path));
    return names.stream().map(name -> container(name, path)).toList();
  }

  @Override
  public Events events(Path path) {
    return new Events(path, monitor(path), user().uid());
  }

  private MonitorPlace monitor(Path path) {
    return MonitorPlace.of(path, System.getenv(), user().uid());
  }

  @Override
  public void endMonitord(Path path) {
    Listening.quit(monitor(path));
  }

  @Override
  public Path lxcPath() {
    return lxcPath;
  }

  @Override
  public SystemConfig systemConfig() {
    return SystemConfig.read(host.facts().privileged(), caller.environment());
  }

  @Override
  public int run(NamespaceCommand command) {
    String path = caller.environment().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    CommandOrder order =
        new CommandOrder(
            command.command(),
            List.of(path.split(":")),
            caller.environment().entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList(),
            caller.cwd().toString(),
            command.namespaces(),
            command.idMaps().isEmpty()
                ? List.of()
                : IdMapPlanner.write(command.idMaps(), host.facts().user()),
            command.identity(),
            command.hostname(),
            command.remount(),
            command.interfaces());
    return HostCommand.run(order, command.await(), caller);
  }

  @Override
  public User user() {
    return host.facts().user();
  }

  @Override
  public void close() {
    // the host stays with whoever made it
  }
}
