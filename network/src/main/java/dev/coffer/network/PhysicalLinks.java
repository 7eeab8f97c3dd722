package dev.coffer.network;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.LinkDetails;
import dev.coffer.linux.Links;
import dev.coffer.linux.Netlink;
import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.PinnedNamespace;
import dev.coffer.model.CofferException;
import dev.coffer.model.plan.LinkMark;
import dev.coffer.model.plan.LinkUndo.ReleaseNetwork;
import dev.coffer.model.plan.LinkUndo.ReturnLink;
import dev.coffer.model.plan.Undo;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Interfaces of the host that containers have. For each the container's network namespace is held
 * by a mount on a file, so that they can be taken home whoever was killed: the kernel destroys
 * virtual interfaces along with their namespace, and gives devices back under any name.
 */
public final class PhysicalLinks {
  private PhysicalLinks() {}

  /**
   * What takes an interface of the host home, noted before it is moved.
   *
   * @param folder the container's run directory
   * @throws KernelException ENODEV where there is none of this name
   */
  public static List<Undo> note(String link, Path folder) {
    String pin = pin(link, folder).toString();
    try (Netlink netlink = Netlink.open()) {
      return List.of(
          new ReleaseNetwork(pin), new ReturnLink(LinkDetails.require(netlink, link).mark(), pin));
    }
  }

  private static Path pin(String link, Path folder) {
    return folder.resolve("network-" + link);
  }

  /** Keeps a network namespace from ending with its last process. */
  static void hold(Fd namespace, String link, Path folder) {
    Path file = pin(link, folder);
    PinnedNamespace.release(file); // of an earlier life
    PinnedNamespace.pin(namespace, file);
  }

  static void release(ReleaseNetwork release) {
    PinnedNamespace.release(Path.of(release.file()));
  }

  /**
   * Finds it in the container's namespace, or on the host where that is gone, and makes it what it
   * was, but not up.
   */
  static void takeHome(ReturnLink back) {
    LinkMark mark = back.mark();
    try (Netlink host = Netlink.open()) {
      Links links = new Links(host);
      int index = fetch(back, host).or(() -> strayed(mark, host)).orElse(0);
      if (index == 0) {
        return; // it never left, or was pulled out
      }
      if (!mark.hardwareAddress().isEmpty()) {
        links.setHardwareAddress(index, mark.hardwareAddress());
      }
      links.setMtu(index, mark.mtu());
    }
  }

  /**
   * @return its index on the host; empty where the container does not have it
   */
  private static Optional<Integer> fetch(ReturnLink back, Netlink host) {
    try (Fd namespace = HostFiles.open(Path.of(back.network()), OpenFlags.READ_ONLY, 0);
        Netlink inside = Netlink.open(namespace);
        Fd home = HostFiles.open(Path.of("/proc/self/ns/net"), OpenFlags.READ_ONLY, 0)) {
      Optional<LinkMark> found = search(back.mark(), inside);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      String name = freeName(back.mark().name(), host);
      new Links(inside).move(found.get().index(), home, name);
      if (!name.equals(back.mark().name())) {
        throw new CofferException(
            "the interface "
                + back.mark().name()
                + " came back as "
                + name
                + ": the host has another of its name");
      }
      return Optional.of(new Links(host).require(name).index());
    } catch (KernelException e) {
      // nothing is mounted on the file, or it is gone
      if (e.is(Errno.ENOENT) || e.is(Errno.EINVAL)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** One that the kernel brought home, under the name it had inside. */
  private static Optional<Integer> strayed(LinkMark mark, Netlink host) {
    if (new Links(host).find(mark.name()).isPresent() || !mark.hasDevice()) {
      return Optional.empty();
    }
    Optional<LinkMark> found = search(mark, host);
    found.ifPresent(link -> {
      Links links = new Links(host);
      links.setUp(link.index(), false);
      links.rename(link.index(), mark.name());
    });
    return found.map(LinkMark::index);
  }

  private static Optional<LinkMark> search(LinkMark mark, Netlink where) {
    List<LinkMark> alike =
        LinkDetails.all(where).stream().map(LinkDetails::mark).filter(mark::isOf).toList();
    return alike.stream()
        .min(
            Comparator.comparingInt((LinkMark link) -> link.index() == mark.index() ? 0 : 1)
                .thenComparingInt(LinkMark::index));
  }

  private static String freeName(String wanted, Netlink host) {
    Links links = new Links(host);
    String name = wanted;
    for (int i = 0; links.find(name).isPresent(); i++) {
      name = "back" + i;
    }
    return name;
  }
}
