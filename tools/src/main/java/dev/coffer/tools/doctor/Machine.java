package dev.coffer.tools.doctor;

import java.util.Optional;

/** The facts that the doctor judges by. */
public interface Machine {
  /** The kernel's release, as uname(2) tells it. */
  String kernelRelease();

  /** Whether commands are run as root here. */
  boolean isRoot();

  /** The content of a small file; empty where it is not there or cannot be read. */
  Optional<String> read(String path);

  boolean exists(String path);

  /** Whether a program of this name is found where programs are. */
  boolean hasProgram(String name);
}
