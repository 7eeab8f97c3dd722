import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The smallest root filesystem that boots: the machine's static busybox and its init. */
final class Rootfs {
  private static final List<String> FOLDERS =
      List.of(
          "bin",
          "sbin",
          "etc",
          "proc",
          "sys",
          "dev",
          "tmp",
          "root",
          "run",
          "usr",
          "usr/bin",
          "usr/sbin");

  private Rootfs() {}

  /** Makes it at this path, owned by this user and group. */
  static void make(Path root, int owner) throws IOException {
    Files.createDirectory(root);
    for (String folder : FOLDERS) {
      Files.createDirectory(root.resolve(folder));
    }
    Files.copy(
        Path.of("/bin/busybox"),
        root.resolve("bin/busybox"),
        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    for (String name : List.of("sh", "true", "cat", "ls", "hostname")) {
      Files.createSymbolicLink(root.resolve("bin").resolve(name), Path.of("busybox"));
    }
    Files.createSymbolicLink(root.resolve("sbin/init"), Path.of("../bin/busybox"));
    Files.writeString(root.resolve("etc/inittab"), "::sysinit:/bin/true\n");
    Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
    Files.writeString(root.resolve("etc/group"), "root:x:0:\ntty:x:5:\n");
    try (var files = Files.walk(root)) {
      for (Path file : files.toList()) {
        Files.setAttribute(file, "unix:uid", owner, java.nio.file.LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", owner, java.nio.file.LinkOption.NOFOLLOW_LINKS);
      }
    }
  }
}
