package dev.coffer.tools;

import dev.coffer.Host;
import dev.coffer.config.SystemConfig;
import dev.coffer.model.Problem;
import dev.coffer.runtime.HostFactsReader;
import dev.coffer.runtime.RunDirectory;
import dev.coffer.tools.engine.Engine;
import dev.coffer.tools.engine.Installation;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The engine that has containers: it finds those that run when it begins and leaves them when it
 * ends.
 */
final class ContainerEngine implements Engine {
  private final Host host;

  ContainerEngine() {
    Map<String, String> environment = System.getenv();
    Path base = RunDirectory.base(environment, HostFactsReader.uid());
    host = new Host(base, Installation.probe().launcher());
    host.lives().recover();
  }

  @Override
  public CofferFactory coffer() {
    return invocation -> {
      boolean root = host.isPrivileged();
      SystemConfig system = SystemConfig.read(root, invocation.environment());
      Path lxcPath = Path.of(system.get("lxc.lxcpath").orElseThrow());
      Set<String> said = ConcurrentHashMap.newKeySet();
      return host.coffer(invocation.caller(), lxcPath, notice -> say(invocation, notice, said));
    };
  }

  /** Once in a call, however often it is found out. */
  private static void say(Invocation invocation, Problem notice, Set<String> said) {
    String text = notice.describe();
    if (said.add(text)) {
      invocation.err().println(invocation.program() + ": " + text);
    }
  }

  @Override
  public void wake() {
    host.lives().recover();
  }

  @Override
  public boolean isBusy() {
    return host.isBusy();
  }

  @Override
  public int containers() {
    return host.lives().all().size();
  }

  @Override
  public void close() {
    host.close();
  }
}
