package dev.coffer.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The names of users and groups: by /etc/passwd and /etc/group, and where those do not know, by
 * getent(1), which asks what nsswitch.conf(5) names.
 */
public final class Accounts {
  private static final Path GETENT = Path.of("/usr/bin/getent");

  private Accounts() {}

  /** Empty where nobody has this number. */
  public static Optional<String> userName(long uid) {
    return find("passwd", uid);
  }

  /** Empty where no group has this number. */
  public static Optional<String> groupName(long gid) {
    return find("group", gid);
  }

  private static Optional<String> find(String database, long id) {
    return name(HostFiles.readIfThere(Path.of("/etc", database)).orElse(""), id)
        .or(() -> name(ask(database, id), id));
  }

  /** The first line with this number in its third field, passwd(5). */
  static Optional<String> name(String lines, long id) {
    String number = String.valueOf(id);
    return lines
        .lines()
        .map(line -> line.split(":"))
        .filter(fields -> fields.length >= 3 && fields[2].equals(number))
        .map(fields -> fields[0])
        .findFirst();
  }

  private static String ask(String database, long id) {
    if (!HostFiles.exists(GETENT)) {
      return "";
    }
    try (Fd out = Memfd.scratch("account")) {
      int pid =
          Spawn.of(List.of(GETENT.toString(), database, String.valueOf(id)))
              .withEnvironment(List.of("PATH=/usr/bin:/bin", "LC_ALL=C"))
              .withFd(1, out)
              .start();
      Spawn.waitFor(pid);
      Path again = Path.of("/proc/self/fd/" + out.number());
      try (Fd fromStart = HostFiles.open(again, OpenFlags.READ_ONLY, 0)) {
        return new String(fromStart.readAllNow(), StandardCharsets.UTF_8);
      }
    }
  }
}
