package dev.coffer.runtime;

import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.RootSource;
import dev.coffer.model.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Finds the directory on the way to a source that may not be entered, which the kernel's EACCES
 * does not name. Looks only, after a failure.
 */
final class Unreachable {
  private static final int EACCES = 13;

  private Unreachable() {}

  /** What to do about a source that could not be opened; empty where that is not the matter. */
  static Optional<String> hint(Step step, String call, int errno) {
    if (errno != EACCES || !call.equals("open_tree")) {
      return Optional.empty();
    }
    if (step instanceof ContainerStep.BindMount bind) {
      return hint(Path.of(bind.source()));
    }
    return step instanceof ContainerStep.MountRoot root
            && root.source() instanceof RootSource.Tree tree
        ? hint(Path.of(tree.path()))
        : Optional.empty();
  }

  /** First what this process may not enter, else what others may not. */
  static Optional<String> hint(Path source) {
    Path all = Path.of("/").resolve(source).normalize();
    return first(all, true).or(() -> first(all, false));
  }

  private static Optional<String> first(Path source, boolean forUs) {
    Path at = source.getRoot();
    for (Path name : source) {
      if (at.equals(source)) {
        break;
      }
      Optional<PosixFileAttributes> directory = attributes(at);
      if (directory.isPresent() && isClosed(at, directory.get(), forUs)) {
        return Optional.of(remedy(at, directory.get()));
      }
      at = at.resolve(name);
    }
    return Optional.empty();
  }

  private static Optional<PosixFileAttributes> attributes(Path directory) {
    try {
      return Optional.of(Files.readAttributes(directory, PosixFileAttributes.class));
    } catch (IOException _) {
      return Optional.empty(); // behind a closed one, which is what is looked for
    }
  }

  private static boolean isClosed(Path at, PosixFileAttributes directory, boolean forUs) {
    return forUs
        ? !Files.isExecutable(at)
        : !directory.permissions().contains(PosixFilePermission.OTHERS_EXECUTE);
  }

  private static String remedy(Path at, PosixFileAttributes directory) {
    return at
        + " ("
        + PosixFilePermissions.toString(directory.permissions())
        + ", "
        + directory.owner().getName()
        + ") may not be entered: chmod o+x "
        + at
        + ", or for one user: setfacl -m u:USER:x "
        + at;
  }
}
