package dev.coffer.network;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Links;
import dev.coffer.linux.Netlink;
import dev.coffer.linux.NewLink;
import dev.coffer.model.CofferException;
import dev.coffer.network.BrokerMessage.Join;
import dev.coffer.network.NicAccounts.Entry;
import dev.coffer.network.Refusal.Reason;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes ordinary users' ports of bridges, never more than the policy says. What counts are the
 * interfaces that are there: those on the list that have gone are struck off, and those of the
 * user's that are missing on it count all the same.
 *
 * @param policy lxc-usernet(5)'s file
 * @param accounts the list that is shared with lxc-user-nic(1)
 */
public record UserPorts(Path policy, Path accounts) {
  /** lxc-usernet(5). */
  public static final Path POLICY = Path.of("/etc/lxc/lxc-usernet");

  /** Where lxc-user-nic(1) has its list. */
  public static final Path ACCOUNTS = Path.of("/run/lxc/nics");

  private static final String TYPE = "veth";
  private static final String NO_BRIDGE = "none";
  private static final int MOST_POLICY = 1 << 20;
  private static final int MOST_TRIES = 20;
  private static final int LONGEST = 15;
  private static final int RANDOM_LETTERS = 4;
  private static final String LETTERS =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Makes a pair, one end in the namespace, which must be the asker's.
   *
   * @return the name of the end on the host
   * @throws Refusal with LXC's words where it has some
   */
  String join(Asker asker, Join request, Fd network) {
    Map<String, Integer> allowed =
        readPolicy().allowed(asker.name(), asker.groups(), TYPE, request.bridge());
    if (allowed.values().stream().noneMatch(count -> count > 0)) {
      throw quota(
          asker, request, policy + " gives " + asker.name() + " no veth on " + request.bridge(), 1);
    }
    ensure(request.bridge());
    try (NicAccounts list = NicAccounts.lock(accounts);
        Netlink netlink = Netlink.open()) {
      Links links = new Links(netlink);
      List<Links.Found> there = links.all();
      Optional<Links.Found> bridge = bridge(request, there);
      List<Entry> entries = present(list.read(), there);
      String owner = owner(asker, request, allowed, entries, strays(asker, bridge, entries, there));
      return create(
          links,
          list,
          entries,
          new Entry(owner, TYPE, request.bridge(), ""),
          asker,
          request,
          bridge,
          network);
    }
  }

  private UsernetPolicy readPolicy() {
    try {
      return UsernetPolicy.parse(HostFiles.readAtMost(policy, MOST_POLICY));
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT)) {
        return UsernetPolicy.parse("");
      }
      throw e;
    }
  }

  /** A network that is described on this host is made when somebody who may use it needs it. */
  private static void ensure(String bridge) {
    Networks networks = Networks.system();
    if (!networks.bridges().contains(bridge)) {
      return;
    }
    try {
      networks.ensure(bridge);
    } catch (CofferException e) {
      throw new Refusal(
          Reason.FAILED, e.getMessage(), "root finds out more by: coffer network show");
    }
  }

  private static Optional<Links.Found> bridge(Join request, List<Links.Found> there) {
    if (request.bridge().equals(NO_BRIDGE)) {
      return Optional.empty();
    }
    Links.Found found =
        there.stream()
            .filter(link -> link.name().equals(request.bridge()))
            .findFirst()
            .orElseThrow(() ->
                new Refusal(
                    Reason.UNFIT,
                    "there is no interface " + request.bridge() + " (ENODEV)",
                    "\"ip link\" shows those of the host; root must make the bridge first"));
    if (!found.kind().equals("bridge")) {
      throw new Refusal(
          Reason.UNFIT,
          request.bridge() + " is no bridge",
          "\"ip link show type bridge\" shows those of the host");
    }
    return Optional.of(found);
  }

  private static List<Entry> present(List<Entry> entries, List<Links.Found> there) {
    Set<String> names = there.stream().map(Links.Found::name).collect(Collectors.toSet());
    return entries.stream().filter(entry -> names.contains(entry.link())).toList();
  }

  /** How many of the user's ports of the bridge nobody has listed. */
  private static long strays(
      Asker asker, Optional<Links.Found> bridge, List<Entry> entries, List<Links.Found> there) {
    Set<String> listed = entries.stream().map(Entry::link).collect(Collectors.toSet());
    int master = bridge.map(Links.Found::index).orElse(0);
    return there.stream()
        .filter(link -> link.master() == master && link.name().startsWith(prefix(asker.uid())))
        .filter(link -> !listed.contains(link.name()))
        .count();
  }

  /** Whose count has room. */
  private String owner(
      Asker asker, Join request, Map<String, Integer> allowed, List<Entry> entries, long strays) {
    long uncounted = strays;
    long all = 0;
    for (Map.Entry<String, Integer> one : allowed.entrySet()) {
      long used =
          entries.stream()
              .filter(entry ->
                  entry.owner().equals(one.getKey())
                      && entry.type().equals(TYPE)
                      && entry.bridge().equals(request.bridge()))
              .count();
      all += one.getValue();
      long left = one.getValue() - used;
      if (left > uncounted) {
        return one.getKey();
      }
      uncounted -= Math.max(left, 0);
    }
    throw quota(
        asker,
        request,
        asker.name() + " has all " + all + " that " + policy + " allows on " + request.bridge(),
        all + 1);
  }

  private Refusal quota(Asker asker, Join request, String why, long wanted) {
    return new Refusal(
        Reason.QUOTA,
        "Quota reached: " + why,
        "as root add to "
            + policy
            + ": \""
            + asker.name()
            + " veth "
            + request.bridge()
            + " "
            + wanted
            + "\"");
  }

  /** The list is written before the deed: what is on it and not there is struck off next time. */
  private static String create(
      Links links,
      NicAccounts list,
      List<Entry> entries,
      Entry wanted,
      Asker asker,
      Join request,
      Optional<Links.Found> bridge,
      Fd network) {
    for (int i = 0; i < MOST_TRIES; i++) {
      String name = prefix(asker.uid()) + random(asker.uid());
      if (links.find(name).isPresent()) {
        continue;
      }
      List<Entry> more = new ArrayList<>(entries);
      more.add(new Entry(wanted.owner(), wanted.type(), wanted.bridge(), name));
      list.write(more);
      try {
        links.add(pair(name, request.name(), bridge, network));
        return name;
      } catch (KernelException e) {
        list.write(entries);
        throw refused(e, request);
      }
    }
    throw new Refusal(Reason.FAILED, "no free name was found", "try again");
  }

  private static NewLink pair(
      String name, String inside, Optional<Links.Found> bridge, Fd network) {
    OptionalInt mtu = bridge.map(found -> OptionalInt.of(found.mtu())).orElse(OptionalInt.empty());
    NewLink host =
        NewLink.of(name, TYPE)
            .up(true)
            .hardwareAddress(Optional.of(highAddress()))
            .mtu(mtu)
            .queues(1, 1)
            .withPeer(NewLink.of(inside, TYPE).in(network).mtu(mtu).queues(1, 1));
    bridge.ifPresent(found -> host.master(found.index()));
    return host;
  }

  private static Refusal refused(KernelException e, Join request) {
    if (e.is(Errno.EEXIST)) {
      return new Refusal(
          Reason.UNFIT,
          "the container has an interface " + request.name() + " already",
          "choose another name with lxc.net.N.name");
    }
    return new Refusal(Reason.FAILED, e.getMessage(), "");
  }

  /** A bridge takes the lowest address of its ports as its own. */
  private static String highAddress() {
    byte[] bytes = new byte[6];
    RANDOM.nextBytes(bytes);
    bytes[0] = (byte) 0xfe;
    return HexFormat.ofDelimiter(":").formatHex(bytes);
  }

  /** As lxc-user-nic(1) has it; for numbers too long for that in base 36. */
  private static String prefix(long uid) {
    String decimal = "veth" + uid + "_";
    return decimal.length() + RANDOM_LETTERS <= LONGEST
        ? decimal
        : "veth" + Long.toString(uid, Character.MAX_RADIX) + "_";
  }

  private static String random(long uid) {
    int room = Math.min(RANDOM_LETTERS, LONGEST - prefix(uid).length());
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < room; i++) {
      text.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
    }
    return text.toString();
  }
}
