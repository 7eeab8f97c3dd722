package dev.coffer.image;

import dev.coffer.image.archive.ArchiveFile;
import dev.coffer.image.archive.EntryPath;
import dev.coffer.image.archive.EntryRule;
import dev.coffer.image.archive.IdShift;
import dev.coffer.image.archive.UnpackOptions;
import dev.coffer.image.archive.Unpacker;
import dev.coffer.linux.Beneath;
import dev.coffer.linux.Fd;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.TreeWriter;
import dev.coffer.linux.TreeWriter.Access;
import dev.coffer.model.CofferException;
import dev.coffer.model.IdMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is written into a root file system: data, so that it can be done in this process or in one
 * inside a user namespace.
 *
 * @param archive in the store
 * @param unified whether the root file system is below {@code rootfs/} of the archive
 * @param excluded paths inside that are not unpacked
 * @param words that stand for the container's own
 * @param templates files inside in which those words are replaced
 */
record RootFilling(
    Path archive,
    Path rootfs,
    boolean unified,
    List<String> excluded,
    TemplateWords words,
    List<String> templates) {
  private static final int LONGEST_FILE = 1 << 20;
  private static final int FILE_MODE = 0644;
  private static final String END = "--";
  private static final int FIXED = 6;

  RootFilling {
    excluded = List.copyOf(excluded);
    templates = List.copyOf(templates);
  }

  /** As arguments of a program. */
  List<String> encode() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                archive.toString(),
                rootfs.toString(),
                Boolean.toString(unified),
                words.name(),
                words.directory().toString(),
                Boolean.toString(words.ofLxc())));
    arguments.addAll(excluded);
    arguments.add(END);
    arguments.addAll(templates);
    return arguments;
  }

  static RootFilling decode(String[] arguments) {
    List<String> all = Arrays.asList(arguments);
    List<String> lists = all.subList(FIXED, all.size());
    int end = lists.indexOf(END);
    Path rootfs = Path.of(all.get(1));
    return new RootFilling(
        Path.of(all.get(0)),
        rootfs,
        Boolean.parseBoolean(all.get(2)),
        lists.subList(0, end),
        new TemplateWords(
            all.get(3), Path.of(all.get(4)), rootfs, Boolean.parseBoolean(all.get(5))),
        lists.subList(end + 1, lists.size()));
  }

  /**
   * Does it. Afterwards the root file system is complete, or empty again.
   *
   * @param root whether files may be given to others than the caller
   */
  void run(IdShift ids, boolean root) throws IOException {
    UnpackOptions options = UnpackOptions.USUAL.withIds(ids).withRule(rule());
    if (!root) {
      options = options.withOwners(UnpackOptions.Owners.CALLERS);
    }
    Unpacker.unpack(ArchiveFile.open(archive), rootfs, options);
    Access access =
        root
            ? new Access(ids.apply(IdMap.Kind.USER, 0), ids.apply(IdMap.Kind.GROUP, 0), FILE_MODE)
            : new Access(-1, -1, FILE_MODE);
    try (TreeWriter tree = TreeWriter.at(rootfs)) {
      templates.forEach(path -> fillIn(tree, path, access));
    }
  }

  private EntryRule rule() {
    EntryRule rule = unified ? EntryRule.below("rootfs") : EntryRule.ALL;
    Set<String> paths = new TreeSet<>();
    excluded.forEach(line -> paths.add(inside(line)));
    paths.remove("");
    return paths.isEmpty() ? rule : rule.without(paths);
  }

  private static String inside(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    return EntryPath.normalize(
        new String(bytes, StandardCharsets.ISO_8859_1).replaceFirst("^/+", ""));
  }

  /** A file that is missing, or is none, is none of the image's templates. */
  private void fillIn(TreeWriter tree, String line, Access access) {
    String path = inside(line);
    Optional<byte[]> text = Beneath.read(rootfs.toString(), line, LONGEST_FILE);
    if (path.isEmpty() || text.isEmpty()) {
      return;
    }
    String filled = words.fill(path, new String(text.get(), StandardCharsets.ISO_8859_1));
    try {
      tree.unlink(path);
      try (Fd file = tree.createFile(path)) {
        file.writeFully(filled.getBytes(StandardCharsets.ISO_8859_1));
        tree.applyAccessOfOpen(file, path, access);
      }
    } catch (KernelException e) {
      throw new CofferException(
          "cannot fill in the image's file \"" + line + "\"", List.of("cause  " + e.getMessage()));
    }
  }
}
