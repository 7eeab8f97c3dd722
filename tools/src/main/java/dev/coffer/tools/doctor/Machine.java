package dev.coffer.tools.doctor;

import dev.coffer.plan.SharedLimit;
import java.util.List;
import java.util.Optional;

/** The facts that the doctor judges by. */
public interface Machine {
  /** Abilities of the kernel, which a filter around this process may hide. */
  enum Feature {
    CLONE3,
    OPENAT2,
    MOUNT_API,
    ID_MAPPED_MOUNTS,
    /** Not the kernel's: the library that compiles filters. */
    LIBSECCOMP,
    LANDLOCK,
    LANDLOCK_NETWORK
  }

  /** The kernel's release, as uname(2) tells it. */
  String kernelRelease();

  /** Whether commands are run as root here. */
  boolean isRoot();

  /** The content of a small file; empty where it is not there or cannot be read. */
  Optional<String> read(String path);

  boolean exists(String path);

  /** The shared limits of the kernel whose use is found by a search only. */
  List<SharedLimit> searchedLimits();

  /** Whether the kernel has something that is told apart by trying only. */
  boolean offers(Feature feature);

  /** Whether a file system is known or its module is there to be loaded. */
  boolean hasFileSystem(String type);

  /** What of other firewalls keeps the networks of containers from working, with a remedy. */
  List<Finding> firewalls();

  /** Whether a program of this name is found where programs are. */
  boolean hasProgram(String name);
}
