package dev.coffer.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An ordinary user, made for one test and removed after it: with a home that nobody else may enter,
 * subordinate ids, and an engine of their own.
 */
public final class Person {
  /** First of the 65536 subordinate ids. */
  public static final int FIRST_ID = 700_000;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final List<String> TREES =
      List.of("memory", "freezer", "pids", "systemd", "unified");

  private final Machine machine;
  private final String name;
  private final Path home;

  public Person(Machine machine) throws IOException {
    this(machine, true);
  }

  /**
   * @param subordinates whether there are ids for them in /etc/subuid and /etc/subgid
   */
  Person(Machine machine, boolean subordinates) throws IOException {
    this.machine = machine;
    this.name = machine.name("u").replace("-u", "u");
    this.home = machine.home().resolve("person");
    List<String> useradd = new ArrayList<>(List.of("useradd", "-M", "-d", home.toString()));
    useradd.addAll(List.of("-K", "SUB_UID_COUNT=0", "-K", "SUB_GID_COUNT=0", name));
    machine.command(useradd).run().ok();
    machine.afterwards(this::leave);
    if (subordinates) {
      String range = FIRST_ID + "-" + (FIRST_ID + 65535);
      machine.run("usermod", "--add-subuids", range, "--add-subgids", range, name).ok();
    }
    Files.createDirectories(home.resolve(".config/lxc"));
    Files.createDirectory(home.resolve("run"));
    write(
        ".config/lxc/default.conf",
        "lxc.idmap = u 0 " + FIRST_ID + " 65536",
        "lxc.idmap = g 0 " + FIRST_ID + " 65536",
        "lxc.net.0.type = empty");
    machine.run("chown", "-R", name + ":", home.toString()).ok();
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
  }

  public String name() {
    return name;
  }

  public Path home() {
    return home;
  }

  String uid() {
    return machine.run("id", "-u", name).ok().text();
  }

  /** Writes a file of theirs, which they need only read. */
  public void write(String file, String... lines) {
    Box.write(home.resolve(file), String.join("\n", lines) + "\n");
  }

  /** What a shell of theirs says to this. */
  public Outcome says(String script) {
    return command(List.of(), script).run();
  }

  /** The same in cgroups of version 1 that are delegated to them. */
  Outcome saysDelegated(String script) throws IOException {
    String cgroup = machine.name("delegated");
    List<String> enter = new ArrayList<>();
    for (String tree : TREES) {
      Path path = Path.of("/sys/fs/cgroup", tree, cgroup);
      Files.createDirectory(path);
      for (String file : List.of("", "cgroup.procs", "tasks", "cgroup.subtree_control")) {
        if (Files.exists(path.resolve(file))) {
          machine.run("chown", name, path.resolve(file).toString()).ok();
        }
      }
      enter.add("echo $$ > " + path + "/cgroup.procs");
    }
    try {
      String join = String.join(" && ", enter);
      return command(List.of("bash", "-c", join + " && exec \"$@\"", "bash"), script).run();
    } finally {
      stopEngine();
      for (String tree : TREES) {
        Path path = Path.of("/sys/fs/cgroup", tree, cgroup);
        Files.deleteIfExists(path.resolve("coffer.session"));
        Files.delete(path);
      }
    }
  }

  private Command command(List<String> before, String script) {
    List<String> argv = new ArrayList<>(before);
    argv.addAll(List.of("setpriv", "--reuid", name, "--regid", name, "--init-groups"));
    argv.addAll(List.of("bash", "-c", "cd; " + script));
    return machine
        .command(argv)
        .with("HOME", home.toString())
        .with("USER", name)
        .with("COFFER_RUN", "")
        .with("XDG_RUNTIME_DIR", home.resolve("run").toString());
  }

  private void stopEngine() {
    says("coffer engine stop").ok();
  }

  private void leave() {
    stopEngine();
    // an engine says goodbye before it ends, and a keeper may have woken another one meanwhile
    long again = System.nanoTime() + PATIENCE.toNanos();
    while (hasProcesses() && System.nanoTime() < again) {
      Thread.onSpinWait();
    }
    if (hasProcesses()) {
      stopEngine();
    }
    Machine.await(
        "the end of all processes of " + name, PATIENCE.multipliedBy(2), () -> !hasProcesses());
    machine.run("userdel", name).ok();
  }

  private boolean hasProcesses() {
    return !machine.run("ps", "-u", name, "-o", "pid=").text().isEmpty();
  }
}
