package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.OpenFlags;
import dev.coffer.network.BrokerClient;
import dev.coffer.plan.UserNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks which ways to the network an ordinary user's containers have. */
final class UserNetworkReader {
  /** Where distributions put lxc-user-nic(1). */
  private static final List<String> USER_NICS =
      List.of(
          "/usr/libexec/lxc/lxc-user-nic",
          "/usr/lib/x86_64-linux-gnu/lxc/lxc-user-nic",
          "/usr/lib/aarch64-linux-gnu/lxc/lxc-user-nic",
          "/usr/lib/lxc/lxc-user-nic");

  private static final Path TUN = Path.of("/dev/net/tun");

  private final String broker;
  private final String folder;

  UserNetworkReader(Map<String, String> environment, long uid) {
    String given = environment.getOrDefault("COFFER_BROKER", "");
    this.broker = given.isEmpty() ? UserNetwork.BROKER : given;
    this.folder = RunDirectory.base(environment, uid).toString();
  }

  UserNetwork read() {
    return new UserNetwork(
        broker,
        HostFiles.exists(Path.of(broker)) && BrokerClient.isThere(Path.of(broker)),
        USER_NICS.stream().filter(UserNetworkReader::isSetUser).findFirst(),
        program("/usr/bin/pasta"),
        program("/usr/bin/slirp4netns"),
        opens(TUN),
        folder);
  }

  private static Optional<String> program(String path) {
    return Files.isExecutable(Path.of(path)) ? Optional.of(path) : Optional.empty();
  }

  /** Without its bit it can do no more than we. */
  private static boolean isSetUser(String path) {
    try {
      int mode = (int) Files.getAttribute(Path.of(path), "unix:mode");
      return (mode & 04000) != 0 && Files.isExecutable(Path.of(path));
    } catch (IOException | UncheckedIOException _) {
      return false; // there is none
    }
  }

  private static boolean opens(Path device) {
    try (Fd opened = HostFiles.open(device, OpenFlags.READ_WRITE, 0)) {
      return opened.isOpen();
    } catch (KernelException _) {
      return false; // whatever the reason, nobody of this user's can
    }
  }
}
