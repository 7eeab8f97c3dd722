package dev.coffer.runtime;

import dev.coffer.model.Intercepts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A new file system as mount(2) asks for it, as far as it may be had: options that reach for other
 * files of the host's or would let a damaged image stop the host are none.
 *
 * @param superblock flags and KEY=VALUE for fsconfig(2)
 * @param attributes of the mount, MOUNT_ATTR_…
 */
record MountWish(String type, boolean readOnly, List<String> superblock, long attributes) {
  private static final long MS_RDONLY = 1;
  private static final long MS_PROPAGATION = 1 << 17 | 1 << 18 | 1 << 19 | 1 << 20;
  private static final long MS_MGC_MASK = 0xffff0000L;
  private static final long MS_MGC_VALUE = 0xc0ed0000L;

  private static final long ATTR_NODEV = 0x04;

  /** MS_SILENT and MS_RELATIME, which is what happens anyway. */
  private static final long WITHOUT_EFFECT = 1 << 15 | 1 << 21;

  private enum Flag {
    READ_ONLY(MS_RDONLY, "ro", 0x01),
    NO_SUID(1 << 1, "", 0x02),
    NO_DEVICES(1 << 2, "", ATTR_NODEV),
    NO_EXECUTION(1 << 3, "", 0x08),
    SYNCHRONOUS(1 << 4, "sync", 0),
    SYNCHRONOUS_DIRECTORIES(1 << 7, "dirsync", 0),
    NO_LINKS(1 << 8, "", 0x200000),
    NO_TIMES(1 << 10, "", 0x10),
    NO_DIRECTORY_TIMES(1 << 11, "", 0x80),
    STRICT_TIMES(1 << 24, "", 0x20),
    LAZY_TIMES(1 << 25, "lazytime", 0);

    private final long bit;
    private final String word;
    private final long attribute;

    Flag(long bit, String word, long attribute) {
      this.bit = bit;
      this.word = word;
      this.attribute = attribute;
    }
  }

  MountWish {
    superblock = List.copyOf(superblock);
  }

  /**
   * Device nodes on it never work: its image may hold any.
   *
   * @return empty where the kernel is to decide
   */
  static Optional<MountWish> of(Intercepts intercepts, String type, long flags, String data) {
    long rest = (flags & MS_MGC_MASK) == MS_MGC_VALUE ? flags & ~MS_MGC_MASK : flags;
    if (!intercepts.fileSystems().contains(type) || (rest & MS_PROPAGATION) != 0) {
      return Optional.empty();
    }
    List<String> superblock = new ArrayList<>();
    long attributes = ATTR_NODEV;
    boolean readOnly = (rest & MS_RDONLY) != 0;
    rest &= ~WITHOUT_EFFECT;
    for (Flag flag : Flag.values()) {
      if ((rest & flag.bit) != 0) {
        attributes |= flag.attribute;
        if (!flag.word.isEmpty()) {
          superblock.add(flag.word);
        }
        rest &= ~flag.bit;
      }
    }
    if (rest != 0 || !addOptions(superblock, data)) {
      return Optional.empty();
    }
    if (type.startsWith("ext") && superblock.stream().noneMatch(o -> o.startsWith("errors="))) {
      superblock.add("errors=remount-ro"); // the image itself may ask for a panic
    }
    return Optional.of(new MountWish(type, readOnly, superblock, attributes));
  }

  private static boolean addOptions(List<String> options, String data) {
    for (String option : data.split(",")) {
      if (option.contains("/") || option.contains("panic") || option.startsWith("source")) {
        return false;
      }
      if (!option.isEmpty()) {
        options.add(option);
      }
    }
    return true;
  }
}
