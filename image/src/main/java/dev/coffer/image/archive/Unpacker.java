package dev.coffer.image.archive;

import dev.coffer.image.archive.EntryRule.Outcome;
import dev.coffer.image.archive.TarEntry.Extent;
import dev.coffer.image.archive.TarEntry.Kind;
import dev.coffer.linux.DirectoryTree;
import dev.coffer.linux.Errno;
import dev.coffer.linux.ExtendedAttribute;
import dev.coffer.linux.Fd;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.TreeWriter;
import dev.coffer.linux.TreeWriter.Access;
import dev.coffer.linux.TreeWriter.Modified;
import dev.coffer.model.IdMap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * Writes an archive into a directory, and nowhere else. A path never leads through a symbolic link,
 * a hard link never to one's target; a later entry of the same name takes the place of the earlier
 * file, never of a directory. Owners come first, then modes, attributes and times; those of
 * directories at the end.
 */
public final class Unpacker implements AutoCloseable {
  private static final int CHUNK = 128 << 10;
  private static final int CHARACTER = 0020000;
  private static final int BLOCK = 0060000;
  private static final int FIFO = 0010000;
  private static final int USUAL_MODE = 0755;

  /** The engine's heap is small; the paths of a large system's directories take 3 MiB. */
  private static final int LONGEST_PATHS = 12 << 20;

  private final TreeWriter tree;
  private final UnpackOptions options;
  private final Map<String, Times> directories = new HashMap<>();
  private final byte[] chunk = new byte[CHUNK];
  private TarReader reader;
  private long seen;
  private long written;
  private long bytes;
  private long devices;
  private long attributes;
  private long remembered;

  /** When a directory is said to be modified; null where no entry said so. */
  private record Times(Modified modified) {}

  private Unpacker(TreeWriter tree, UnpackOptions options) {
    this.tree = tree;
    this.options = options;
  }

  /**
   * Unpacks a tar archive, compressed or not, into an empty directory.
   *
   * @param archive is read to its end, and closed
   * @throws ArchiveException if it is damaged or refused; the directory is empty then
   * @throws CancellationException if the thread is interrupted; likewise
   */
  public static Unpacked unpack(InputStream archive, Path directory, UnpackOptions options)
      throws IOException {
    try (InputStream in = archive;
        TarReader reader = new TarReader(Compression.decompress(in), options.limits().stream());
        Unpacker unpacker = new Unpacker(TreeWriter.at(directory), options)) {
      return unpacker.run(reader);
    } catch (IOException | RuntimeException | Error e) {
      discard(directory, e);
      throw e;
    }
  }

  private static void discard(Path directory, Throwable first) {
    boolean interrupted = Thread.interrupted(); // deleting must not stop half-way
    try {
      DirectoryTree.clear(directory, Set.of());
    } catch (RuntimeException e) {
      first.addSuppressed(e);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Unpacked run(TarReader from) throws IOException {
    reader = from;
    directories.put("", new Times(null));
    for (var next = from.next(); next.isPresent(); next = from.next()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("interrupted while unpacking");
      }
      accept(normal(next.get()));
    }
    finishDirectories();
    return new Unpacked(written, bytes, devices, attributes);
  }

  private TarEntry normal(TarEntry entry) {
    TarEntry normal = entry.withPath(EntryPath.normalize(entry.path()));
    if (++seen > options.limits().entries()) {
      throw beyond(normal, "it has more than " + options.limits().entries() + " entries");
    }
    if (EntryPath.depth(normal.path()) > options.limits().depth()) {
      throw beyond(normal, "it is deeper than " + options.limits().depth() + " directories");
    }
    return normal.kind() == Kind.HARD_LINK
        ? normal.withTarget(EntryPath.normalize(normal.target()))
        : normal;
  }

  private void accept(TarEntry entry) throws IOException {
    switch (options.rule().apply(entry)) {
      case Outcome.Write(TarEntry wanted) -> write(wanted);
      case Outcome.Skip() -> {}
      case Outcome.Mark(String directory, List<String> names, byte[] value) -> {
        needDirectory(directory);
        names.forEach(name -> mark(directory, name, value));
      }
    }
  }

  private void write(TarEntry entry) throws IOException {
    if (entry.isDevice() && !isWhiteout(entry) && leavesOut(entry)) {
      devices++;
      return;
    }
    try {
      if (!entry.path().isEmpty()) {
        needDirectory(EntryPath.parent(entry.path()));
      } else if (!entry.isDirectory()) {
        throw ArchiveException.refused("/", "the tree's top is not a directory");
      }
      make(entry);
      written++;
    } catch (KernelException e) {
      throw explained(entry, e);
    }
  }

  /** What stands for a deleted file in overlayfs; no driver answers to it. */
  private static boolean isWhiteout(TarEntry entry) {
    return entry.kind() == Kind.CHARACTER_DEVICE && entry.major() == 0 && entry.minor() == 0;
  }

  private boolean leavesOut(TarEntry entry) {
    return switch (options.devices()) {
      case MADE -> false;
      case LEFT_OUT -> true;
      case REFUSED -> throw ArchiveException.refused(entry.path(), "it is a device");
    };
  }

  private void make(TarEntry entry) throws IOException {
    switch (entry.kind()) {
      case DIRECTORY -> makeDirectory(entry);
      case FILE -> makeFile(entry);
      case HARD_LINK -> again(entry, () -> tree.makeHardLink(entry.path(), entry.target()));
      case SYMBOLIC_LINK -> {
        again(entry, () -> tree.makeSymbolicLink(entry.path(), entry.target()));
        if (options.owners() == UnpackOptions.Owners.KEPT) {
          tree.applyOwner(entry.path(), user(entry), group(entry));
        }
        tree.applyModified(entry.path(), modified(entry));
      }
      case CHARACTER_DEVICE -> makeNode(entry, CHARACTER);
      case BLOCK_DEVICE -> makeNode(entry, BLOCK);
      case FIFO -> makeNode(entry, FIFO);
    }
  }

  private void makeDirectory(TarEntry entry) {
    String path = entry.path();
    if (!path.isEmpty() && !directories.containsKey(path)) {
      again(entry, () -> tree.makeDirectory(path));
    }
    remember(entry.path(), new Times(modified(entry)));
    try (Fd place = tree.openPlace(path)) {
      access(place, entry);
    }
  }

  /** Directories that the archive does not speak of, but puts files into. */
  private void needDirectory(String path) {
    if (directories.containsKey(path)) {
      return;
    }
    needDirectory(EntryPath.parent(path));
    TarEntry entry = TarEntry.of(path, Kind.DIRECTORY, USUAL_MODE);
    tree.makeDirectory(path);
    remember(path, new Times(null));
    try (Fd place = tree.openPlace(path)) {
      access(place, entry);
    }
  }

  private void remember(String path, Times times) {
    if (directories.put(path, times) == null) {
      remembered += path.length();
    }
    if (remembered > LONGEST_PATHS) {
      throw ArchiveException.beyond(path, "its directories' paths are too long all together");
    }
    if (directories.size() > options.limits().directories()) {
      throw ArchiveException.beyond(
          path, "it has more than " + options.limits().directories() + " directories");
    }
  }

  private void makeFile(TarEntry entry) throws IOException {
    try (Fd file = createFile(entry)) {
      if (entry.extents().isEmpty()) {
        copy(file, entry);
      } else {
        for (Extent extent : entry.extents()) {
          tree.seek(file, entry.path(), extent.offset());
          copy(file, entry, extent.length());
        }
        tree.truncate(file, entry.path(), entry.size());
      }
      tree.applyAccessOfOpen(file, entry.path(), accessOf(entry));
      attributes(file, entry);
      tree.applyModifiedOfOpen(file, entry.path(), modified(entry));
    }
  }

  private Fd createFile(TarEntry entry) {
    try {
      return tree.createFile(entry.path());
    } catch (KernelException e) {
      replace(entry, e);
      return tree.createFile(entry.path());
    }
  }

  private void copy(Fd file, TarEntry entry) throws IOException {
    for (int count; (count = reader.read(chunk, 0, CHUNK)) >= 0; ) {
      account(entry, count);
      file.writeFully(chunk, 0, count);
    }
  }

  private void copy(Fd file, TarEntry entry, long length) throws IOException {
    for (long left = length; left > 0; ) {
      int count = reader.read(chunk, 0, (int) Math.min(CHUNK, left));
      if (count < 0) {
        throw SparseMaps.damaged();
      }
      account(entry, count);
      file.writeFully(chunk, 0, count);
      left -= count;
    }
  }

  private void account(TarEntry entry, int count) {
    bytes += count;
    if (bytes > options.limits().bytes()) {
      throw beyond(entry, "its files hold more than " + options.limits().bytes() + " bytes");
    }
  }

  private void makeNode(TarEntry entry, int type) {
    again(entry, () -> tree.makeNode(entry.path(), type, entry.major(), entry.minor()));
    try (Fd place = tree.openPlace(entry.path())) {
      access(place, entry);
    }
    tree.applyModified(entry.path(), modified(entry));
  }

  /** Does it, and once more after making room where an earlier entry has taken the name. */
  private void again(TarEntry entry, Runnable making) {
    try {
      making.run();
    } catch (KernelException e) {
      replace(entry, e);
      making.run();
    }
  }

  private void replace(TarEntry entry, KernelException e) {
    if (!e.is(Errno.EEXIST)) {
      throw e;
    }
    if (entry.kind() == Kind.HARD_LINK && entry.target().equals(entry.path())) {
      throw ArchiveException.refused(entry.path(), "it links to itself");
    }
    if (directories.containsKey(entry.path()) || !tree.unlink(entry.path())) {
      throw ArchiveException.refused(entry.path(), "it would replace a directory");
    }
  }

  private void access(Fd place, TarEntry entry) {
    tree.applyAccess(place, entry.path(), accessOf(entry));
    attributes(place, entry);
  }

  private Access accessOf(TarEntry entry) {
    // one's own tree must stay writable for oneself, and set-user-id of one's own says nothing
    return options.owners() == UnpackOptions.Owners.KEPT
        ? new Access(user(entry), group(entry), entry.mode())
        : new Access(-1, -1, entry.isDirectory() ? entry.mode() | 0700 : entry.mode());
  }

  private void attributes(Fd file, TarEntry entry) {
    entry
        .attributes()
        .forEach((name, value) -> {
          var shifted =
              FileAttributes.isAllowed(name)
                  ? FileAttributes.shifted(name, value, options.ids())
                  : Optional.<byte[]>empty();
          if (shifted.isEmpty() || !applies(file, name, shifted.get())) {
            attributes++;
          }
        });
  }

  /** False where the file system has no such attributes, or the caller may not give them. */
  private static boolean applies(Fd file, String name, byte[] value) {
    try {
      ExtendedAttribute.apply(file, name, value, 0);
      return true;
    } catch (KernelException e) {
      if (e.is(Errno.EOPNOTSUPP) || e.is(Errno.EPERM)) {
        return false;
      }
      throw e;
    }
  }

  private void mark(String directory, String attribute, byte[] value) {
    try (Fd place = tree.openPlace(directory)) {
      ExtendedAttribute.apply(place, attribute, value, 0);
    }
  }

  /** Deepest first: setting times in a directory does not change those above it. */
  private void finishDirectories() {
    List<String> paths = new ArrayList<>(directories.keySet());
    paths.sort(Comparator.reverseOrder());
    for (String path : paths) {
      Modified modified = directories.get(path).modified();
      if (modified != null) {
        tree.applyModified(path, modified);
      }
    }
  }

  private long user(TarEntry entry) {
    return mapped(entry, IdMap.Kind.USER, entry.uid());
  }

  private long group(TarEntry entry) {
    return mapped(entry, IdMap.Kind.GROUP, entry.gid());
  }

  private long mapped(TarEntry entry, IdMap.Kind kind, long id) {
    long onHost = options.ids().apply(kind, id);
    if (onHost == IdShift.UNMAPPED) {
      String what = kind == IdMap.Kind.USER ? "user " : "group ";
      throw ArchiveException.because(
          entry.path(),
          "it belongs to " + what + id + ", which the container's id map does not have",
          "lengthen the range: lxc.idmap, /etc/subuid and /etc/subgid");
    }
    return onHost;
  }

  private static Modified modified(TarEntry entry) {
    return new Modified(entry.seconds(), entry.nanos());
  }

  private static ArchiveException beyond(TarEntry entry, String limit) {
    return ArchiveException.beyond(entry.path(), limit);
  }

  private static RuntimeException explained(TarEntry entry, KernelException e) {
    if (e.is(Errno.ELOOP) || e.is(Errno.EXDEV) || e.is(Errno.EEXIST)) {
      return ArchiveException.refused(
          entry.path(), "the way to it, or to what it links to, leads through a link or a file");
    }
    if (e.is(Errno.ENOTDIR)) {
      return ArchiveException.refused(
          entry.path(), "the way to it leads through something that is not a directory");
    }
    if (e.is(Errno.ENOENT) && entry.kind() == Kind.HARD_LINK) {
      return ArchiveException.refused(entry.path(), "it links to a file that is not there");
    }
    String hint =
        e.is(Errno.ENOSPC) || e.is(Errno.EDQUOT)
            ? "free some space there, or choose another place"
            : e.is(Errno.EPERM)
                ? "giving files to other ids and making devices needs root"
                : "nothing was kept of it";
    return ArchiveException.because(entry.path(), e.getMessage(), hint);
  }

  @Override
  public void close() {
    tree.close();
  }
}
