package dev.coffer.image;

import dev.coffer.linux.HostFiles;
import dev.coffer.model.CofferException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Files that belong to a container's root, and the directory through which it reaches them. */
final class MappedFiles {
  private static final int DIRECTORY_MODE = 0750;
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LANG", "C.UTF-8");

  private final MappedRoot root;
  private final CommandRunner runner;

  MappedFiles(MappedRoot root, CommandRunner runner) {
    this.root = root;
    this.runner = runner;
  }

  /** Root of the container must be able to reach its root file system, and nothing else here. */
  void give(Path rootfs, Path directory) {
    switch (root.giving()) {
      case DIRECTLY ->
          HostFiles.chown(rootfs, (int) root.onHost().uid(), (int) root.onHost().gid());
      case INSIDE -> run("chown", "0:0", "--", rootfs.toString());
    }
    open(directory);
  }

  /** Lets root of the container pass through the container's directory. */
  void open(Path directory) {
    switch (root.giving()) {
      case DIRECTLY -> HostFiles.chown(directory, -1, (int) root.onHost().gid());
      case INSIDE -> run("chown", ":0", "--", directory.toString());
    }
    HostFiles.chmod(directory, DIRECTORY_MODE);
  }

  /** The same for a root file system that the caller has filled. */
  void giveAll(Path rootfs, Path directory) {
    if (root.giving() == MappedRoot.Giving.INSIDE) {
      run("chown", "-hR", "0:0", "--", rootfs.toString());
    }
    give(rootfs, directory);
  }

  /** Deletes what the caller cannot; the rest of a clean-up is done as everywhere. */
  void empty(Path rootfs) {
    if (root.giving() == MappedRoot.Giving.INSIDE
        && Files.isDirectory(rootfs, LinkOption.NOFOLLOW_LINKS)) {
      run("find", rootfs.toString(), "-xdev", "-mindepth", "1", "-delete");
    }
  }

  private void run(String... argv) {
    List<String> words = new ArrayList<>(List.of(argv));
    int status = runner.run(words, ENVIRONMENT, Path.of("/"), true);
    if (status != 0) {
      throw new CofferException(
          "cannot give files to the container's ids",
          List.of("cause  \"" + String.join(" ", words) + "\" ended with status " + status));
    }
  }
}
