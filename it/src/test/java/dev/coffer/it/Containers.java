package dev.coffer.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Many containers on one root file system, which are there faster than one each. */
final class Containers {
  private static final List<String> BASICS =
      List.of(
          "lxc.net.0.type = empty",
          "lxc.tty.max = 1",
          "lxc.signal.halt = SIGUSR1",
          "lxc.signal.reboot = SIGTERM",
          "lxc.mount.auto = proc:mixed sys:mixed");

  private final Machine machine;
  private final Path root;

  Containers(Machine machine) {
    this.machine = machine;
    machine.create("base").ok();
    root = machine.container("base").resolve("rootfs");
  }

  /** Defines a container. */
  String define(String name, String... lines) {
    var config = new ArrayList<>(BASICS);
    config.add("lxc.rootfs.path = dir:" + root);
    config.add("lxc.uts.name = " + name);
    config.addAll(List.of(lines));
    try {
      Files.createDirectories(machine.container(name));
      Files.writeString(
          machine.container(name).resolve("config"), String.join("\n", config) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return name;
  }

  List<String> defineMany(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      names.add(define("c" + i));
    }
    return names;
  }

  Path root() {
    return root;
  }
}
