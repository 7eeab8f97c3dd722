package dev.coffer.config;

import dev.coffer.model.Terminals;
import java.util.List;
import java.util.stream.Collectors;

/** Keys about the root, other mounts, /dev and terminals. */
final class StorageKeys {
  private static final long PAGE = 4096;
  private static final long AUTO_SIZE = 128 * 1024;

  static final Key<RootfsPath> ROOTFS =
      Key.single(
              "lxc.rootfs.path",
              // LXC prints the path without the type, and scripts rely on it.
              ValueType.of(
                  "PATH or TYPE:PATH", (text, reading) -> RootfsPath.parse(text), RootfsPath::path),
              "root file system; TYPE is one of " + String.join(", ", RootfsPath.TYPES),
              "/srv/c1/rootfs")
          .formerly("lxc.rootfs");
  static final Key<String> ROOTFS_MOUNT =
      Key.single(
          "lxc.rootfs.mount", Types.PATH, "where the root is mounted during the start", "/mnt");
  static final Key<RootfsOptions> ROOTFS_OPTIONS =
      Key.single(
          "lxc.rootfs.options",
          ValueType.of(
              "mount options", (text, reading) -> RootfsOptions.parse(text), RootfsOptions::text),
          "mount options of the root, also idmap=container or idmap=/proc/PID/ns/user",
          "noatime,idmap=container");
  static final Key<Boolean> ROOTFS_MANAGED =
      Key.single("lxc.rootfs.managed", Types.FLAG, "0 keeps the storage from being changed", "0")
          .unset("1");
  static final Key<Boolean> ROOTFS_VOLATILE =
      Key.single(
              "coffer.rootfs.volatile",
              Types.FLAG,
              "1 keeps changes of the root in memory; they are lost when the container ends",
              "1")
          .unset("0");

  static final Key<String> FSTAB =
      Key.single("lxc.mount.fstab", Types.PATH, "file with mounts as in fstab(5)", "/etc/c1.fstab")
          .formerly("lxc.mount")
          .whenEmpty(KeyRow.Empty.IS_REFUSED);
  static final Key<String> MOUNT_ENTRY =
      Key.list(
          "lxc.mount.entry",
          ValueType.of("fstab line", (text, reading) -> text, text -> text),
          "one mount as in fstab(5); further options are create=dir, create=file, optional,"
              + " relative and idmap=",
          "/srv/data mnt/data none bind,create=dir 0 0");
  static final Key<List<AutoMountWord>> MOUNT_AUTO =
      Key.list(
              "lxc.mount.auto",
              Types.withWords(
                  ValueType.of(
                      "words", (text, reading) -> AutoMountWord.parse(text), StorageKeys::words),
                  AutoMountWord.WORDS),
              "mounts made without asking for details: proc, sys, cgroup, shmounts:PATH",
              "proc:mixed sys:ro cgroup:mixed")
          .printedBy(lines -> words(lines.stream().flatMap(List::stream).toList()));

  static final Key<String> MASK =
      kernelPaths("coffer.mask", "path that is hidden: a file looks empty, a directory is");
  static final Key<String> READ_ONLY =
      kernelPaths("coffer.readonly", "path that the container cannot write");

  static final Key<Boolean> AUTODEV =
      Key.single("lxc.autodev", Types.FLAG, "1 gives a fresh /dev with the usual nodes", "0")
          .unset("1")
          .whenEmpty(KeyRow.Empty.MEANS_ZERO);
  // LXC shows 0 when unset although the default is another.
  static final Key<Long> AUTODEV_SIZE =
      Key.single(
              "lxc.autodev.tmpfs.size",
              ValueType.of("bytes", StorageKeys::devSize, size -> size.toString()),
              "size of that /dev",
              "1000000")
          .unset("0");
  static final Key<Long> TTY_MAX =
      Key.single("lxc.tty.max", Types.number(0, Integer.MAX_VALUE), "number of /dev/ttyN", "4")
          .unset("0")
          .formerly("lxc.tty");
  static final Key<String> TTY_DIR =
      Key.single("lxc.tty.dir", Types.PATH, "directory below /dev for console and ttys", "lxc")
          .formerly("lxc.devttydir");
  static final Key<Long> PTY_MAX =
      Key.single(
              "lxc.pty.max",
              Types.number(0, Numbers.UINT_MAX),
              "number of pseudo terminals",
              "1024")
          .unset("0")
          .formerly("lxc.pts");
  static final Key<String> CONSOLE_PATH =
      Key.single(
              "lxc.console.path", Types.PATH, "file or terminal as console, none for none", "none")
          .formerly("lxc.console");
  static final Key<String> CONSOLE_LOG =
      Key.single(
          "lxc.console.logfile", Types.PATH, "file for a copy of the console", "/var/log/c1");
  static final Key<Long> CONSOLE_BUFFER =
      consoleSize("lxc.console.buffer.size", "memory that keeps the console's last output");
  static final Key<Long> CONSOLE_SIZE =
      consoleSize("lxc.console.size", "largest size of lxc.console.logfile");
  static final Key<Boolean> CONSOLE_ROTATE =
      Key.single(
              "lxc.console.rotate",
              ValueType.of(
                  "0 or 1",
                  (text, reading) ->
                      Types.parseFlag(
                          text, "The \"lxc.console.rotate\" config key can only be set to 0 or 1"),
                  flag -> flag ? "1" : "0"),
              "1 begins a new log file when the old one is full",
              "1")
          .unset("0");

  private StorageKeys() {}

  static List<Key<?>> all() {
    return List.of(
        AUTODEV_SIZE,
        AUTODEV,
        CONSOLE_BUFFER,
        CONSOLE_LOG,
        CONSOLE_PATH,
        CONSOLE_ROTATE,
        CONSOLE_SIZE,
        MOUNT_AUTO,
        MASK,
        READ_ONLY,
        MOUNT_ENTRY,
        FSTAB,
        PTY_MAX,
        ROOTFS_MANAGED,
        ROOTFS_MOUNT,
        ROOTFS_OPTIONS,
        ROOTFS,
        ROOTFS_VOLATILE,
        TTY_DIR,
        TTY_MAX);
  }

  private static String words(List<AutoMountWord> words) {
    return AutoMountWord.effective(words).stream()
        .map(AutoMountWord::text)
        .collect(Collectors.joining(" "));
  }

  private static long devSize(String text, Reading reading) {
    try {
      return Numbers.parse(text, 0, Integer.MAX_VALUE);
    } catch (BadValueException e) {
      // LXC silently takes its default; the user should at least hear of it.
      reading.warn(e.getMessage() + "; " + Terminals.DEFAULT_DEV_SIZE + " is used", "give bytes");
      return Terminals.DEFAULT_DEV_SIZE;
    }
  }

  private static Key<String> kernelPaths(String name, String description) {
    return Key.list(
        name,
        ValueType.of("PATH, default or none", (text, reading) -> kernelPath(text), text -> text),
        description + "; also default, and none to begin anew",
        "/proc/keys");
  }

  private static String kernelPath(String text) throws BadValueException {
    if (text.equals(SecurityKeys.DEFAULT) || text.equals(SecurityKeys.NONE)) {
      return text;
    }
    if (!text.startsWith("/") || text.equals("/") || text.contains("//")) {
      throw new BadValueException(
          "\"" + text + "\" is no path inside",
          "write default, none, or a path such as /proc/keys");
    }
    if (List.of(text.split("/")).contains("..")) {
      throw new BadValueException("\"" + text + "\" walks upwards", "remove the \"..\"");
    }
    return text;
  }

  private static Key<Long> consoleSize(String name, String description) {
    ValueType<Long> type =
        ValueType.of("auto or size", StorageKeys::parseConsoleSize, Object::toString);
    return Key.single(name, type, description, "auto").unset("0");
  }

  private static long parseConsoleSize(String text, Reading reading) throws BadValueException {
    if (text.equals("auto")) {
      return AUTO_SIZE;
    }
    String number = text;
    if (text.matches("[0-9]+[^0-9]")) {
      // LXC drops a single letter and says nothing; who writes 8M means something else.
      number = text.substring(0, text.length() - 1);
      reading.warn(
          "\"" + text + "\" counts as " + number + " bytes", "the units are KB, MB and GB");
    }
    long size = Math.max(ByteSizes.parse(number), PAGE);
    long rounded = Long.highestOneBit(size);
    if (rounded == size) {
      return size;
    }
    if (rounded > Long.MAX_VALUE / 2) {
      throw new BadValueException("\"" + text + "\" is too large", "");
    }
    return rounded * 2;
  }
}
