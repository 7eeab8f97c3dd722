import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Where the measuring happens: one folder with a root filesystem, which all containers share, and a
 * container folder per family of tools. It goes away afterwards with everything that runs in it.
 */
final class Site implements AutoCloseable {
  static final String COFFER = "coffer";
  static final String LXC = "lxc";
  static final String FLOOR = "floor";

  /** A family of lxc-* tools: Coffer's or Debian's. */
  record Family(String name, Path bin, Path lxcpath) {

    /** {@code lxc-TOOL -P LXCPATH -n CONTAINER ARGUMENT…} */
    List<String> lxc(String tool, String container, String... arguments) {
      var words =
          new ArrayList<>(
              List.of(
                  bin.resolve("lxc-" + tool).toString(),
                  "-P",
                  lxcpath.toString(),
                  "-n",
                  name(container)));
      words.addAll(List.of(arguments));
      return words;
    }

    /** {@code lxc-TOOL -P LXCPATH ARGUMENT…} */
    List<String> all(String tool, String... arguments) {
      var words =
          new ArrayList<>(List.of(bin.resolve("lxc-" + tool).toString(), "-P", lxcpath.toString()));
      words.addAll(List.of(arguments));
      return words;
    }

    String name(String container) {
      return "coffer-b-" + name.charAt(0) + "-" + container;
    }
  }

  private final Bench.Options options;
  private final Path home;
  private final List<Family> families = new ArrayList<>();
  private final List<Process> holders = new ArrayList<>();
  private boolean closed;

  Site(Bench.Options options) throws IOException {
    this.options = options;
    home = Files.createTempDirectory(Path.of("/tmp"), "coffer-b-");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    if (!options.peersOnly()) {
      Path prefix = Path.of(System.getProperty("coffer.prefix"));
      families.add(
          new Family(COFFER, prefix.resolve("bin"), Files.createDirectory(home.resolve(COFFER))));
    }
    families.add(new Family(LXC, Path.of("/usr/bin"), Files.createDirectory(home.resolve(LXC))));
    Files.createDirectory(
        engineFolder(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    if (hasCoffer()) {
      // as /run is wherever systemd is; ext4 takes long to reuse inodes that were freed just now
      run(List.of("mount", "-t", "tmpfs", "-o", "mode=700", "none", engineFolder().toString()));
    }
    Rootfs.make(rootfs(), 0);
    Rootfs.make(mappedRootfs(), 100000);
  }

  Bench.Options options() {
    return options;
  }

  Path home() {
    return home;
  }

  Path rootfs() {
    return home.resolve("rootfs");
  }

  Path mappedRootfs() {
    return home.resolve("mapped");
  }

  Path engineFolder() {
    return home.resolve("run");
  }

  List<Family> families() {
    return families;
  }

  boolean hasCoffer() {
    return !options.peersOnly();
  }

  List<String> floor(String... arguments) {
    var words = new ArrayList<>(List.of("build/bench/floor"));
    words.addAll(List.of(arguments));
    return words;
  }

  List<String> coffer(String... arguments) {
    var words = new ArrayList<>(List.of(families.getFirst().bin().resolve("coffer").toString()));
    words.addAll(List.of(arguments));
    return words;
  }

  /** Makes a container folder in every family: its config, no files of its own. */
  void define(String container, String... config) {
    for (Family family : families) {
      try {
        Path folder = Files.createDirectories(family.lxcpath().resolve(family.name(container)));
        Files.writeString(
            folder.resolve("config"),
            "lxc.uts.name = "
                + family.name(container)
                + "\nlxc.net.0.type = empty\n"
                + String.join("\n", config)
                + "\n");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A container with the least: proc, sys, the usual devices. */
  void definePlain(String container) {
    define(container, "lxc.rootfs.path = dir:" + rootfs(), "lxc.mount.auto = proc:rw sys:rw");
  }

  /** A mount namespace in which the cgroup v2 hierarchy of a hybrid machine is not mounted. */
  Path namespaceWithoutUnified() {
    try {
      Path ready = home.resolve("ready");
      Process holder =
          new ProcessBuilder(
                  "unshare",
                  "-m",
                  "sh",
                  "-c",
                  "umount /sys/fs/cgroup/unified; : >" + ready + "; exec sleep 1000000")
              .redirectErrorStream(true)
              .start();
      holders.add(holder);
      while (!Files.exists(ready) && holder.isAlive()) {
        Thread.sleep(5);
      }
      return Path.of("/proc", "" + holder.pid(), "ns/mnt");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Runs a command, not timed; its exit code. */
  int run(List<String> command) {
    return output(command).exit();
  }

  record Output(int exit, String text) {}

  Output output(List<String> command) {
    try {
      Path log = Files.createTempFile(home, "out", "");
      var builder =
          new ProcessBuilder(command)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().put("COFFER_RUN", engineFolder().toString());
      Process process = builder.start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return new Output(process.waitFor(), Files.readString(log).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Stops what runs and removes everything; also when the run was interrupted. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    holders.forEach(Process::destroy);
    try {
      for (Family family : families) {
        try (var folders = Files.list(family.lxcpath())) {
          for (Path folder : folders.toList()) {
            run(
                List.of(
                    family.bin().resolve("lxc-stop").toString(),
                    "-P",
                    family.lxcpath().toString(),
                    "-n",
                    folder.getFileName().toString(),
                    "-k"));
          }
        }
      }
      if (hasCoffer()) {
        run(coffer("engine", "stop"));
        run(List.of("umount", "-l", engineFolder().toString()));
      }
      removeCgroups();
      for (Path file : below(home)) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("bench: " + home + " could not be removed: " + e.getMessage());
    }
  }

  /** LXC leaves the monitor's cgroups of a start that failed. */
  private static void removeCgroups() throws IOException {
    for (Path folder : below(Path.of("/sys/fs/cgroup"))) {
      if (Files.isDirectory(folder) && folder.toString().contains("coffer-b-")) {
        Files.deleteIfExists(folder);
      }
    }
  }

  /** What is in a folder, the deepest first, and the folder itself. */
  private static List<Path> below(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.sorted(Comparator.reverseOrder()).toList();
    }
  }
}
