package dev.coffer.image.archive;

import dev.coffer.linux.TreeWriter;
import dev.coffer.model.CofferException;
import java.util.List;

/** An archive that is damaged, or asks for what it must not have. */
public final class ArchiveException extends CofferException {
  private static final long serialVersionUID = 1L;

  private ArchiveException(String message, List<String> details) {
    super(message, details);
  }

  /** The archive as a whole is wrong. */
  static ArchiveException damaged(String what) {
    return new ArchiveException(
        "the archive is damaged: " + what,
        List.of("hint  fetch it again, or compare its hash with what its maker says"));
  }

  /** More than anybody would put into an archive of this kind. */
  static ArchiveException tooLong(long most) {
    return new ArchiveException(
        "the archive is refused: unpacked it has more than " + most + " bytes",
        List.of("hint  such archives are made to fill disks; real ones stay far below"));
  }

  /**
   * One entry is refused.
   *
   * @param path raw, as the archive has it
   */
  static ArchiveException refused(String path, String why) {
    return new ArchiveException(
        "the archive's entry \"" + readable(path) + "\" is refused: " + why,
        List.of("hint  no root file system needs that; do not trust this archive"));
  }

  /** A limit is reached, which a remedy may lift. */
  static ArchiveException beyond(String path, String limit) {
    return new ArchiveException(
        "the archive is refused at its entry \"" + readable(path) + "\": " + limit,
        List.of("hint  such archives are made to fill disks; real ones stay far below"));
  }

  static ArchiveException because(String path, String why, String hint) {
    return new ArchiveException(
        "cannot unpack \"" + readable(path) + "\": " + why, List.of("hint  " + hint));
  }

  /** Control characters would reach the terminal of whoever reads the message. */
  private static String readable(String path) {
    String text = TreeWriter.describe(path).replaceAll("\\p{Cntrl}", "?");
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }
}
