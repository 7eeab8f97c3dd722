package dev.coffer.image.archive;

import dev.coffer.model.IdMap;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Which extended attributes of an archive are set, and how ids inside them change with the file's.
 * What directs the kernel itself is left out: attributes of overlayfs ({@code trusted.overlay},
 * {@code user.overlay}) would lead its look-ups elsewhere, and labels of security modules are the
 * host's to give.
 */
final class FileAttributes {
  private static final String CAPABILITY = "security.capability";
  private static final String ACL = "system.posix_acl_";

  // struct vfs_cap_data and vfs_ns_cap_data, linux/capability.h, little endian
  private static final int CAPABILITY_2 = 0x0200_0000;
  private static final int CAPABILITY_3 = 0x0300_0000;
  private static final int REVISION = 0xff00_0000;
  private static final int SIZE_2 = 20;
  private static final int SIZE_3 = 24;

  // struct posix_acl_xattr_header and _entry, linux/posix_acl_xattr.h
  private static final int ACL_HEADER = 4;
  private static final int ACL_ENTRY = 8;
  private static final short ACL_USER = 2;
  private static final short ACL_GROUP = 8;

  private FileAttributes() {}

  static boolean isAllowed(String name) {
    return name.equals(CAPABILITY)
        || name.equals(ACL + "access")
        || name.equals(ACL + "default")
        || name.startsWith("user.") && !name.startsWith("user.overlay.");
  }

  /** The value for the host; empty where it names an id that is not mapped, or is damaged. */
  static Optional<byte[]> shifted(String name, byte[] value, IdShift ids) {
    if (ids == IdShift.NONE) {
      return Optional.of(value);
    }
    if (name.equals(CAPABILITY)) {
      return capability(value, ids);
    }
    return name.startsWith(ACL) ? acl(value, ids) : Optional.of(value);
  }

  /** Capabilities get the root they count for; without it they would count for the host's. */
  private static Optional<byte[]> capability(byte[] value, IdShift ids) {
    if (value.length != SIZE_2 && value.length != SIZE_3) {
      return Optional.empty();
    }
    ByteBuffer from = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    int magic = from.getInt(0);
    boolean named = (magic & REVISION) == CAPABILITY_3 && value.length == SIZE_3;
    if (!named && (magic & REVISION) != CAPABILITY_2) {
      return Optional.empty();
    }
    long root = ids.apply(IdMap.Kind.USER, named ? from.getInt(SIZE_2) & 0xffff_ffffL : 0);
    if (root == IdShift.UNMAPPED) {
      return Optional.empty();
    }
    ByteBuffer to = ByteBuffer.allocate(SIZE_3).order(ByteOrder.LITTLE_ENDIAN);
    to.put(value, 0, SIZE_2).putInt((int) root).putInt(0, magic & ~REVISION | CAPABILITY_3);
    return Optional.of(to.array());
  }

  private static Optional<byte[]> acl(byte[] value, IdShift ids) {
    if (value.length < ACL_HEADER || (value.length - ACL_HEADER) % ACL_ENTRY != 0) {
      return Optional.empty();
    }
    ByteBuffer acl = ByteBuffer.wrap(value.clone()).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = ACL_HEADER; at < value.length; at += ACL_ENTRY) {
      short tag = acl.getShort(at);
      if (tag == ACL_USER || tag == ACL_GROUP) {
        IdMap.Kind kind = tag == ACL_USER ? IdMap.Kind.USER : IdMap.Kind.GROUP;
        long id = ids.apply(kind, acl.getInt(at + 4) & 0xffff_ffffL);
        if (id == IdShift.UNMAPPED) {
          return Optional.empty();
        }
        acl.putInt(at + 4, (int) id);
      }
    }
    return Optional.of(acl.array());
  }
}
