package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.model.Namespace;
import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Needs unshare(1) and a root who may make namespaces. */
class NamespaceThreadTest {
  private int child;

  @AfterEach
  void end() {
    if (child != 0) {
      Processes.sendSignal(child, 9);
      Spawn.waitFor(child);
    }
  }

  @Test
  void aFileOfAnotherMountNamespaceIsSeenThereAndNotHere() {
    start("mount -t tmpfs none /mnt && touch /mnt/inside && exec sleep 1000", "-m");
    Path file = Path.of("/mnt/inside");
    await(() -> NamespaceThread.callIn(child, List.of(Namespace.MOUNT), () -> Files.exists(file)));
    assertFalse(Files.exists(file));
    String here = Processes.namespace(Processes.self(), Namespace.MOUNT).orElseThrow();
    assertNotEquals(here, Processes.namespace(child, Namespace.MOUNT).orElseThrow());
  }

  @Test
  void theInterfacesOfAnotherNetworkNamespaceAreListed() {
    start(
        "ip link add name veth0 type veth peer name veth1 && ip link set veth0 up && ip link set"
            + " veth1 up && ip address add 10.11.12.13/24 dev veth0 && ip link set lo up && exec"
            + " sleep 1000",
        "-n");
    await(() -> hasBegun(links()));
    List<NetAddresses.Link> links = links();
    NetAddresses.Link veth =
        links.stream().filter(link -> link.name().equals("veth0")).findFirst().orElseThrow();
    assertTrue(veth.up());
    assertFalse(veth.loopback());
    assertEquals(17, veth.hardwareAddress().length());
    assertEquals(1500, veth.mtu());
    NetAddresses.Address address = veth.addresses().getFirst();
    assertEquals("10.11.12.13", address.address().getHostAddress());
    assertEquals(24, address.prefix());
    assertEquals(NetAddresses.Scope.GLOBAL, address.scope());
    NetAddresses.Link loopback = links.getFirst();
    assertTrue(loopback.loopback());
    assertEquals(NetAddresses.Scope.HOST, loopback.addresses().getFirst().scope());
    assertFalse(NetAddresses.read().stream().anyMatch(link -> link.name().equals("veth0")));
  }

  @Test
  void whoeverAsksForTheSocketOfAnotherNamespaceStaysAtHome() {
    start("exec sleep 1000", "-n");
    try (Fd namespace = NamespaceThread.open(child, Namespace.NET)) {
      for (int i = 0; i < 3; i++) {
        Netlink.open(namespace).close();
      }
    }
    String home = NetworkThread.open(own(), () -> threadsNetwork());
    assertEquals(threadsNetwork(), home);
    try (Fd nothing = HostFiles.open(Path.of("/dev/null"), OpenFlags.READ_ONLY, 0)) {
      assertThrows(KernelException.class, () -> Netlink.open(nothing));
    }
    assertEquals(threadsNetwork(), NetworkThread.open(own(), () -> threadsNetwork()));
  }

  private static Fd own() {
    return NamespaceThread.open(Processes.self(), Namespace.NET);
  }

  private static String threadsNetwork() {
    return HostFiles.readLink(Path.of("/proc/thread-self/ns/net")).orElseThrow().toString();
  }

  @Test
  void otherNamespacesAreNotEnteredFromJava() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> NamespaceThread.callIn(Processes.self(), List.of(Namespace.PID), () -> 1));
    assertEquals("only network and mount namespaces can be entered from Java", e.getMessage());
  }

  @Test
  void whatTheWorkThrowsIsThrownHere() {
    UncheckedIOException e =
        assertThrows(
            UncheckedIOException.class,
            () ->
                NamespaceThread.call(
                    List.of(),
                    () -> {
                      throw new FileNotFoundException("x");
                    }));
    assertEquals("x", e.getCause().getMessage());
  }

  @Test
  void aRequestTheKernelRefusesIsNamed() {
    try (Netlink netlink = Netlink.open()) {
      byte[] nothing = new byte[16]; // RTM_DELLINK of interface 0
      KernelException e =
          assertThrows(KernelException.class, () -> netlink.request("delete link", 17, 0, nothing));
      assertEquals("delete link", e.call());
    }
  }

  /** Before unshare(1) has done its work, the child is in our own namespace. */
  private static boolean hasBegun(List<NetAddresses.Link> links) {
    return links.stream().anyMatch(link -> link.name().equals("veth0"))
        && !links.getFirst().addresses().isEmpty();
  }

  private List<NetAddresses.Link> links() {
    try (Fd namespace = NamespaceThread.open(child, Namespace.NET)) {
      return NetAddresses.read(namespace);
    }
  }

  private void start(String script, String namespace) {
    Optional<Path> unshare = Programs.find("unshare");
    assumeTrue(unshare.isPresent() && HostProbe.read().uid() == 0, "needs unshare(1) and root");
    assumeTrue(
        Spawn.waitFor(
                Spawn.of(List.of(unshare.get().toString(), namespace, "true"))
                    .withEnvironment(List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin"))
                    .start())
            .isSuccess(),
        "may not make namespaces");
    child =
        Spawn.of(List.of(unshare.get().toString(), namespace, "/bin/sh", "-c", script))
            .withEnvironment(List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin"))
            .start();
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    Deadline deadline = new Deadline(java.time.Duration.ofSeconds(20));
    while (!condition.getAsBoolean()) {
      assertTrue(deadline.pause(10), "in time");
    }
  }
}
