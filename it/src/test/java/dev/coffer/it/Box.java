package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A container from the built-in image, with just the configuration a test writes. */
final class Box {
  /** The first id of the range that tests map. */
  static final int FIRST_ID = 200_000;

  /** For a shell: its open descriptors; a pattern would open one more. */
  static final String OPEN_DESCRIPTORS =
      "i=0; o=; while [ $i -lt 100 ]; do"
          + " [ -e /proc/$$/fd/$i ] && o=\"$o $i\"; i=$((i + 1)); done; echo $o";

  static final List<String> ID_MAP =
      List.of("lxc.idmap = u 0 200000 65536", "lxc.idmap = g 0 200000 65536");

  private final Machine machine;
  private final String name;

  Box(Machine machine, String name) {
    this.machine = machine;
    this.name = name;
    machine.create(name).ok();
    config();
  }

  /** Replaces the configuration: what every container needs, then these lines. */
  Box config(String... lines) {
    List<String> all = new ArrayList<>();
    all.add("lxc.uts.name = " + machine.name(name));
    all.add("lxc.rootfs.path = dir:" + rootfs());
    all.add("lxc.signal.halt = SIGUSR1");
    all.add("lxc.signal.reboot = SIGTERM");
    all.add("lxc.mount.auto = proc:mixed sys:mixed");
    all.addAll(List.of(lines));
    write(machine.container(name).resolve("config"), String.join("\n", all) + "\n");
    return this;
  }

  /** The same with an id map in front. */
  Box mapped(String... lines) {
    List<String> all = new ArrayList<>(ID_MAP);
    all.addAll(List.of(lines));
    return config(all.toArray(String[]::new));
  }

  /** Gives the files to the mapped root. */
  Box shifted() {
    machine.run("chown", "-R", "-h", FIRST_ID + ":" + FIRST_ID, rootfs().toString()).ok();
    return this;
  }

  String fullName() {
    return machine.name(name);
  }

  Path rootfs() {
    return machine.container(name).resolve("rootfs");
  }

  Path configFile() {
    return machine.container(name).resolve("config");
  }

  /** The number of a line of the configuration file, for error texts. */
  int line(String text) {
    int at = read(configFile()).lines().toList().indexOf(text);
    return at < 0 ? fail("no line " + text) : at + 1;
  }

  Box started(String... arguments) {
    start(arguments).ok().complains("");
    return this;
  }

  Outcome start(String... arguments) {
    return machine.lxc("start", name, arguments);
  }

  Outcome stop() {
    return machine.lxc("stop", name, "-k");
  }

  Outcome execute(String... command) {
    List<String> arguments = new ArrayList<>(List.of("--"));
    arguments.addAll(List.of(command));
    return machine.lxc("execute", name, arguments.toArray(String[]::new));
  }

  Outcome attach(String... arguments) {
    return machine.lxc("attach", name, arguments);
  }

  /** What a shell inside says to this, with the container's own environment. */
  String inside(String script) {
    return tryInside(script).ok().text();
  }

  Outcome tryInside(String script) {
    return attach("--clear-env", "--", "/bin/sh", "-c", script);
  }

  /** What init itself has: a file of its directory below /proc of the host. */
  String ofInit(String file) {
    return read(Path.of("/proc", initPid(), file));
  }

  String initPid() {
    return machine.lxc("info", name, "-p", "-H").ok().text();
  }

  /** Waits until a reboot has led to another init. */
  void awaitAnotherInit(String before) {
    Machine.await(
        "another init",
        java.time.Duration.ofSeconds(10),
        () -> {
          String now = machine.lxc("info", name, "-p", "-H").text();
          return !now.isEmpty() && !now.equals(before) && machine.state(name).equals("RUNNING");
        });
  }

  /** A line of /proc/PID/status of init, without its name. */
  String status(String field) {
    return ofInit("status")
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> line.substring(field.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  /** The mount of a place inside: the fields of proc_pid_mountinfo(5), empty when there is none. */
  Mount mount(String place) {
    return inside("cat /proc/self/mountinfo")
        .lines()
        .map(Mount::parse)
        .filter(mount -> mount.place().equals(place))
        .reduce((first, last) -> last)
        .orElse(new Mount(place, "", "", "", "", ""));
  }

  /** One line of mountinfo. */
  record Mount(
      String place, String options, String propagation, String type, String source, String data) {
    static Mount parse(String line) {
      String[] fields = line.split(" ");
      int dash = List.of(fields).indexOf("-");
      return new Mount(
          fields[4],
          fields[5],
          String.join(" ", List.of(fields).subList(6, dash)),
          fields[dash + 1],
          fields[dash + 2],
          fields[dash + 3]);
    }

    boolean isThere() {
      return !type.isEmpty();
    }

    boolean has(String option) {
      return List.of(options.split(",")).contains(option);
    }
  }

  /** How many steps a start has. */
  int steps() {
    return (int)
        machine.lxc("start", name, "--explain").ok().lines().stream()
            .filter(line -> line.matches(" *[0-9]+ .*"))
            .count();
  }

  /** Fails the test unless the start is refused with exactly this. */
  void refuses(String... lines) {
    Outcome outcome = start("-d").exits(1);
    String tool = "lxc-start: " + fullName() + ": ";
    String expected =
        tool + String.join("\n", lines) + "\n" + tool + "The container failed to start\n";
    assertEquals(expected, outcome.err());
  }

  static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path directory(Path path) {
    try {
      return Files.createDirectories(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
