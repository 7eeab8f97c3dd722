package dev.coffer.linux;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What /proc/PID/status says of a process.
 *
 * @param name of its program, at most 15 characters
 * @param state a letter such as {@code S}, or {@code Z} for one that only waits to be reaped
 * @param uids real, effective, saved and file system uid
 * @param gids the same of groups
 * @param nestedPids its pid in each pid namespace from ours inwards
 * @param groups supplementary groups
 * @param umask of its files
 * @param effective capabilities as a bit set
 */
public record ProcessStatus(
    String name,
    char state,
    int parent,
    List<Integer> uids,
    List<Integer> gids,
    List<Integer> nestedPids,
    List<Integer> groups,
    int umask,
    long effective) {
  private static final int OF_FILES = 3;

  static ProcessStatus parse(String text) {
    Map<String, String> fields =
        text.lines()
            .map(line -> line.split(":\\s*", 2))
            .collect(Collectors.toMap(field -> field[0], field -> field[1]));
    return new ProcessStatus(
        fields.get("Name"),
        fields.get("State").charAt(0),
        Integer.parseInt(fields.get("PPid")),
        numbers(fields.get("Uid")),
        numbers(fields.get("Gid")),
        numbers(fields.getOrDefault("NSpid", fields.get("Pid"))),
        numbers(fields.getOrDefault("Groups", "")),
        Integer.parseInt(fields.getOrDefault("Umask", "022"), 8), // a zombie has none
        Long.parseUnsignedLong(fields.get("CapEff"), 16));
  }

  public boolean isZombie() {
    return state == 'Z' || state == 'X';
  }

  /** The effective uid. */
  public int uid() {
    return uids.get(1);
  }

  /** The uid that new files get, and that rights to files are judged by. */
  public long fileUid() {
    return Integer.toUnsignedLong(uids.get(OF_FILES));
  }

  public long fileGid() {
    return Integer.toUnsignedLong(gids.get(OF_FILES));
  }

  /** Uids go beyond the range of {@code int} only in the one value that means nobody. */
  private static List<Integer> numbers(String text) {
    return Arrays.stream(text.split("\\s+"))
        .filter(word -> !word.isEmpty())
        .map(Integer::parseUnsignedInt)
        .toList();
  }
}
