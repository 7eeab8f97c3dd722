package dev.coffer.image.archive;

import dev.coffer.image.archive.TarEntry.Extent;
import java.util.ArrayList;
import java.util.List;

/** The maps of sparse files, in the ways GNU tar has written them. */
final class SparseMaps {
  /** A map longer than this serves to use up memory only. */
  static final int MOST = 100_000;

  private SparseMaps() {}

  /** Offset and length in turn. */
  static List<Extent> pairs(List<Long> numbers) {
    if (numbers.size() % 2 != 0 || numbers.size() > 2 * MOST) {
      throw damaged();
    }
    List<Extent> extents = new ArrayList<>(numbers.size() / 2);
    for (int i = 0; i < numbers.size(); i += 2) {
      extents.add(extent(numbers.get(i), numbers.get(i + 1)));
    }
    return extents;
  }

  static Extent extent(long offset, long length) {
    if (offset < 0 || length < 0 || offset + length < 0) {
      throw damaged();
    }
    return new Extent(offset, length);
  }

  /** Fails unless the extents follow one another within the file, and are all of the content. */
  static void check(List<Extent> extents, long size, long stored) {
    long end = 0;
    long sum = 0;
    for (Extent extent : extents) {
      if (extent.offset() < end || extent.offset() + extent.length() > size) {
        throw damaged();
      }
      end = extent.offset() + extent.length();
      sum += extent.length();
    }
    if (sum != stored) {
      throw damaged();
    }
  }

  static ArchiveException damaged() {
    return ArchiveException.damaged("the map of a sparse file is wrong");
  }
}
