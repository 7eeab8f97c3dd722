package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.coffer.model.Namespace;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/** Whose a namespace is, ioctl_ns(2): what it belongs to, and who made that. */
public final class NamespaceOwner {
  private static final int NS_GET_USERNS = 0xb701;
  private static final int NS_GET_PARENT = 0xb702;
  private static final int NS_GET_OWNER_UID = 0xb704;

  private NamespaceOwner() {}

  /**
   * Whether a descriptor is a namespace of this type. It is looked at by its name alone, for
   * whoever sent it may have sent one that never answers.
   */
  public static boolean is(Fd descriptor, Namespace type) {
    return Processes.namespaceOf(descriptor)
        .filter(name -> name.matches(type.file() + ":\\[[0-9]+\\]"))
        .isPresent();
  }

  /** The user namespace that a namespace belongs to; EPERM where that is not below our own. */
  public static Fd userNamespace(Fd namespace) {
    return related(namespace, NS_GET_USERNS);
  }

  /** The one that a user namespace was made in; EPERM where that is not below our own. */
  public static Fd parent(Fd userNamespace) {
    return related(userNamespace, NS_GET_PARENT);
  }

  /** The user who made a user namespace, and so has all rights in it. */
  public static long uid(Fd userNamespace) {
    try (Call call = new Call()) {
      MemorySegment uid = call.ints(-1);
      call.check(Sys.IOCTL, userNamespace.number(), NS_GET_OWNER_UID, uid.address());
      return Integer.toUnsignedLong(uid.get(JAVA_INT, 0));
    }
  }

  /** Whether this is the user namespace of this process. */
  public static boolean isOwn(Fd userNamespace) {
    Optional<String> own = HostFiles.readLink(Path.of("/proc/self/ns/user")).map(Path::toString);
    return own.isPresent() && own.equals(Processes.namespaceOf(userNamespace));
  }

  private static Fd related(Fd namespace, int request) {
    try (Call call = new Call()) {
      return Fd.of((int) call.check(Sys.IOCTL, namespace.number(), request));
    }
  }
}
