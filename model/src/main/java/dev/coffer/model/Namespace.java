package dev.coffer.model;

import java.util.Locale;
import java.util.Optional;

/** The namespaces of namespaces(7), in the order LXC creates and joins them. */
public enum Namespace {
  USER("user", 0x10000000),
  MOUNT("mnt", 0x00020000),
  PID("pid", 0x20000000),
  UTS("uts", 0x04000000),
  IPC("ipc", 0x08000000),
  NET("net", 0x40000000),
  CGROUP("cgroup", 0x02000000),
  TIME("time", 0x00000080);

  private final String file;
  private final int cloneFlag;

  Namespace(String file, int cloneFlag) {
    this.file = file;
    this.cloneFlag = cloneFlag;
  }

  /** The name under /proc/PID/ns and in lxc.namespace.*. */
  public String file() {
    return file;
  }

  /** CLONE_NEW… of clone(2). */
  public int cloneFlag() {
    return cloneFlag;
  }

  /** Reads a name as /proc/PID/ns spells it, in any case. */
  public static Optional<Namespace> parse(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    for (Namespace namespace : values()) {
      if (namespace.file.equals(wanted)) {
        return Optional.of(namespace);
      }
    }
    return Optional.empty();
  }
}
