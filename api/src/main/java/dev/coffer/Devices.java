package dev.coffer;

import dev.coffer.linux.ContainerNodes;
import dev.coffer.linux.DeviceNode;
import dev.coffer.linux.DeviceRule;
import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Links;
import dev.coffer.linux.NamespaceThread;
import dev.coffer.linux.NetAddresses;
import dev.coffer.linux.Pidfd;
import dev.coffer.model.CofferException;
import dev.coffer.model.Namespace;
import dev.coffer.plan.CgroupPlacement.Place;
import dev.coffer.runtime.Caller;
import dev.coffer.runtime.ShownNode;
import dev.coffer.runtime.command.CommandClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Devices that a running container gets or loses: nodes with the right to use them, interfaces. */
record Devices(Path lxcPath, String name, RunningContainer container, Caller caller) {
  void add(String device, Optional<String> inside) {
    if (isInterface(device)) {
      moveIn(device, inside.orElse(device));
    } else {
      addNode(Path.of(device), inside(device, inside));
    }
  }

  void remove(String device, Optional<String> outside) {
    if (links().stream().anyMatch(link -> link.name().equals(device))) {
      moveOut(device, outside.orElse(device));
    } else {
      removeNode(Path.of(device), inside(device, outside));
    }
  }

  private static Path inside(String device, Optional<String> name) {
    return Path.of("/").resolve(name.orElse(device)).normalize();
  }

  private static boolean isInterface(String device) {
    return NetAddresses.read().stream().anyMatch(link -> link.name().equals(device));
  }

  private List<NetAddresses.Link> links() {
    try (Fd network = NamespaceThread.open(container.initPid(), Namespace.NET)) {
      return NetAddresses.read(network);
    }
  }

  private void addNode(Path device, Path place) {
    DeviceNode node =
        DeviceNode.read(device)
            .orElseThrow(() ->
                new CofferException(
                    device + " is neither a network interface nor a device node of this host"));
    try (ContainerNodes nodes = ContainerNodes.of(container.initPid())) {
      if (hasUserNamespace()) {
        shown(place).show(device, caller);
      } else {
        nodes.make(place, node);
      }
    } catch (KernelException e) {
      throw cannot("make " + place + " inside", e);
    }
    try {
      rule(node.rule(true));
    } catch (CofferException e) {
      removeNodeOnly(place);
      throw e;
    }
  }

  private void removeNode(Path device, Path place) {
    Path seen = Path.of("/proc/" + container.initPid() + "/root" + place);
    Optional<DeviceNode> node = DeviceNode.read(device).or(() -> DeviceNode.read(seen));
    removeNodeOnly(place);
    node.ifPresent(known -> rule(known.rule(false)));
  }

  private void removeNodeOnly(Path place) {
    try (ContainerNodes nodes = ContainerNodes.of(container.initPid())) {
      if (hasUserNamespace()) {
        shown(place).hide(caller);
      } else {
        nodes.remove(place);
      }
    } catch (KernelException e) {
      throw cannot("remove " + place + " inside", e);
    }
  }

  private ShownNode shown(Path place) {
    Pidfd init = container.init().orElseThrow(() -> new CofferException("it has just ended"));
    return new ShownNode(init, place);
  }

  private boolean hasUserNamespace() {
    return container.namespaces().contains(Namespace.USER);
  }

  /** Written to the files of v1; what v2 needs is up to whoever keeps the container. */
  private void rule(DeviceRule rule) {
    Optional<Place> old = container.placement().place("devices");
    if (old.isPresent()) {
      String file = rule.allow() ? "devices.allow" : "devices.deny";
      try {
        HostFiles.writeSmall(Path.of(old.get().limitDirectory(), file), rule.describe());
      } catch (KernelException e) {
        throw cannot("write \"" + rule.describe() + "\" to " + file, e);
      }
    } else if (!CommandClient.of(lxcPath.toString(), name).applyDeviceRule(rule)) {
      throw new CofferException(
          "the right to use the device could not be changed",
          List.of("hint  cgroup v2 needs a container that was started by root"));
    }
  }

  private void moveIn(String device, String as) {
    try (Fd ours = NamespaceThread.open((int) ProcessHandle.current().pid(), Namespace.NET);
        Fd theirs = NamespaceThread.open(container.initPid(), Namespace.NET)) {
      Links.move(ours, device, theirs, as);
    } catch (KernelException e) {
      throw cannot("move " + device + " into the container", e);
    }
  }

  private void moveOut(String device, String as) {
    try (Fd ours = NamespaceThread.open((int) ProcessHandle.current().pid(), Namespace.NET);
        Fd theirs = NamespaceThread.open(container.initPid(), Namespace.NET)) {
      Links.move(theirs, device, ours, as);
    } catch (KernelException e) {
      throw cannot("move " + device + " out of the container", e);
    }
  }

  private static CofferException cannot(String what, KernelException e) {
    return new CofferException("cannot " + what + ": " + Errno.describe(e.errno()));
  }
}
