package dev.coffer.image;

import dev.coffer.model.CofferException;
import dev.coffer.storage.LvmStore;
import dev.coffer.storage.Store;
import dev.coffer.storage.ZfsStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Renames a container. Its new configuration is written beside the old one first; the directory is
 * renamed by one call, and whoever finds it with the new one unused finishes the work.
 */
public final class Renaming {
  private static final String NEXT = "config.renamed";

  private Renaming() {}

  /**
   * @param store what its root file system is kept in; of one that is kept elsewhere only the
   *     container's own name changes
   */
  public static void rename(Path from, Path to, Optional<Store> store) {
    if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
      throw new CofferException(
          to.getFileName() + " exists", List.of("hint  choose another name, or destroy it first"));
    }
    if (Clones.exist(from)) {
      throw new CofferException(
          from.getFileName() + " has clones",
          List.of("hint  they find its files by its name: destroy those in its lxc_snapshots"));
    }
    if (Files.isDirectory(from.resolve("snaps")) || isClone(from)) {
      throw new CofferException(
          from.getFileName() + (isClone(from) ? " is a clone" : " has snapshots"),
          List.of("hint  make a full copy under the new name instead: lxc-copy -N"));
    }
    String root = store.map(each -> moved(each, from, to)).orElse("");
    try {
      String text = Files.readString(from.resolve("config"));
      Files.deleteIfExists(from.resolve(NEXT));
      new NewConfig(from.resolve(NEXT))
          .create(new CloneConfig(from, to, false, true).rewrite(text, root, List.of()));
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      finish(to);
    } catch (IOException e) {
      throw new CofferException("cannot rename " + from.getFileName(), Failures.details(e));
    }
  }

  private static boolean isClone(Path directory) {
    return Files.exists(directory.resolve("lxc_rdepends"));
  }

  private static String moved(Store store, Path from, Path to) {
    return store instanceof LvmStore || store instanceof ZfsStore
        ? store.describe()
        : store.describe().replace(from + "/", to + "/");
  }

  /** Goes on with what was begun; nothing happens where nothing was. */
  public static void finish(Path directory) throws IOException {
    Path next = directory.resolve(NEXT);
    if (!Files.exists(next)) {
      return;
    }
    boolean renamed = Files.readString(next).contains("lxc.uts.name = " + directory.getFileName());
    if (renamed) {
      Files.move(next, directory.resolve("config"), StandardCopyOption.ATOMIC_MOVE);
    } else {
      Files.delete(next); // it was not renamed after all
    }
  }
}
