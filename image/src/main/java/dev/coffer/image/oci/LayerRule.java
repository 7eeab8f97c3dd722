package dev.coffer.image.oci;

import dev.coffer.image.archive.EntryRule;
import dev.coffer.image.archive.TarEntry;
import java.util.List;

/**
 * Turns a layer's marks into those of overlayfs: {@code .wh.NAME} hides what lower layers have
 * under NAME, {@code .wh..wh..opq} all that they have in the directory. OCI image specification
 * "Whiteouts".
 */
final class LayerRule implements EntryRule {
  /** What the host's overlayfs reads, and what that of a user namespace does. */
  private static final List<String> OPAQUE_MARKS =
      List.of("trusted.overlay.opaque", "user.overlay.opaque");

  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final byte[] YES = {'y'};

  @Override
  public Outcome apply(TarEntry entry) {
    String parent = parent(entry.path());
    String name = parent.isEmpty() ? entry.path() : entry.path().substring(parent.length() + 1);
    if (name.equals(OPAQUE)) {
      return new Outcome.Mark(parent, OPAQUE_MARKS, YES);
    }
    if (!name.startsWith(WHITEOUT)) {
      return new Outcome.Write(entry);
    }
    String hidden = name.substring(WHITEOUT.length());
    if (hidden.isEmpty() || hidden.startsWith(WHITEOUT)) {
      return new Outcome.Skip(); // other marks of aufs say nothing to anyone else
    }
    String path = parent.isEmpty() ? hidden : parent + "/" + hidden;
    return new Outcome.Write(TarEntry.of(path, TarEntry.Kind.CHARACTER_DEVICE, 0).withDevice(0, 0));
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }
}
