package dev.coffer.runtime.monitor;

import dev.coffer.runtime.Fnv1a;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where the listeners of the containers below one directory are found, as LXC's tools look for
 * them.
 *
 * @param fifo takes a message for each thing that happens; nobody listens where there is none
 * @param socket abstract name of the socket that gives them to each who connects
 */
public record MonitorPlace(Path fifo, String socket) {
  /**
   * Below /run for root; for others below XDG_RUNTIME_DIR, or .cache/lxc/run at home.
   *
   * @param environment of whom the containers belong to
   */
  public static MonitorPlace of(Path lxcPath, Map<String, String> environment, long uid) {
    String lxc = "lxc/" + lxcPath;
    return new MonitorPlace(
        Path.of(run(environment, uid), lxc, "monitor-fifo"),
        "lxc/" + Fnv1a.hex(Fnv1a.of(lxc + "/monitor-sock")) + "/" + lxcPath);
  }

  private static String run(Map<String, String> environment, long uid) {
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (uid == 0) {
      return "/run";
    }
    return runtime.isEmpty() ? environment.getOrDefault("HOME", "") + "/.cache/lxc/run" : runtime;
  }
}
