package dev.coffer.image;

import dev.coffer.model.CofferException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The root file system that comes with Coffer: the machine's static BusyBox, a link for each of its
 * applets, and a plain /etc. Nothing is downloaded. Safe for use by several threads.
 */
public final class BuiltInImage {
  /** Logins on /dev/ttyN, as /etc/inittab has them; one more is on the console. */
  static final int TERMINALS = 2;

  private static final String BUSYBOX = "bin/busybox";
  private static final Set<PosixFilePermission> EXECUTABLE = mode("rwxr-xr-x");
  private static final Set<PosixFilePermission> PLAIN = mode("rw-r--r--");

  private static final List<String> DIRECTORIES =
      List.of(
          "bin",
          "dev",
          "etc",
          "etc/init.d",
          "etc/udhcpc",
          "home",
          "mnt",
          "proc",
          "root",
          "run",
          "sbin",
          "sys",
          "tmp",
          "usr",
          "usr/bin",
          "usr/sbin",
          "var",
          "var/lib",
          "var/log",
          "var/tmp");

  private static final Map<String, Set<PosixFilePermission>> FILES = files();

  private final Map<String, byte[]> contents = new LinkedHashMap<>();
  private Object stamp;
  private BusyBox busyBox;

  public BuiltInImage() {
    FILES.keySet().forEach(name -> contents.put(name, resource(name)));
  }

  /**
   * Fills the empty directory {@code root}.
   *
   * @param hostname for /etc/hostname and /etc/hosts
   * @param owner of everything in it
   * @param program the BusyBox to use; empty for the machine's
   */
  public void create(Path root, String hostname, Owner owner, Optional<Path> program) {
    BusyBox source = program.map(BusyBox::probe).orElseGet(this::busyBox);
    try {
      requireEmpty(root);
      Tree tree = new Tree(root, owner);
      tree.takeRoot();
      createDirectories(tree);
      tree.copy(source.program(), BUSYBOX, EXECUTABLE);
      createLinks(tree, source.applets());
      for (var file : FILES.entrySet()) {
        tree.write(file.getKey(), contents.get(file.getKey()), file.getValue());
      }
      writeIdentity(tree, hostname, source.version());
    } catch (IOException e) {
      throw new CofferException("Cannot make the built-in image", Failures.details(e));
    }
  }

  /** The configuration lines that suit this image, without name and root. */
  public static List<String> configLines() {
    return List.of(
        "lxc.signal.halt = SIGUSR1",
        "lxc.signal.reboot = SIGTERM",
        "lxc.autodev = 1",
        "lxc.tty.max = " + TERMINALS,
        "lxc.cap.drop = sys_module mac_admin mac_override sys_time sys_rawio",
        "lxc.mount.auto = cgroup:mixed proc:mixed sys:mixed",
        "lxc.mount.entry = shm dev/shm tmpfs nosuid,nodev,mode=1777,create=dir 0 0",
        "lxc.mount.entry = mqueue dev/mqueue mqueue nosuid,nodev,noexec,optional,create=dir 0 0");
  }

  private synchronized BusyBox busyBox() {
    try {
      if (busyBox == null || !BusyBox.stamp(busyBox.program()).equals(stamp)) {
        busyBox = BusyBox.probe();
        stamp = BusyBox.stamp(busyBox.program());
      }
      return busyBox;
    } catch (IOException e) {
      busyBox = null;
      throw new CofferException(
          "Cannot use busybox for the built-in image", List.of("cause  " + Failures.describe(e)));
    }
  }

  /** A fresh ext4 has a directory of its own. */
  private static void requireEmpty(Path root) throws IOException {
    try (var entries = Files.newDirectoryStream(root, entry -> !entry.endsWith("lost+found"))) {
      if (entries.iterator().hasNext()) {
        throw new CofferException(
            "Directory \"" + root + "\" is not empty",
            List.of("hint  empty it, or name another one"));
      }
    }
  }

  private static void createDirectories(Tree tree) throws IOException {
    for (String directory : DIRECTORIES) {
      tree.createDirectory(directory, EXECUTABLE);
    }
    tree.permit("root", mode("rwx------"));
    tree.makeSticky("tmp");
    tree.makeSticky("var/tmp");
    tree.createLink("var/run", "../run");
    tree.createLink("etc/mtab", "../proc/self/mounts");
  }

  /**
   * Hard links, as BusyBox itself installs them: a symbolic link would need an inode each, and
   * those are what making a root file system mostly waits for.
   */
  private static void createLinks(Tree tree, List<String> applets) throws IOException {
    for (String applet : applets) {
      int slash = applet.lastIndexOf('/');
      if (slash > 0 && DIRECTORIES.contains(applet.substring(0, slash))) {
        tree.createHardLink(applet, BUSYBOX);
      }
    }
  }

  private static void writeIdentity(Tree tree, String hostname, String version) throws IOException {
    write(tree, "etc/hostname", hostname + "\n");
    write(
        tree,
        "etc/hosts",
        """
        127.0.0.1 localhost
        127.0.1.1 %s
        ::1 localhost ip6-localhost ip6-loopback
        """
            .formatted(hostname));
    write(
        tree,
        "etc/os-release",
        """
        ID=busybox
        NAME="BusyBox"
        VERSION_ID="%1$s"
        PRETTY_NAME="BusyBox %1$s (Coffer's built-in image)"
        """
            .formatted(version));
  }

  private static void write(Tree tree, String name, String text) throws IOException {
    tree.write(name, text.getBytes(StandardCharsets.UTF_8), PLAIN);
  }

  private static Map<String, Set<PosixFilePermission>> files() {
    Map<String, Set<PosixFilePermission>> files = new LinkedHashMap<>();
    for (String name :
        List.of(
            "fstab",
            "group",
            "inittab",
            "issue",
            "passwd",
            "profile",
            "resolv.conf",
            "securetty",
            "shells")) {
      files.put("etc/" + name, PLAIN);
    }
    files.put("etc/shadow", mode("rw-------"));
    files.put("etc/init.d/rcS", EXECUTABLE);
    files.put("etc/init.d/rcK", EXECUTABLE);
    files.put("etc/udhcpc/default.script", EXECUTABLE);
    return files;
  }

  private static byte[] resource(String name) {
    try (InputStream in = BuiltInImage.class.getResourceAsStream("busybox/" + name)) {
      if (in == null) {
        throw new IllegalStateException("resource busybox/" + name + " is missing");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<PosixFilePermission> mode(String text) {
    return PosixFilePermissions.fromString(text);
  }

  /**
   * A directory tree being filled, every entry with its owner and its mode whatever the umask is.
   */
  private record Tree(Path root, Owner owner) {
    void takeRoot() throws IOException {
      chown(root, owner);
    }

    void createDirectory(String name, Set<PosixFilePermission> mode) throws IOException {
      Path path = Files.createDirectory(root.resolve(name));
      Files.setPosixFilePermissions(path, mode);
      chown(path, owner);
    }

    void permit(String name, Set<PosixFilePermission> mode) throws IOException {
      Files.setPosixFilePermissions(root.resolve(name), mode);
    }

    void makeSticky(String name) throws IOException {
      Files.setAttribute(root.resolve(name), "unix:mode", 01777);
    }

    void createLink(String name, String target) throws IOException {
      Path link = root.resolve(name);
      Files.createSymbolicLink(link, Path.of(target));
      chown(link, owner);
    }

    void createHardLink(String name, String existing) throws IOException {
      if (!name.equals(existing)) {
        Files.createLink(root.resolve(name), root.resolve(existing));
      }
    }

    void copy(Path from, String name, Set<PosixFilePermission> mode) throws IOException {
      Path to = root.resolve(name);
      Files.copy(from, to);
      Files.setPosixFilePermissions(to, mode);
      chown(to, owner);
    }

    void write(String name, byte[] content, Set<PosixFilePermission> mode) throws IOException {
      Path to = root.resolve(name);
      Failures.naming(to, () -> Files.write(to, content));
      Files.setPosixFilePermissions(to, mode);
      chown(to, owner);
    }

    private static void chown(Path path, Owner owner) throws IOException {
      if (!owner.equals(Owner.CALLER)) {
        Files.setAttribute(path, "unix:uid", (int) owner.uid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", (int) owner.gid(), LinkOption.NOFOLLOW_LINKS);
      }
    }
  }
}
