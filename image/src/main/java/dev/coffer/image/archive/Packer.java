package dev.coffer.image.archive;

import dev.coffer.image.archive.TarEntry.Extent;
import dev.coffer.image.archive.TarEntry.Kind;
import dev.coffer.linux.Fd;
import dev.coffer.linux.TreeReader;
import dev.coffer.linux.TreeReader.Node;
import dev.coffer.linux.TreeReader.Type;
import dev.coffer.model.IdMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;

/**
 * Puts a directory tree into an archive, sorted by names: the same tree gives the same bytes.
 * Sockets are left out, as nobody listens in an image.
 */
public final class Packer {
  private static final int CHUNK = 128 << 10;

  private final TarWriter writer;
  private final String prefix;
  private final IdShift ids;
  private final Map<String, String> seen = new HashMap<>();
  private final byte[] chunk = new byte[CHUNK];

  private Packer(TarWriter writer, String prefix, IdShift ids) {
    this.writer = writer;
    this.prefix = prefix;
    this.ids = ids;
  }

  /**
   * Adds the tree to an archive.
   *
   * @param prefix directory of the archive that it goes into; empty for its top
   * @param ids the archive's ids for those on disk
   */
  public static void add(TarWriter writer, Path directory, String prefix, IdShift ids)
      throws IOException {
    TreeReader.walk(directory, new Packer(writer, prefix, ids)::add);
  }

  private void add(Node node, Fd content) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted while packing");
    }
    if (node.type() == Type.SOCKET) {
      return;
    }
    String path = path(node);
    TarEntry entry = entry(node, path);
    if (node.links() > 1 && node.type() != Type.DIRECTORY) {
      String first = seen.putIfAbsent(node.identity(), path);
      if (first != null) {
        writer.add(
            TarEntry.of(path, Kind.HARD_LINK, node.mode())
                .withTarget(first)
                .withOwner(entry.uid(), entry.gid())
                .withModified(entry.seconds(), entry.nanos()));
        return;
      }
    }
    if (content == null) {
      writer.add(entry);
    } else if (node.isSparse()) {
      addSparse(entry, content);
    } else {
      writer.add(entry);
      copy(content, entry.size(), path);
    }
  }

  private void addSparse(TarEntry entry, Fd content) throws IOException {
    List<Extent> extents =
        TreeReader.extents(content, entry.size()).stream()
            .map(pair -> new Extent(pair[0], pair[1]))
            .toList();
    List<Extent> all = extents.isEmpty() ? List.of(new Extent(0, 0)) : extents;
    writer.add(entry.withExtents(all));
    for (Extent extent : extents) {
      TreeReader.seek(content, extent.offset());
      copy(content, extent.length(), entry.path());
    }
  }

  private void copy(Fd content, long length, String path) throws IOException {
    for (long left = length; left > 0; ) {
      int count = content.read(chunk, 0, (int) Math.min(left, CHUNK));
      if (count < 0) {
        throw new IOException("\"" + path + "\" became shorter while it was read");
      }
      writer.write(chunk, 0, count);
      left -= count;
    }
  }

  private String path(Node node) {
    if (prefix.isEmpty()) {
      return node.path();
    }
    return node.path().isEmpty() ? prefix : prefix + "/" + node.path();
  }

  private TarEntry entry(Node node, String path) {
    Kind kind =
        switch (node.type()) {
          case FILE -> Kind.FILE;
          case DIRECTORY -> Kind.DIRECTORY;
          case SYMBOLIC_LINK -> Kind.SYMBOLIC_LINK;
          case CHARACTER_DEVICE -> Kind.CHARACTER_DEVICE;
          case BLOCK_DEVICE -> Kind.BLOCK_DEVICE;
          case FIFO -> Kind.FIFO;
          case SOCKET -> throw new IllegalStateException("a socket");
        };
    TarEntry entry =
        TarEntry.of(path, kind, node.mode())
            .withOwner(
                shifted(path, IdMap.Kind.USER, node.uid()),
                shifted(path, IdMap.Kind.GROUP, node.gid()))
            .withModified(node.seconds(), node.nanos())
            .withSize(node.size())
            .withTarget(node.target())
            .withAttributes(attributes(node));
    return entry.isDevice() ? entry.withDevice(node.major(), node.minor()) : entry;
  }

  private Map<String, byte[]> attributes(Node node) {
    Map<String, byte[]> kept = new TreeMap<>();
    node.attributes()
        .forEach((name, value) -> {
          if (FileAttributes.isAllowed(name)) {
            FileAttributes.shifted(name, value, ids).ifPresent(own -> kept.put(name, own));
          }
        });
    return kept;
  }

  private long shifted(String path, IdMap.Kind kind, long id) {
    long inside = ids.apply(kind, id);
    if (inside == IdShift.UNMAPPED) {
      throw ArchiveException.because(
          path,
          "it belongs to id " + id + " of the host, which is none of the container's",
          "give it to one of them: chown");
    }
    return inside;
  }
}
