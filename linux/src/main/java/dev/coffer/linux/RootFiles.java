package dev.coffer.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Changes single files of a root file system that is not in use. What is in it is not trusted: a
 * path that leads over a symbolic link is left alone.
 */
public final class RootFiles {
  private static final long RESOLVE =
      OpenHow.BENEATH | OpenHow.NO_SYMLINKS | OpenHow.NO_MAGIC_LINKS | OpenHow.NO_CROSSING;

  private RootFiles() {}

  /**
   * Gives a regular file other content; its owner and mode stay.
   *
   * @param path below the root, without a slash at its beginning
   * @return false where there is no such file
   */
  public static boolean replace(Path root, String path, byte[] content) {
    try (Fd top = HostFiles.openPath(root)) {
      Optional<Fd> file = open(top, path, OpenFlags.WRITE_ONLY | OpenFlags.NON_BLOCKING);
      if (file.isEmpty()) {
        return false;
      }
      try (Fd opened = file.get()) {
        if (FileStatus.of(opened).type() != FileStatus.REGULAR) {
          return false;
        }
        write(opened, content);
        return true;
      }
    }
  }

  /**
   * The same in an overlay: a file of a lower directory is copied up, as overlayfs does it.
   *
   * @param lowers the uppermost first
   */
  public static boolean replace(List<Path> lowers, Path upper, String path, byte[] content) {
    if (replace(upper, path, content)) {
      return true;
    }
    try (Fd above = HostFiles.openPath(upper)) {
      if (open(above, path, OpenFlags.PATH).isPresent()) {
        return false; // it was deleted, or is something else
      }
      for (Path lower : lowers) {
        try (Fd below = HostFiles.openPath(lower)) {
          Optional<Fd> file = open(below, path, OpenFlags.PATH);
          if (file.isPresent()) {
            try (Fd found = file.get()) {
              return copyUp(below, above, path, FileStatus.of(found), content);
            }
          }
        }
      }
    }
    return false;
  }

  private static boolean copyUp(Fd below, Fd above, String path, FileStatus seen, byte[] content) {
    if (seen.type() != FileStatus.REGULAR) {
      return false;
    }
    String[] names = path.split("/");
    String done = "";
    for (int i = 0; i + 1 < names.length; i++) {
      done = done.isEmpty() ? names[i] : done + "/" + names[i];
      if (!makeDirectory(below, above, done)) {
        return false;
      }
    }
    int slash = path.lastIndexOf('/');
    String name = path.substring(slash + 1);
    try (Call call = new Call();
        Fd folder =
            slash < 0
                ? above.duplicate()
                : open(above, path.substring(0, slash), OpenFlags.READ_ONLY | OpenFlags.DIRECTORY)
                    .orElseThrow()) {
      int flags =
          OpenFlags.WRITE_ONLY
              | OpenFlags.CREATE
              | OpenFlags.EXCLUSIVE
              | OpenFlags.NO_FOLLOW
              | OpenFlags.CLOSE_ON_EXEC;
      long at = call.text(name);
      try (Fd made =
          Fd.of((int) call.checkOn(path, Sys.OPENAT, folder.number(), at, flags, 0600))) {
        write(made, content);
        new FileCopy().look(made, new byte[0], seen, owner(seen));
      }
    }
    return true;
  }

  private static boolean makeDirectory(Fd below, Fd above, String path) {
    Optional<Fd> there = open(above, path, OpenFlags.READ_ONLY | OpenFlags.DIRECTORY);
    if (there.isPresent()) {
      there.get().close();
      return true;
    }
    Optional<Fd> model = open(below, path, OpenFlags.PATH | OpenFlags.DIRECTORY);
    if (model.isEmpty()) {
      return false;
    }
    try (Call call = new Call();
        Fd seen = model.get()) {
      long made = call.run(Sys.MKDIRAT, above.number(), call.text(path), 0700);
      if (made < 0) {
        return false; // a file of that name hides the lower one
      }
      FileStatus status = FileStatus.of(seen);
      try (Fd opened = open(above, path, OpenFlags.READ_ONLY | OpenFlags.DIRECTORY).orElseThrow()) {
        new FileCopy().look(opened, new byte[0], status, owner(status));
      }
    }
    return true;
  }

  /** Makes a directory's owner and mode those of another one. */
  public static void likeDirectory(Path model, Path directory) {
    int flags = OpenFlags.READ_ONLY | OpenFlags.DIRECTORY | OpenFlags.NO_FOLLOW;
    try (Fd seen = HostFiles.open(model, flags, 0);
        Fd target = HostFiles.open(directory, flags, 0)) {
      FileStatus status = FileStatus.of(seen);
      new FileCopy().look(target, new byte[0], status, owner(status));
    }
  }

  private static FileCopy.Owner owner(FileStatus seen) {
    return new FileCopy.Owner(seen.uid(), seen.gid());
  }

  private static void write(Fd file, byte[] content) {
    try (Call call = new Call()) {
      call.check(Sys.FTRUNCATE, file.number(), 0);
    }
    file.writeFully(new String(content, StandardCharsets.UTF_8));
  }

  private static Optional<Fd> open(Fd top, String path, int flags) {
    try (Call call = new Call()) {
      long result = OpenHow.open(call, top, call.text(path), flags, RESOLVE);
      return result < 0 ? Optional.empty() : Optional.of(Fd.of((int) result));
    }
  }
}
