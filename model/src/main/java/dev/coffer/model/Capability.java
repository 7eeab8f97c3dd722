package dev.coffer.model;

import java.util.Locale;
import java.util.Optional;

/** The capabilities of capabilities(7); the ordinal is the kernel's number. */
public enum Capability {
  CHOWN,
  DAC_OVERRIDE,
  DAC_READ_SEARCH,
  FOWNER,
  FSETID,
  KILL,
  SETGID,
  SETUID,
  SETPCAP,
  LINUX_IMMUTABLE,
  NET_BIND_SERVICE,
  NET_BROADCAST,
  NET_ADMIN,
  NET_RAW,
  IPC_LOCK,
  IPC_OWNER,
  SYS_MODULE,
  SYS_RAWIO,
  SYS_CHROOT,
  SYS_PTRACE,
  SYS_PACCT,
  SYS_ADMIN,
  SYS_BOOT,
  SYS_NICE,
  SYS_RESOURCE,
  SYS_TIME,
  SYS_TTY_CONFIG,
  MKNOD,
  LEASE,
  AUDIT_WRITE,
  AUDIT_CONTROL,
  SETFCAP,
  MAC_OVERRIDE,
  MAC_ADMIN,
  SYSLOG,
  WAKE_ALARM,
  BLOCK_SUSPEND,
  AUDIT_READ,
  PERFMON,
  BPF,
  CHECKPOINT_RESTORE;

  /** The kernel's number, bit position in a capability set. */
  public int number() {
    return ordinal();
  }

  public long bit() {
    return 1L << ordinal();
  }

  /** As lxc.cap.drop spells it: lower case, without {@code CAP_}. */
  public String describe() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads a name with or without {@code cap_} in any case, or a number. */
  public static Optional<Capability> parse(String text) {
    String wanted = text.toUpperCase(Locale.ROOT);
    if (wanted.startsWith("CAP_")) {
      wanted = wanted.substring(4);
    }
    for (Capability capability : values()) {
      if (capability.name().equals(wanted) || String.valueOf(capability.number()).equals(wanted)) {
        return Optional.of(capability);
      }
    }
    return Optional.empty();
  }
}
