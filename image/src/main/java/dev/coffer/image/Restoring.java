package dev.coffer.image;

import dev.coffer.linux.DirectoryTree;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;

/**
 * Gives a container the files of a copy that was made in a folder of its own directory. First all
 * of the copy is there, then a mark says so, then one name after the other changes: whoever finds
 * the mark goes on, whoever finds none deletes the copy.
 */
public final class Restoring {
  /** The folder's name. */
  public static final String NAME = ".restoring";

  private static final String MARK = "complete";
  private static final List<String> STORAGE = List.of("rootfs", "overlay", "rootdev");

  private Restoring() {}

  /** Deletes a copy that was never complete; goes on with one that was. */
  public static void discard(Path directory) {
    Path copy = directory.resolve(NAME);
    if (!Files.isDirectory(copy, LinkOption.NOFOLLOW_LINKS)) {
      return; // a link that somebody put there would lead elsewhere
    }
    if (Files.exists(copy.resolve(MARK), LinkOption.NOFOLLOW_LINKS)) {
      finish(directory);
      return;
    }
    Creator.discardAbandoned(copy);
    DirectoryTree.remove(copy);
  }

  /** Takes the copy's files over. */
  public static void complete(Path directory) {
    Path copy = directory.resolve(NAME);
    try {
      String config = Files.readString(copy.resolve("config"));
      Files.writeString(
          copy.resolve("config"), config.replace(copy.toString(), directory.toString()));
      Files.writeString(copy.resolve(MARK), "");
    } catch (IOException e) {
      throw failure(directory, e);
    }
    finish(directory);
  }

  /** Each of these is done once, however often it is begun. */
  private static void finish(Path directory) {
    Path copy = directory.resolve(NAME);
    try {
      for (String name : STORAGE) {
        exchange(directory.resolve(name), copy.resolve(name), copy.resolve("old-" + name));
      }
      if (Files.exists(copy.resolve("config"))) {
        Files.move(
            copy.resolve("config"), directory.resolve("config"), StandardCopyOption.ATOMIC_MOVE);
      }
      Clones.forget(directory, NAME);
      DirectoryTree.clear(copy, Set.of(MARK));
      DirectoryTree.remove(copy);
    } catch (IOException e) {
      throw failure(directory, e);
    }
  }

  private static void exchange(Path current, Path next, Path old) throws IOException {
    if (!Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
      return; // done, or there never was one
    }
    if (Files.exists(current, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(current, old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);
  }

  private static CofferException failure(Path directory, IOException e) {
    return new CofferException("cannot restore " + directory.getFileName(), Failures.details(e));
  }
}
