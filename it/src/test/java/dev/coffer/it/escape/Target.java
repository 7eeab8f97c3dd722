package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.it.Command;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A container in the hands of an attacker: {@code /attack} is in it. The same container can be
 * given to Debian's LXC, whose fate is printed and asserted by nobody.
 */
final class Target {
  static final String FIRST_ID = "200000";

  private static final Map<String, Path> PROGRAMS = new HashMap<>();

  private final Machine machine;
  private final String name;

  Target(Machine machine, String name) {
    this.machine = machine;
    this.name = name;
    machine.create(name).ok();
    copy(program(machine), rootfs().resolve("attack"));
  }

  /** A privileged container whose init sleeps, with these lines. */
  Target config(String... lines) {
    List<String> all = new ArrayList<>();
    all.add("lxc.uts.name = " + fullName());
    all.add("lxc.rootfs.path = dir:" + rootfs());
    if (Arrays.stream(lines).noneMatch(line -> line.startsWith("lxc.init.cmd"))) {
      all.add("lxc.init.cmd = /bin/sleep 999");
    }
    if (Arrays.stream(lines).noneMatch(line -> line.startsWith("lxc.namespace.keep"))) {
      all.add("lxc.net.0.type = empty");
      all.add("lxc.mount.auto = proc:mixed sys:mixed");
    }
    all.addAll(List.of(lines));
    write(machine.container(name).resolve("config"), String.join("\n", all) + "\n");
    return this;
  }

  /** The same with an id map, its files given to the mapped root. */
  Target mapped(String... lines) {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("lxc.idmap = u 0 " + FIRST_ID + " 65536");
    all.add("lxc.idmap = g 0 " + FIRST_ID + " 65536");
    machine.run("chown", "-hR", FIRST_ID + ":" + FIRST_ID, rootfs().toString()).ok();
    return config(all.toArray(String[]::new));
  }

  Target started() {
    machine.lxc("start", name).ok();
    return this;
  }

  Outcome start() {
    return machine.lxc("start", name);
  }

  Target stopped() {
    machine.lxc("stop", name, "-k");
    return this;
  }

  String fullName() {
    return machine.name(name);
  }

  Path rootfs() {
    return machine.container(name).resolve("rootfs");
  }

  String initPid() {
    return machine.lxc("info", name, "-p", "-H").ok().text();
  }

  String state() {
    return machine.state(name);
  }

  Command attackCommand(String... attack) {
    List<String> words = new ArrayList<>(List.of("--clear-env", "--", "/attack"));
    words.addAll(List.of(attack));
    return machine.lxcCommand("attach", name, words.toArray(String[]::new));
  }

  Outcome attack(String... attack) {
    return attackCommand(attack).run();
  }

  /** Fails the test unless the attack is refused. */
  Outcome refuses(String... attack) {
    return attack(attack).exits(1);
  }

  String inside(String script) {
    return machine.lxc("attach", name, "--clear-env", "--", "sh", "-c", script).ok().text();
  }

  /** The same container under LXC: {@code /usr/bin/lxc-TOOL}. */
  Outcome lxc(String tool, String... arguments) {
    List<String> argv = new ArrayList<>();
    argv.addAll(
        List.of("/usr/bin/lxc-" + tool, "-P", machine.lxcpath().toString(), "-n", fullName()));
    argv.addAll(List.of(arguments));
    machine.afterwards(this::removeCgroupsOfLxc);
    return machine.command(argv).run();
  }

  /** A start that fails, or is stopped at once, makes LXC leave some. */
  private void removeCgroupsOfLxc() {
    String left = "find /sys/fs/cgroup -maxdepth 2 -type d -name 'lxc.*" + fullName() + "*'";
    Machine.await(
        "the end of LXC's cgroups",
        Duration.ofSeconds(10),
        () -> {
          machine.run("sh", "-c", left + " -exec rmdir {} + 2>/dev/null");
          return machine.run("sh", "-c", left).text().isEmpty();
        });
  }

  static boolean hasLxc() {
    return Files.isExecutable(Path.of("/usr/bin/lxc-start"));
  }

  /** What became of LXC, for the table in docs/attacks.md. */
  static void recordLxc(String attack, boolean fell) {
    System.out.println("LXC  " + attack + ": " + (fell ? "falls" : "holds"));
  }

  /** The attacking program, which also runs on the host. */
  static Path program(Machine machine) {
    return program(machine, "attack");
  }

  /** The FUSE server that keeps silent. */
  static Path frozen(Machine machine) {
    return program(machine, "frozen");
  }

  private static synchronized Path program(Machine machine, String name) {
    if (!PROGRAMS.containsKey(name)) {
      try (var source = Target.class.getResourceAsStream(name + ".c")) {
        Path folder = Files.createTempDirectory("coffer-attack");
        Path text = folder.resolve(name + ".c");
        Path made = folder.resolve(name);
        Files.write(text, source.readAllBytes());
        Outcome gcc =
            machine.run("gcc", "-static", "-O1", "-w", "-o", made.toString(), text.toString());
        assumeTrue(gcc.exit() == 0, "needs gcc and a static C library");
        folder.toFile().deleteOnExit();
        text.toFile().deleteOnExit();
        made.toFile().deleteOnExit();
        PROGRAMS.put(name, made);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return PROGRAMS.get(name);
  }

  static void copy(Path from, Path to) {
    try {
      Files.copy(from, to);
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

  static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A directory of the host with one file in it, both of which must stay as they are. */
  static final class Treasure {
    final Path directory;
    final Path file;

    Treasure(Machine machine) {
      directory = machine.home().resolve("treasure");
      file = directory.resolve("file");
      restore();
    }

    void restore() {
      try {
        Files.createDirectories(directory);
        write(file, "mine\n");
        file.toFile().setExecutable(false, false);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean isWhole() {
      try (var files = Files.list(directory)) {
        return files.toList().equals(List.of(file))
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && read(file).equals("mine\n")
            && !Files.isExecutable(file);
      } catch (IOException | UncheckedIOException e) {
        return false;
      }
    }

    void assertWhole(String by) {
      assertEquals(true, isWhole(), by + " changed " + directory);
    }
  }
}
