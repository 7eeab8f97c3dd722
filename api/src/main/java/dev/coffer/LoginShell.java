package dev.coffer;

import dev.coffer.linux.Beneath;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.MountInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The shell a container's passwd names; read beneath the container's root, trusting nothing there.
 */
final class LoginShell {
  private static final int LONGEST = 1 << 20;

  private LoginShell() {}

  static Optional<String> of(int initPid, long uid) {
    if (hasSilentFiles(initPid)) {
      return Optional.empty();
    }
    Optional<byte[]> content = Beneath.read("/proc/" + initPid + "/root", "etc/passwd", LONGEST);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    for (String line : new String(content.get(), StandardCharsets.UTF_8).split("\n")) {
      String[] fields = line.split(":", -1);
      if (fields.length == 7 && fields[2].equals(Long.toString(uid)) && fields[6].startsWith("/")) {
        return Optional.of(fields[6]);
      }
    }
    return Optional.empty();
  }

  /**
   * Whether some of its files are those of a FUSE server, which may never answer: whoever asks it
   * cannot even be killed. What such servers show below /proc and /sys (lxcfs) is not in the way.
   */
  private static boolean hasSilentFiles(int initPid) {
    return HostFiles.readIfThere(Path.of("/proc/" + initPid + "/mountinfo"))
        .map(MountInfo::parseAll)
        .orElse(List.of())
        .stream()
        .filter(mount -> mount.type().startsWith("fuse"))
        .map(MountInfo::point)
        .anyMatch(point -> !point.startsWith("/proc") && !point.startsWith("/sys"));
  }
}
