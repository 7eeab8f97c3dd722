package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What all processes have of the kernel's shared things, by a search through proc(5): for people
 * who ask, as it takes a while. What may not be looked at does not count.
 */
public final class KernelShares {
  /** ioctl_ns(2). */
  private static final int NS_GET_PARENT = 0xb702;

  private static final int NS_GET_OWNER_UID = 0xb704;

  /** As both /proc/PID/ns and the sysctls user.max_KIND_namespaces name them. */
  public static final List<String> KINDS =
      List.of("user", "mnt", "net", "pid", "uts", "ipc", "cgroup");

  /** Inotify instances and their watches. */
  public record Inotifies(long instances, long watches) {
    Inotifies plus(long more) {
      return new Inotifies(instances + 1, watches + more);
    }
  }

  private final Map<Long, Inotifies> inotifies = new TreeMap<>();
  private final Map<String, Set<String>> namespaces = new TreeMap<>();
  private final Map<String, Long> payers = new HashMap<>();
  private final String own = link(Path.of("/proc/self/ns/user"));

  private KernelShares() {}

  public static KernelShares read() {
    KernelShares shares = new KernelShares();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        shares.add(process);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return shares;
  }

  /**
   * By the uid that pays for them. Within a user namespace that is, in the end, whoever made it.
   */
  public Map<Long, Inotifies> inotifies() {
    return inotifies;
  }

  /** How many namespaces of a kind such as {@code net} there are. */
  public int namespaces(String kind) {
    return namespaces.getOrDefault(kind, Set.of()).size();
  }

  private void add(Path process) {
    for (String kind : KINDS) {
      String namespace = link(process.resolve("ns").resolve(kind));
      if (!namespace.isEmpty()) {
        namespaces.computeIfAbsent(kind, _ -> new HashSet<>()).add(namespace);
      }
    }
    try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : open) {
        if (link(file).equals("anon_inode:inotify")) {
          long watches = watches(process.resolve("fdinfo").resolve(file.getFileName()));
          Inotifies before = inotifies.getOrDefault(payer(process), new Inotifies(0, 0));
          inotifies.put(payer(process), before.plus(watches));
        }
      }
    } catch (IOException | DirectoryIteratorException | KernelException e) {
      // ended meanwhile, or somebody else's
    }
  }

  private static long watches(Path info) {
    return HostFiles.readIfThere(info)
        .map(text -> text.lines().filter(line -> line.startsWith("inotify ")).count())
        .orElse(0L);
  }

  private long payer(Path process) {
    String namespace = link(process.resolve("ns/user"));
    if (namespace.isEmpty() || namespace.equals(own)) {
      return uid(process);
    }
    return payers.computeIfAbsent(namespace, _ -> owner(process));
  }

  private static long uid(Path process) {
    return HostFiles.readIfThere(process.resolve("status"))
        .flatMap(text -> text.lines().filter(line -> line.startsWith("Uid:")).findFirst())
        .map(line -> Long.parseLong(line.split("\\s+")[1]))
        .orElse(-1L);
  }

  /** Who made the outermost of the user namespaces around a process that is within ours. */
  private long owner(Path process) {
    try (Call call = new Call()) {
      Fd at = HostFiles.open(process.resolve("ns/user"), OpenFlags.READ_ONLY, 0);
      try {
        while (true) {
          long parent = call.run(Sys.IOCTL, at.number(), NS_GET_PARENT, 0);
          if (parent < 0) {
            return uid(process); // EPERM: it is ours already, or outside
          }
          Fd above = Fd.of((int) parent);
          if (link(Path.of("/proc/self/fd/" + above.number())).equals(own)) {
            above.close();
            return owner(call, at);
          }
          at.close();
          at = above;
        }
      } finally {
        at.close();
      }
    } catch (KernelException e) {
      return uid(process);
    }
  }

  private static long owner(Call call, Fd namespace) {
    MemorySegment uid = call.ints(0);
    call.check(Sys.IOCTL, namespace.number(), NS_GET_OWNER_UID, uid.address());
    return Integer.toUnsignedLong(uid.get(JAVA_INT, 0));
  }

  private static String link(Path path) {
    return HostFiles.readLink(path).map(Path::toString).orElse("");
  }
}
