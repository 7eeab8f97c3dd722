package dev.coffer.linux;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The ports that programs wait at in this network namespace, from proc_pid_net(5). */
public final class BoundPorts {
  private static final String TCP_LISTENS = "0A";
  private static final String UDP_UNCONNECTED = "07";
  private static final int LOCAL = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;

  private BoundPorts() {}

  /**
   * A socket that waits.
   *
   * @param protocol {@code tcp} or {@code udp}
   * @param inode tells it from all others
   */
  public record Bound(String protocol, InetAddress address, int port, long inode) {
    /** The program that has it, as {@code sshd (process 812)}; empty where it cannot be seen. */
    public Optional<String> owner() {
      String link = "socket:[" + inode + "]";
      try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
        for (Path process : processes) {
          if (has(process, link)) {
            String name = HostFiles.readSmall(process.resolve("comm")).strip();
            return Optional.of(name + " (process " + process.getFileName() + ")");
          }
        }
      } catch (IOException | KernelException _) {
        // it has ended, or is not ours to look at
        return Optional.empty();
      }
      return Optional.empty();
    }

    private static boolean has(Path process, String link) {
      try (DirectoryStream<Path> fds = Files.newDirectoryStream(process.resolve("fd"))) {
        for (Path fd : fds) {
          if (HostFiles.readLink(fd).filter(to -> to.toString().equals(link)).isPresent()) {
            return true;
          }
        }
      } catch (IOException | KernelException _) {
        // it has ended meanwhile
        return false;
      }
      return false;
    }
  }

  /** Those of now. */
  public static List<Bound> read() {
    List<Bound> all = new ArrayList<>();
    for (String file : List.of("tcp", "tcp6", "udp", "udp6")) {
      HostFiles.readIfThere(Path.of("/proc/self/net", file))
          .ifPresent(text -> all.addAll(parse(file.substring(0, 3), text)));
    }
    return all;
  }

  static List<Bound> parse(String protocol, String text) {
    String waiting = protocol.equals("tcp") ? TCP_LISTENS : UDP_UNCONNECTED;
    List<Bound> bound = new ArrayList<>();
    for (String line : text.lines().skip(1).toList()) {
      String[] words = line.strip().split("\\s+");
      if (words.length > INODE && words[STATE].equals(waiting)) {
        String[] local = words[LOCAL].split(":");
        bound.add(
            new Bound(
                protocol,
                address(local[0]),
                Integer.parseInt(local[1], 16),
                Long.parseLong(words[INODE])));
      }
    }
    return bound;
  }

  /** Words of 32 bits, each in the machine's order. */
  private static InetAddress address(String hex) {
    ByteBuffer words = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    ByteBuffer network = ByteBuffer.allocate(words.capacity()).order(ByteOrder.nativeOrder());
    while (words.hasRemaining()) {
      network.putInt(words.getInt());
    }
    try {
      return InetAddress.getByAddress(network.array());
    } catch (UnknownHostException e) {
      throw new IllegalStateException(hex, e); // 4 or 16 bytes are an address
    }
  }
}
