package dev.coffer;

import dev.coffer.linux.DeviceRule;
import dev.coffer.linux.Errno;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.model.CofferException;
import dev.coffer.plan.CgroupPlacement;
import dev.coffer.plan.CgroupPlacement.Place;
import dev.coffer.runtime.command.CommandClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A file of the cgroup that carries a running container's limits. */
record CgroupFile(CommandClient keeper, CgroupPlacement placement, String name) {
  CgroupFile {
    if (name.isEmpty() || name.contains("/") || name.startsWith(".")) {
      throw new CofferException("\"" + name + "\" is not the name of a file of a cgroup");
    }
  }

  String read() {
    try {
      return HostFiles.readSmall(path());
    } catch (KernelException e) {
      throw failure(e);
    }
  }

  void write(String value) {
    boolean allow = name.equals("devices.allow");
    if ((allow || name.equals("devices.deny")) && placement.place("devices").isEmpty()) {
      rule(value, allow);
      return;
    }
    try {
      HostFiles.writeSmall(path(), value);
    } catch (KernelException e) {
      throw failure(e);
    }
  }

  /** Cgroup v2 has no such files: the keeper's program decides, and is told. */
  private void rule(String value, boolean allow) {
    DeviceRule rule =
        DeviceRule.parse(value, allow)
            .orElseThrow(() ->
                new CofferException(
                    "\"" + value + "\" is no device rule", List.of("hint  as c 1:3 rwm")));
    if (!keeper.applyDeviceRule(rule)) {
      throw new CofferException("the right to use the device could not be changed");
    }
  }

  private Path path() {
    Optional<Place> place =
        placement.place(name.substring(0, Math.max(name.indexOf('.'), 0))).or(() -> unified());
    return place
        .map(found -> Path.of(found.limitDirectory(), name))
        .orElseThrow(() ->
            new CofferException(
                "the container has no cgroup of a controller that has " + name,
                List.of("hint  coffer doctor shows the controllers of this host")));
  }

  private Optional<Place> unified() {
    return placement.place("");
  }

  private CofferException failure(KernelException e) {
    String hint =
        e.is(Errno.ENOENT)
            ? "hint  cgroup v1 and v2 name their files differently, and a controller has to be"
                + " enabled: see "
                + path().getParent()
            : "hint  cgroups(7) says which values it takes";
    return new CofferException(path() + ": " + Errno.describe(e.errno()), List.of(hint));
  }
}
