package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** A container with a real Debian 12, systemd as its first process. */
final class Debian {
  private static final int SHIFT = 100_000;
  private static final Duration BOOT = Duration.ofSeconds(60);

  private final Machine machine;
  private final String container;

  private Debian(Machine machine, String container) {
    this.machine = machine;
    this.container = container;
  }

  /** What of Debian is unpacked. */
  enum Kind {
    /** Debian 12. */
    PLAIN,
    /** The same with lxc, systemd-nspawn, dockerd and a static BusyBox. */
    NESTING,
    /** The release in the making. */
    NEWEST
  }

  /** Unpacks the tree, owned by the host's root, and writes the config. */
  static Debian make(Machine machine, String container, String... config) throws IOException {
    return make(Kind.PLAIN, machine, container, config);
  }

  static Debian make(Kind kind, Machine machine, String container, String... config)
      throws IOException {
    Path rootfs = machine.container(container).resolve("rootfs");
    Files.createDirectories(rootfs);
    machine
        .command("tar", "-C", rootfs.toString(), "--numeric-owner", "-xpf", archive(kind, machine))
        .within(Duration.ofMinutes(2))
        .run()
        .ok();
    machine.configure(container, config);
    machine.configure(
        container,
        "lxc.rootfs.path = dir:" + rootfs,
        "lxc.uts.name = " + machine.name(container),
        "lxc.net.0.type = empty");
    return new Debian(machine, container);
  }

  /** Made once, by a script that keeps it in the user's cache. */
  private static String archive(Kind kind, Machine machine) {
    String given =
        switch (kind) {
          case PLAIN -> System.getenv("COFFER_DEBIAN_12");
          case NESTING -> System.getenv("COFFER_DEBIAN_12_NESTING");
          case NEWEST -> null;
        };
    boolean inGuest = System.getenv("COFFER_VM") != null;
    assumeTrue(given != null || !inGuest, "the host had no Debian for the virtual machine");
    if (given != null) {
      return given;
    }
    Path script = Path.of(System.getProperty("coffer.prefix"), "../../it/debian").normalize();
    var command = new ArrayList<>(List.of(script.toString()));
    if (kind != Kind.PLAIN) {
      command.add(kind.name().toLowerCase(Locale.ROOT));
    }
    Outcome made =
        machine
            .command(command)
            .with("XDG_CACHE_HOME", System.getenv().getOrDefault("XDG_CACHE_HOME", ""))
            .within(Duration.ofMinutes(10))
            .run();
    assumeTrue(made.exit() == 0, () -> "no Debian to be had: " + made.err());
    return made.text();
  }

  /** Gives every file to the ids that the container's are mapped to. */
  void chown() throws IOException {
    Path rootfs = machine.container(container).resolve("rootfs");
    try (var files = Files.walk(rootfs)) {
      for (Path file : files.toList()) {
        chown(file);
      }
    }
  }

  private static void chown(Path file) throws IOException {
    LinkOption itself = LinkOption.NOFOLLOW_LINKS;
    int mode = (int) Files.getAttribute(file, "unix:mode", itself);
    for (String id : List.of("unix:uid", "unix:gid")) {
      Files.setAttribute(file, id, (int) Files.getAttribute(file, id, itself) + SHIFT, itself);
    }
    // a change of owner takes the set-id bits away; a device cannot be opened here
    if (Files.isRegularFile(file, itself)) {
      Files.setAttribute(file, "unix:mode", mode, itself);
    }
  }

  Path console() {
    return machine.home().resolve(container + ".console");
  }

  void start() {
    machine.lxc("start", container, "-L", console().toString()).ok();
  }

  /** Waits until systemd has started all there is; only the units named may have failed. */
  void boots(String... mayFail) {
    Machine.await("systemd answers", BOOT, () -> systemctl("is-system-running").exit() != 127);
    Machine.await(
        "booted: " + log(),
        BOOT,
        () -> Set.of("running", "degraded").contains(systemctl("is-system-running").text()));
    Set<String> failed =
        systemctl("list-units", "--failed", "--no-legend", "--plain").lines().stream()
            .map(line -> line.split(" ")[0])
            .collect(Collectors.toSet());
    failed.removeAll(Set.of(mayFail));
    if (!failed.isEmpty()) {
      List<String> status = new ArrayList<>(List.of("status", "--no-pager"));
      status.addAll(failed);
      fail("failed units: " + systemctl(status.toArray(String[]::new)) + log());
    }
  }

  Outcome systemctl(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--", "systemctl"));
    all.addAll(List.of(arguments));
    return machine.lxc("attach", container, all.toArray(String[]::new));
  }

  Outcome inside(String... command) {
    List<String> all = new ArrayList<>(List.of("--"));
    all.addAll(List.of(command));
    return machine.lxc("attach", container, all.toArray(String[]::new));
  }

  void showsALogin() {
    Machine.await("a login on the console: " + log(), BOOT, () -> log().contains("login:"));
  }

  /** Everything runs again, with another init. */
  void restarts() {
    String before = machine.lxc("info", container, "-p", "-H").ok().text();
    machine
        .lxcCommand("stop", container, "-r", "-t", "30")
        .within(Duration.ofSeconds(40))
        .run()
        .ok();
    String after = machine.lxc("info", container, "-p", "-H").ok().text();
    assertTrue(!after.equals(before), before + " and " + after);
  }

  /** It ends by itself: one that is killed after its time would take longer. */
  void halts() {
    int limit = System.getenv("COFFER_VM") == null ? 30 : 300;
    Outcome stop =
        machine
            .lxcCommand("stop", container, "-t", String.valueOf(limit))
            .within(Duration.ofSeconds(60))
            .run()
            .ok();
    assertTrue(stop.took().toSeconds() < limit / 2, () -> stop + log());
  }

  String log() {
    try {
      return Files.exists(console()) ? Files.readString(console()) : "";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
