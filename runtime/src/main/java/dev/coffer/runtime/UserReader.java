package dev.coffer.runtime;

import dev.coffer.linux.FileStamp;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.plan.HostFacts.User;
import dev.coffer.plan.SubordinateIds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks up what an ordinary user may map; files are read again when they have changed. */
final class UserReader {
  private static final Path SUBUID = Path.of("/etc/subuid");
  private static final Path SUBGID = Path.of("/etc/subgid");
  private static final Path NSSWITCH = Path.of("/etc/nsswitch.conf");
  private static final List<String> PLACES =
      List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin");

  private final long uid;
  private final long gid;
  private final String name = System.getProperty("user.name");
  private Map<Path, Optional<FileStamp>> stamps = Map.of();
  private User last;

  /**
   * @param status of /proc/self/status, by key
   */
  UserReader(Map<String, String> status) {
    this.uid = first(status, "Uid");
    this.gid = first(status, "Gid");
  }

  private static long first(Map<String, String> status, String key) {
    return Long.parseLong(status.getOrDefault(key, "0").split("\\s+")[0]);
  }

  synchronized User read() {
    if (uid == 0) {
      return User.ROOT;
    }
    Map<Path, Optional<FileStamp>> now =
        Stream.of(SUBUID, SUBGID, NSSWITCH).collect(Collectors.toMap(f -> f, FileStamp::read));
    if (last == null || !now.equals(stamps) || last.newuidmap().isEmpty()) {
      last = look();
      stamps = now;
    }
    return last;
  }

  private User look() {
    boolean elsewhere = SubordinateIds.areElsewhere(text(NSSWITCH));
    return new User(
        uid,
        gid,
        name,
        ids(SUBUID, elsewhere),
        ids(SUBGID, elsewhere),
        program("newuidmap"),
        program("newgidmap"));
  }

  private SubordinateIds ids(Path file, boolean elsewhere) {
    return new SubordinateIds(SubordinateIds.parse(text(file), name, uid).ranges(), elsewhere);
  }

  private static String text(Path file) {
    try {
      return HostFiles.readIfThere(file).orElse("");
    } catch (KernelException _) {
      // what may not be read gives nothing; the programs of uidmap see it all the same
      return "";
    }
  }

  private static Optional<String> program(String name) {
    return PLACES.stream()
        .map(place -> place + "/" + name)
        .filter(file -> Files.isExecutable(Path.of(file)))
        .findFirst();
  }
}
