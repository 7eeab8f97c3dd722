package dev.coffer.linux;

/** Sets an extended attribute, xattr(7). */
public final class ExtendedAttribute {
  private ExtendedAttribute() {}

  /**
   * @param file may be open as a mere path, O_PATH; a symbolic link is meant itself
   * @param flags of setxattr(2)
   */
  public static void apply(Fd file, String name, byte[] value, int flags) {
    // fsetxattr(2) refuses O_PATH; the link of /proc leads to the very inode
    String path = "/proc/self/fd/" + file.number();
    try (Call call = new Call()) {
      call.checkOn(
          name,
          Sys.SETXATTR,
          call.text(path),
          call.text(name),
          call.bytes(value).address(),
          value.length,
          flags);
    }
  }
}
