package dev.coffer.runtime;

import dev.coffer.linux.BoundPorts;
import dev.coffer.model.CofferException;
import dev.coffer.model.Origin;
import dev.coffer.model.PortForward;
import dev.coffer.model.plan.Undo;
import dev.coffer.model.plan.Undo.RemoveForwards;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Which ports of the host lead to which container: none to two, and none that a program of the host
 * waits at. The claim is the line of the journal that takes it back.
 */
final class ForwardClaims {
  /** Ports from here on are taken at random by whoever asks something by UDP. */
  private static final int EPHEMERAL = 32768;

  /**
   * What a container is about to have.
   *
   * @param present what is to be undone already
   * @param added what comes to it
   */
  record Wish(List<Undo> present, List<Undo> added, Origin origin) {}

  /**
   * Looks whether all ports are free.
   *
   * @param note makes it the container's; nobody else looks meanwhile
   */
  synchronized void claim(Collection<Life> lives, Life life, Wish wish, Runnable note) {
    List<RemoveForwards> added = forwards(wish.added());
    if (!added.isEmpty()) {
      List<RemoveForwards> all = new ArrayList<>(forwards(wish.present()));
      all.addAll(added);
      refuseTaken(lives, life, all, wish.origin());
      refuseBound(life, added, wish.origin());
    }
    note.run();
  }

  private static List<RemoveForwards> forwards(List<Undo> undos) {
    return undos.stream()
        .filter(RemoveForwards.class::isInstance)
        .map(RemoveForwards.class::cast)
        .toList();
  }

  private static void refuseTaken(
      Collection<Life> lives, Life life, List<RemoveForwards> wanted, Origin origin) {
    List<PortForward> before = new ArrayList<>();
    for (RemoveForwards claim : wanted) {
      for (PortForward forward : claim.forwards()) {
        for (PortForward other : before) {
          if (forward.overlaps(other)) {
            throw refused(life, forward, other.describe() + " of the same container", origin);
          }
        }
        before.add(forward);
      }
    }
    for (Life other : lives) {
      boolean same = other.lxcPath().equals(life.lxcPath()) && other.name().equals(life.name());
      for (RemoveForwards claim : same ? List.<RemoveForwards>of() : forwards(other.journal())) {
        for (PortForward theirs : claim.forwards()) {
          before.stream()
              .filter(theirs::overlaps)
              .findFirst()
              .ifPresent(ours -> {
                String owner = "container " + other.name() + " (" + other.lxcPath() + ")";
                throw refused(life, ours, owner + " by " + theirs.describe(), origin);
              });
        }
      }
    }
  }

  private static void refuseBound(Life life, List<RemoveForwards> wanted, Origin origin) {
    List<BoundPorts.Bound> all = BoundPorts.read();
    for (RemoveForwards claim : wanted) {
      for (PortForward forward : claim.forwards()) {
        for (BoundPorts.Bound bound : all) {
          if (collides(forward, bound)) {
            String owner = bound.owner().orElse("a program of the host");
            String place = bound.address().getHostAddress() + " port " + bound.port();
            throw refused(life, forward, owner + ", which waits at " + place, origin);
          }
        }
      }
    }
  }

  private static boolean collides(PortForward forward, BoundPorts.Bound bound) {
    boolean anyAddress = forward.address().isEmpty() || bound.address().isAnyLocalAddress();
    boolean sameFamily =
        forward.isFor(bound.address() instanceof Inet6Address)
            || bound.address().isAnyLocalAddress(); // of IPv6 is that of IPv4, too
    boolean ephemeral = bound.protocol().equals("udp") && bound.port() >= EPHEMERAL;
    return bound.protocol().equals(forward.protocol())
        && bound.port() >= forward.first()
        && bound.port() <= forward.last()
        && !ephemeral
        && sameFamily
        && (anyAddress || forward.address().get().equals(bound.address()));
  }

  private static CofferException refused(
      Life life, PortForward forward, String owner, Origin origin) {
    return new CofferException(
        "cannot forward " + forward.describe() + " to " + life.name() + ": it belongs to " + owner,
        List.of(
            "from  " + origin.describe(),
            "hint  choose another port or address of the host, or end the other one"));
  }
}
