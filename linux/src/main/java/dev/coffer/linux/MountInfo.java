package dev.coffer.linux;

import java.nio.file.Path;
import java.util.List;

/**
 * One line of /proc/PID/mountinfo, proc_pid_mountinfo(5).
 *
 * @param device {@code major:minor} of the file system
 * @param root the directory of the file system that is mounted, {@code /} for all of it
 * @param options of this mount, such as {@code ro}
 * @param optional propagation, such as {@code shared:1}
 * @param superOptions of the file system
 */
public record MountInfo(
    int id,
    int parent,
    String device,
    String root,
    Path point,
    List<String> options,
    List<String> optional,
    String type,
    String source,
    List<String> superOptions) {
  /** The mounts that this process sees, in the kernel's order: a later one may hide an earlier. */
  public static List<MountInfo> read() {
    return parseAll(HostFiles.readSmall(Path.of("/proc/self/mountinfo")));
  }

  public static List<MountInfo> parseAll(String text) {
    return text.lines().map(MountInfo::parse).toList();
  }

  static MountInfo parse(String line) {
    String[] fields = line.split(" ");
    int dash = 6;
    while (!fields[dash].equals("-")) {
      dash++;
    }
    return new MountInfo(
        Integer.parseInt(fields[0]),
        Integer.parseInt(fields[1]),
        fields[2],
        unescape(fields[3]),
        Path.of(unescape(fields[4])),
        List.of(fields[5].split(",")),
        List.of(fields).subList(6, dash),
        unescape(fields[dash + 1]),
        unescape(fields[dash + 2]),
        List.of(fields[dash + 3].split(",")));
  }

  /** Undoes the octal escapes of blanks and backslashes. */
  static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\' && i + 3 < text.length()) {
        plain.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        plain.append(text.charAt(i));
      }
    }
    return plain.toString();
  }
}
