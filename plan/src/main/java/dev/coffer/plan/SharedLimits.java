package dev.coffer.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What the kernel tells by small files of its shared limits; what has to be searched for or tried
 * (inotify, namespaces) comes from elsewhere. A file that is not there or cannot be read is no
 * limit.
 */
public final class SharedLimits {
  private static final String NEIGHBOURS = "/proc/sys/net/ipv4/neigh/default/gc_thresh3";

  // Needs of a Debian 12 with systemd and a handful of services, rounded up.
  private static final long INOTIFY_INSTANCES = 8;
  private static final long INOTIFY_WATCHES = 256;
  private static final long KEYS = 20;
  private static final long KEY_BYTES = 500;
  private static final long PTYS = 8;
  private static final long TASKS = 64;
  private static final long FILES = 1024;
  private static final long CONNECTIONS = 128;
  private static final long ADDRESSES = 2;

  private SharedLimits() {}

  /**
   * All there are.
   *
   * @param file the content of a file
   * @param uid whose keys count; empty for the user that is nearest to the limit
   */
  public static List<SharedLimit> read(Function<String, Optional<String>> file, OptionalLong uid) {
    List<SharedLimit> limits = new ArrayList<>();
    file.apply("/proc/key-users").ifPresent(text -> keys(text, uid, limits));
    number(file, "/proc/sys/kernel/pty/nr")
        .ifPresent(used ->
            // the host keeps kernel.pty.reserve for itself, containers get the rest
            number(file, "/proc/sys/kernel/pty/max")
                .ifPresent(most ->
                    limits.add(
                        new SharedLimit(
                            "pseudo terminals",
                            "kernel.pty.max",
                            "",
                            used,
                            most - number(file, "/proc/sys/kernel/pty/reserve").orElse(0L),
                            PTYS,
                            "no console, ssh or lxc-attach gets a terminal"))));
    tasks(file, limits);
    files(file, limits);
    pair(
        file,
        "/proc/sys/fs/aio-nr",
        "/proc/sys/fs/aio-max-nr",
        new SharedLimit(
            "asynchronous requests", "fs.aio-max-nr", "", 0, 0, 0, "databases do not start"),
        limits);
    pair(
        file,
        "/proc/sys/net/netfilter/nf_conntrack_count",
        "/proc/sys/net/netfilter/nf_conntrack_max",
        new SharedLimit(
            "tracked connections",
            "net.netfilter.nf_conntrack_max",
            "",
            0,
            0,
            CONNECTIONS,
            "new connections are dropped"),
        limits);
    neighbours(file, limits);
    return limits;
  }

  /** proc_keys(5): uid, usage, nkeys/nikeys, qnkeys/maxkeys, qnbytes/maxbytes. */
  private static void keys(String text, OptionalLong uid, List<SharedLimit> limits) {
    List<SharedLimit> counts = new ArrayList<>();
    List<SharedLimit> bytes = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] fields = line.strip().split("[:/\\s]+");
      if (fields.length < 8 || (uid.isPresent() && Long.parseLong(fields[0]) != uid.getAsLong())) {
        continue;
      }
      String root = fields[0].equals("0") ? "root_" : "";
      String whose = "uid " + fields[0];
      counts.add(
          new SharedLimit(
              "keys",
              "kernel.keys." + root + "maxkeys",
              whose,
              Long.parseLong(fields[4]),
              Long.parseLong(fields[5]),
              KEYS,
              "services and logins inside fail with \"Disk quota exceeded\""));
      bytes.add(
          new SharedLimit(
              "bytes of keys",
              "kernel.keys." + root + "maxbytes",
              whose,
              Long.parseLong(fields[6]),
              Long.parseLong(fields[7]),
              KEY_BYTES,
              "services and logins inside fail with \"Disk quota exceeded\""));
    }
    nearest(counts).ifPresent(limits::add);
    nearest(bytes).ifPresent(limits::add);
  }

  private static Optional<SharedLimit> nearest(List<SharedLimit> limits) {
    return limits.stream().min(Comparator.comparingLong(SharedLimit::left));
  }

  /** The fourth field of proc_loadavg(5): runnable/existing tasks. */
  private static void tasks(Function<String, Optional<String>> file, List<SharedLimit> limits) {
    Optional<Long> used =
        file.apply("/proc/loadavg")
            .map(text -> text.split("[ /]"))
            .filter(fields -> fields.length > 4)
            .map(fields -> Long.parseLong(fields[4]));
    if (used.isEmpty()) {
      return;
    }
    for (String name : List.of("pid_max", "threads-max")) {
      number(file, "/proc/sys/kernel/" + name)
          .ifPresent(most ->
              limits.add(
                  new SharedLimit(
                      "processes and threads",
                      "kernel." + name,
                      "",
                      used.get(),
                      most,
                      TASKS,
                      "no further process starts, on the host neither")));
    }
  }

  /** proc_sys_fs(5): file-nr has allocated, free and largest number. */
  private static void files(Function<String, Optional<String>> file, List<SharedLimit> limits) {
    file.apply("/proc/sys/fs/file-nr")
        .map(text -> text.strip().split("\\s+"))
        .filter(fields -> fields.length == 3)
        .ifPresent(fields ->
            limits.add(
                new SharedLimit(
                    "open files",
                    "fs.file-max",
                    "",
                    Long.parseLong(fields[0]),
                    Long.parseLong(fields[2]),
                    FILES,
                    "no file opens (ENFILE), on the host neither")));
  }

  /** One table for all network namespaces; arp_cache has its size in hexadecimal, line by CPU. */
  private static void neighbours(
      Function<String, Optional<String>> file, List<SharedLimit> limits) {
    Optional<Long> used =
        file.apply("/proc/net/stat/arp_cache")
            .flatMap(text -> text.lines().skip(1).findFirst())
            .map(line -> Long.parseLong(line.strip().split("\\s+")[0], 16));
    Optional<Long> most = number(file, NEIGHBOURS);
    if (used.isPresent() && most.isPresent()) {
      limits.add(
          new SharedLimit(
              "IPv4 neighbours",
              "net.ipv4.neigh.default.gc_thresh3",
              "",
              used.get(),
              most.get(),
              ADDRESSES,
              "connections fail at random (\"neighbour table overflow\")"));
    }
  }

  private static void pair(
      Function<String, Optional<String>> file,
      String used,
      String most,
      SharedLimit row,
      List<SharedLimit> limits) {
    Optional<Long> now = number(file, used);
    Optional<Long> limit = number(file, most);
    if (now.isPresent() && limit.isPresent()) {
      limits.add(
          new SharedLimit(
              row.thing(),
              row.setting(),
              row.whose(),
              now.get(),
              limit.get(),
              row.each(),
              row.consequence()));
    }
  }

  private static Optional<Long> number(Function<String, Optional<String>> file, String path) {
    return file.apply(path).map(String::strip).filter(s -> !s.isEmpty()).map(Long::parseLong);
  }

  /** Inotify instances, of which each user has a number that user namespaces do not add to. */
  public static SharedLimit inotifyInstances(String whose, long used, long limit) {
    return new SharedLimit(
        "inotify instances",
        "fs.inotify.max_user_instances",
        whose,
        used,
        limit,
        INOTIFY_INSTANCES,
        "systemd and others inside fail with \"Too many open files\"");
  }

  public static SharedLimit inotifyWatches(String whose, long used, long limit) {
    return new SharedLimit(
        "inotify watches",
        "fs.inotify.max_user_watches",
        whose,
        used,
        limit,
        INOTIFY_WATCHES,
        "services inside fail with \"No space left on device\"");
  }

  /** Namespaces of a kind such as {@code user}, of which a container has one. */
  public static SharedLimit namespaces(String kind, long used, long limit) {
    return new SharedLimit(
        kind + " namespaces",
        "user.max_" + kind + "_namespaces",
        "",
        used,
        limit,
        8, // systemd gives services mount namespaces of their own, and users run sandboxes
        "containers and services inside do not start (\"No space left on device\")");
  }

  /** Mounts in one mount namespace, this one; containers have their own. */
  public static SharedLimit mounts(long used, long limit) {
    return new SharedLimit("mounts here", "fs.mount-max", "", used, limit, 0, "no further mounts");
  }

  /** How many inotify instances must be free for another container. */
  public static int inotifyInstancesEach() {
    return (int) INOTIFY_INSTANCES;
  }
}
