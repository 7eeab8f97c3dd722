package dev.coffer.tools;

import dev.coffer.Coffer;
import dev.coffer.Container;
import dev.coffer.Events;
import dev.coffer.NamespaceCommand;
import dev.coffer.config.SystemConfig;
import dev.coffer.plan.HostFacts.User;
import dev.coffer.plan.SubordinateIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Somebody at a terminal: runs tools over fake containers and sees what they print. */
final class Console {
  static final Path LXC_PATH = Path.of("/lxc");

  /** What a call left behind. */
  record Seen(int code, String out, String err) {
    static Seen printing(String out) {
      return new Seen(0, out, "");
    }

    static Seen failing(String err) {
      return new Seen(1, "", err);
    }
  }

  final Map<String, FakeContainer> containers = new TreeMap<>();
  final Map<String, String> environment = new HashMap<>();
  final List<String> engineCalls = new ArrayList<>();
  final List<EngineCall> otherCalls = new ArrayList<>();
  final List<NamespaceCommand> commands = new ArrayList<>();
  final List<String> launches = new ArrayList<>();
  boolean terminal;
  int columns;
  RuntimeException openFailure;

  FakeContainer container(String name) {
    return containers.computeIfAbsent(name, n -> new FakeContainer(n, LXC_PATH));
  }

  Seen run(String program, String... arguments) {
    StringBuilder out = new StringBuilder();
    StringBuilder err = new StringBuilder();
    Invocation invocation =
        new Invocation(
            program,
            List.of(arguments),
            Path.of("/home/user"),
            environment,
            sink(out),
            sink(err),
            terminal,
            terminal,
            terminal,
            columns,
            new FakeCaller(environment, launches),
            new FakeEngine());
    int code = Tools.run(invocation, this::open);
    return new Seen(code, out.toString(), err.toString());
  }

  private Coffer open(Invocation invocation) {
    if (openFailure != null) {
      throw openFailure;
    }
    return new FakeCoffer();
  }

  private static Output sink(StringBuilder text) {
    return new Output() {
      @Override
      public void print(String more) {
        text.append(more);
      }

      @Override
      public void flush() {}
    };
  }

  private final class FakeEngine implements EngineControl {
    @Override
    public EngineStatus status() {
      return new EngineStatus(
          4711,
          Duration.ofSeconds(3_725),
          "0.1.0-abc",
          12,
          50L << 20,
          3,
          Optional.of(Path.of("/run/coffer/engine")));
    }

    @Override
    public List<EngineCall> stop() {
      engineCalls.add("stop");
      return otherCalls;
    }
  }

  private final class FakeCoffer implements Coffer {
    @Override
    public Container container(String name) {
      return container(name, LXC_PATH);
    }

    @Override
    public Container container(String name, Path lxcPath) {
      FakeContainer known = containers.get(name);
      return known != null && known.lxcPath().equals(lxcPath)
          ? known
          : new FakeContainer(name, lxcPath).undefined();
    }

    @Override
    public List<Container> containers(Path lxcPath) {
      return containers.values().stream()
          .filter(container -> container.lxcPath().equals(lxcPath))
          .map(Container.class::cast)
          .toList();
    }

    @Override
    public Events events(Path lxcPath) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void endMonitord(Path lxcPath) {
      engineCalls.add("end monitord of " + lxcPath);
    }

    @Override
    public Path lxcPath() {
      return LXC_PATH;
    }

    @Override
    public SystemConfig systemConfig() {
      return SystemConfig.read(false, Map.of("HOME", "/nonexistent"));
    }

    @Override
    public int run(NamespaceCommand command) {
      commands.add(command);
      return 0;
    }

    @Override
    public User user() {
      SubordinateIds ids = SubordinateIds.parse("eve:100000:65536", "eve", 1000);
      return new User(1000, 1000, "eve", ids, ids, Optional.empty(), Optional.empty());
    }

    @Override
    public void close() {}
  }
}
