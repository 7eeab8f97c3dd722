package dev.coffer.image.archive;

import java.util.List;
import java.util.Set;

/** What becomes of each entry; whoever knows more about an archive's meaning says it here. */
@FunctionalInterface
public interface EntryRule {
  /** Everything, as it is. */
  EntryRule ALL = Outcome.Write::new;

  /**
   * Decides about one entry, in the order of the archive.
   *
   * @param entry its path, and the target of a hard link, are normal ({@link EntryPath})
   */
  Outcome apply(TarEntry entry);

  /** What is done. */
  sealed interface Outcome {
    /** The entry is written, perhaps elsewhere or as something else. */
    record Write(TarEntry entry) implements Outcome {}

    /** The entry is passed over. */
    record Skip() implements Outcome {}

    /**
     * The entry stands for extended attributes of a directory, which is made where it is missing.
     * They are set whatever their names are, and all to this value.
     */
    record Mark(String directory, List<String> attributes, byte[] value) implements Outcome {
      public Mark {
        attributes = List.copyOf(attributes);
      }
    }
  }

  /** Only what is below a directory of the archive, without that directory's path. */
  static EntryRule below(String directory) {
    String prefix = directory + "/";
    return entry -> {
      if (entry.path().equals(directory)) {
        return new Outcome.Write(entry.withPath(""));
      }
      if (!entry.path().startsWith(prefix)) {
        return new Outcome.Skip();
      }
      TarEntry moved = entry.withPath(entry.path().substring(prefix.length()));
      if (entry.kind() != TarEntry.Kind.HARD_LINK) {
        return new Outcome.Write(moved);
      }
      if (!entry.target().startsWith(prefix)) {
        throw ArchiveException.refused(entry.path(), "it links to a file outside of " + directory);
      }
      return new Outcome.Write(moved.withTarget(entry.target().substring(prefix.length())));
    };
  }

  /** Everything but these paths and what is below them. */
  default EntryRule without(Set<String> paths) {
    return entry -> isBelow(entry.path(), paths) ? new Outcome.Skip() : apply(entry);
  }

  private static boolean isBelow(String path, Set<String> paths) {
    for (String at = path; !at.isEmpty(); at = EntryPath.parent(at)) {
      if (paths.contains(at)) {
        return true;
      }
    }
    return false;
  }
}
