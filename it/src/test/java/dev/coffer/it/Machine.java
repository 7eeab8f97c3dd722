package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a root test works on: an engine, a container folder and container names of its own. After
 * the test it stops what still runs, and fails the test if a mount, cgroup, link, loop device,
 * process or file is left.
 *
 * <pre>{@code
 * @RegisterExtension final Machine machine = new Machine();
 *
 * @Test
 * void aContainerStarts() {
 *   machine.create("web").ok();
 *   machine.lxc("start", "web", "-d").ok();
 * }
 * }</pre>
 */
public final class Machine implements BeforeEachCallback, AfterEachCallback {
  private static final String USUAL_LINK = "lxc.net.0.link = lxcbr0";
  private static final String PREFIX = "coffer-t-";

  private final Path prefix =
      Path.of(System.getProperty("coffer.prefix", "build/coffer")).toAbsolutePath().normalize();
  private final Map<String, String> environment = new HashMap<>();
  private final List<AutoCloseable> cleanUps = new ArrayList<>();
  private String id;
  private Path home;
  private boolean ownNetwork;
  private Snapshot before;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assertTrue(
        Files.isExecutable(tool("coffer")), "no " + tool("coffer") + ": run ./dev build first");
    id =
        PREFIX
            + Integer.toString(
                ThreadLocalRandom.current().nextInt(36 * 36 * 36, 36 * 36 * 36 * 36), 36);
    before = Snapshot.read(id);
    home =
        Files.createDirectory(
            Path.of("/tmp", id),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.createDirectory(lxcpath());
    Files.createDirectory(scratch());
    Files.createDirectory(
        engineFolder(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    environment.putAll(
        Map.of(
            "PATH",
            tool("") + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME",
            "/root",
            "LANG",
            "C.UTF-8",
            "COFFER_RUN",
            engineFolder().toString(),
            "COFFER_LXC_NET",
            lxcNetFile().toString(),
            "COFFER_NETWORKS",
            home.resolve("networks").toString(),
            "COFFER_IMAGES",
            home.resolve("images").toString(),
            "LXC_CACHE_PATH",
            home.resolve("lxc-cache").toString()));
    lxcNet("USE_LXC_BRIDGE=false");
  }

  /** Sets a variable of all commands from now on. */
  public void with(String variable, String value) {
    environment.put(variable, value);
  }

  /** What this test's engine reads in place of /etc/default/lxc-net. */
  public Path lxcNetFile() {
    return home.resolve("lxc-net");
  }

  /**
   * Writes that file. Without this no bridge is made by itself: it would stay on the machine.
   *
   * @param lines beside those that keep what belongs to the bridge in the test's folder
   */
  public void lxcNet(String... lines) throws IOException {
    String folders = "varrun=%1$s/lxc-run\nvarlib=%1$s/lxc-lib\n".formatted(home);
    Files.writeString(lxcNetFile(), folders + String.join("\n", lines) + "\n");
  }

  /** The name of a container: it carries this test's id, so that nothing is taken for another's. */
  public String name(String container) {
    return id + "-" + container;
  }

  /** The folder of this test, removed afterwards. */
  public Path home() {
    return home;
  }

  public Path lxcpath() {
    return home.resolve("lxc");
  }

  /**
   * Gives the test a network namespace of its own, with nothing but a loopback interface. From now
   * on every command, and so the engine, is in it.
   */
  public void ownNetwork() {
    run("ip", "netns", "add", id).ok();
    ownNetwork = true;
    run("ip", "link", "set", "lo", "up").ok();
  }

  /** The folder of a container. */
  public Path container(String container) {
    return lxcpath().resolve(name(container));
  }

  /** Where this test's engine has its socket and its log. */
  public Path engineFolder() {
    return home.resolve("run");
  }

  public Path tool(String name) {
    return prefix.resolve("bin").resolve(name);
  }

  private Path scratch() {
    return home.resolve("tmp");
  }

  /** Any command; ours are found first. */
  public Command command(String... argv) {
    return command(List.of(argv));
  }

  public Command command(List<String> argv) {
    var words = new ArrayList<>(argv);
    // The lookup of ProcessBuilder knows this process's PATH only.
    if (Files.isExecutable(tool(words.getFirst()))) {
      words.set(0, tool(words.getFirst()).toString());
    }
    if (ownNetwork) {
      words.addAll(0, List.of("nsenter", "--net=/run/netns/" + id));
    }
    return new Command(scratch(), environment, List.copyOf(words));
  }

  public Outcome run(String... argv) {
    return command(argv).run();
  }

  /** {@code lxc-TOOL -P LXCPATH -n NAME ARGUMENT…}, not run yet. */
  public Command lxcCommand(String tool, String container, String... arguments) {
    var argv =
        new ArrayList<>(List.of("lxc-" + tool, "-P", lxcpath().toString(), "-n", name(container)));
    argv.addAll(List.of(arguments));
    return command(argv);
  }

  public Outcome lxc(String tool, String container, String... arguments) {
    return lxcCommand(tool, container, arguments).run();
  }

  /**
   * Creates a container from the built-in image. It has a network only where the test has one of
   * its own.
   */
  public Outcome create(String container, String... arguments) {
    var all = new ArrayList<>(List.of("-t", "busybox"));
    all.addAll(List.of(arguments));
    Outcome made = lxc("create", container, all.toArray(String[]::new));
    Path config = container(container).resolve("config");
    try {
      if (!ownNetwork && made.exit() == 0 && Files.readString(config).contains(USUAL_LINK)) {
        configure(container, "lxc.net =", "lxc.net.0.type = empty", "lxc.net.0.flags = up");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return made;
  }

  /**
   * A command for which new containers have no network, whatever this machine's default.conf says.
   * It sees another /etc/lxc, so it has an engine of its own, which ends with it.
   */
  public Command withoutNetwork(List<String> argv) {
    Path config = home().resolve("default.conf");
    try {
      Files.writeString(config, "lxc.net.0.type = empty\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String script =
        "[ ! -e /etc/lxc/default.conf ] || mount --bind \"$0\" /etc/lxc/default.conf; \"$@\";"
            + " code=$?; coffer engine stop >/dev/null 2>&1; exit $code";
    var words =
        new ArrayList<>(List.of("unshare", "-m", "--propagation", "private", "sh", "-c", script));
    words.add(config.toString());
    words.addAll(argv);
    return command(words);
  }

  /** Adds lines to a container's config. */
  public void configure(String container, String... lines) throws IOException {
    Path file = container(container).resolve("config");
    String text = Files.exists(file) ? Files.readString(file) : "";
    Files.writeString(file, text + String.join("\n", lines) + "\n");
  }

  public String state(String container) {
    return lxc("info", container, "-s", "-H").ok().text();
  }

  /** The process id of this test's engine. */
  public long engine() {
    String status = run("coffer", "engine", "status", "--format", "json").ok().out();
    return Long.parseLong(status.replaceFirst("(?s).*\"pid\": ?(\\d+).*", "$1"));
  }

  /** Kills this test's engine as kill -9 does, and waits for its end. */
  public void killEngine() {
    ProcessHandle engine = ProcessHandle.of(engine()).orElseThrow();
    engine.destroyForcibly();
    await("the engine's end", Duration.ofSeconds(10), () -> !engine.isAlive());
  }

  /** Something to be undone after the test, last first. */
  public void afterwards(AutoCloseable cleanUp) {
    cleanUps.add(cleanUp);
  }

  /** Waits until it holds; fails the test when it does not. */
  public static void await(String what, Duration limit, BooleanSupplier holds) {
    long end = System.nanoTime() + limit.toNanos() * (System.getenv("COFFER_VM") == null ? 1 : 10);
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > end) {
        fail("not within " + limit.toSeconds() + " s: " + what);
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted", e);
      }
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    if (home == null) {
      return;
    }
    for (AutoCloseable cleanUp : cleanUps.reversed()) {
      cleanUp.close();
    }
    try (var containers = Files.list(lxcpath())) {
      for (Path container : containers.filter(Files::isDirectory).toList()) {
        String name = container.getFileName().toString();
        run("lxc-stop", "-P", lxcpath().toString(), "-n", name, "-k");
        run("lxc-destroy", "-P", lxcpath().toString(), "-n", name, "-f");
      }
    }
    run("coffer", "engine", "stop");
    if (ownNetwork) {
      ownNetwork = false;
      run("ip", "netns", "delete", id);
    }
    List<String> left = leftOver();
    Snapshot.killProcesses(id);
    removeHome();
    if (!left.isEmpty()) {
      fail("left behind:\n  " + String.join("\n  ", left));
    }
  }

  /** The kernel takes its time for some of it: what is left counts after a while only. */
  private List<String> leftOver() throws InterruptedException {
    List<String> left = List.of();
    for (int i = 0; i < 50; i++) {
      left = Snapshot.read(id).beyond(before);
      if (left.isEmpty()) {
        return left;
      }
      Thread.sleep(100);
    }
    return left;
  }

  private void removeHome() throws IOException {
    // A mount that was left must not be emptied along with the folder.
    if (Snapshot.read(id).mounts().stream().anyMatch(m -> m.contains(home.toString()))) {
      return;
    }
    try (var files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
