package dev.coffer.image.archive;

/**
 * How much an archive may make. Real root file systems have some hundred thousand files and a few
 * gigabytes.
 *
 * @param bytes of content, holes not counted
 * @param entries of any kind
 * @param directories whose times are kept in memory until the end
 * @param depth directories above one another
 */
public record UnpackLimits(long bytes, long entries, int directories, int depth) {
  public static final UnpackLimits USUAL = new UnpackLimits(256L << 30, 2_000_000, 100_000, 256);

  public UnpackLimits {
    if (bytes < 0 || entries < 0 || directories < 0 || depth < 0) {
      throw new IllegalArgumentException("negative limit");
    }
  }

  /** How long the archive may be, with its headers and all that is passed over. */
  long stream() {
    long headers = entries * 4096;
    return bytes + headers < 0 ? Long.MAX_VALUE : bytes + headers + (16 << 20);
  }

  public UnpackLimits withBytes(long most) {
    return new UnpackLimits(most, entries, directories, depth);
  }

  public UnpackLimits withEntries(long most) {
    return new UnpackLimits(bytes, most, directories, depth);
  }
}
