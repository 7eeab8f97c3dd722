package dev.coffer.network;

import dev.coffer.linux.HostFiles;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Gives the addresses of a client that is gone back to dnsmasq(8). Its file of leases is truncated
 * and written anew with every change: on a busy machine it can be read half-written for a while. So
 * a lease counts as given back only in a file that is seen to be whole, and what is lost on the way
 * is sent again.
 */
final class LeaseReturn {
  /** What dnsmasq's standard library writes at a time: a file cut short ends there. */
  private static final int BLOCK = 4096;

  private static final long CALM_MILLIS = 500;
  private static final int EMPTY_READINGS = 3;
  private static final long STEP_MILLIS = 5;
  private static final int MOST_STEPS = 400;

  /** A packet may be lost. */
  private static final int STEPS_TO_SEND_AGAIN = 20;

  private final Path file;
  private final String hardwareAddress;
  private final InetAddress server;
  private boolean others = true;
  private int empty;
  private int nextSending;

  private LeaseReturn(Path file, String hardwareAddress, InetAddress server) {
    this.file = file;
    this.hardwareAddress = hardwareAddress;
    this.server = server;
  }

  /**
   * @param file of leases
   * @param server whom to tell
   * @return false where the server does not take it within 2 s: then the lease runs out by itself
   */
  static boolean run(Path file, String hardwareAddress, InetAddress server) {
    LeaseReturn attempt = new LeaseReturn(file, hardwareAddress, server);
    try {
      for (int step = 0; step < MOST_STEPS; step++) {
        if (attempt.isDone(step)) {
          return true;
        }
        Thread.sleep(STEP_MILLIS);
      }
    } catch (IOException _) {
      return false; // the network is down
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private boolean isDone(int step) throws IOException {
    String text = HostFiles.readIfThere(file).orElse("");
    List<Lease> all = Lease.parse(text);
    List<Lease> own = all.stream().filter(this::isOwn).toList();
    if (own.isEmpty()) {
      return isWhole(text) || isCalm();
    }
    others = own.size() < all.size();
    if (step >= nextSending) {
      nextSending = step + STEPS_TO_SEND_AGAIN;
      for (Lease lease : own) {
        DhcpRelease.send(lease, server);
      }
    }
    return false;
  }

  private boolean isOwn(Lease lease) {
    return lease.address() instanceof Inet4Address
        && lease.hardwareAddress().equals(hardwareAddress);
  }

  /** An empty one is whole when all that was in it has been given back. */
  private boolean isWhole(String text) {
    if (text.isEmpty()) {
      empty++;
      return !others && empty >= EMPTY_READINGS;
    }
    return text.endsWith("\n") && text.getBytes(StandardCharsets.UTF_8).length % BLOCK != 0;
  }

  private boolean isCalm() {
    if (!HostFiles.exists(file)) {
      return true;
    }
    try {
      Instant written = Files.getLastModifiedTime(file).toInstant();
      return written.isBefore(Instant.now().minusMillis(CALM_MILLIS));
    } catch (IOException _) {
      return true; // it went at this moment, with its network
    }
  }
}
