package dev.coffer.runtime.program;

import dev.coffer.linux.OpenFlags;

/** Kernel spellings that programs use; the manual page of each call has their meaning. */
final class Flags {
  static final int AT_FDCWD = -100;
  static final int AT_EMPTY_PATH = 0x1000;
  static final int AT_EACCESS = 0x200;
  static final int W_OK = 2;
  static final int X_OK = 1;
  static final int AT_RECURSIVE = 0x8000;

  static final int O_WRONLY = OpenFlags.WRITE_ONLY;
  static final int O_RDWR = OpenFlags.READ_WRITE;
  static final int O_NOCTTY = OpenFlags.NO_CONTROLLING_TERMINAL;
  static final int O_CLOEXEC = OpenFlags.CLOSE_ON_EXEC;
  static final int O_PATH = OpenFlags.PATH;
  static final int O_DIRECTORY = OpenFlags.DIRECTORY;
  static final int O_NOFOLLOW = OpenFlags.NO_FOLLOW;

  static final int RESOLVE_NO_XDEV = 0x01;
  static final int RESOLVE_NO_MAGICLINKS = 0x02;
  static final int RESOLVE_NO_SYMLINKS = 0x04;
  static final int RESOLVE_BENEATH = 0x08;
  static final int RESOLVE_IN_ROOT = 0x10;

  static final int OPEN_TREE_CLONE = 1;
  static final int OPEN_TREE_CLOEXEC = OpenFlags.CLOSE_ON_EXEC;
  static final int MOVE_MOUNT_F_EMPTY_PATH = 0x04;
  static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
  static final int FSOPEN_CLOEXEC = 1;
  static final int FSMOUNT_CLOEXEC = 1;
  static final int FSCONFIG_SET_FLAG = 0;
  static final int FSCONFIG_SET_STRING = 1;
  static final int FSCONFIG_CMD_CREATE = 6;
  static final int MNT_DETACH = 2;

  static final long MOUNT_ATTR_RDONLY = 0x01;
  static final long MOUNT_ATTR_NOSUID = 0x02;
  static final long MOUNT_ATTR_NODEV = 0x04;
  static final long MOUNT_ATTR_NOEXEC = 0x08;
  static final long MOUNT_ATTR_ATIME = 0x70;
  static final long MOUNT_ATTR_NOATIME = 0x10;
  static final long MOUNT_ATTR_STRICTATIME = 0x20;
  static final long MOUNT_ATTR_NODIRATIME = 0x80;
  static final long MOUNT_ATTR_IDMAP = 0x100000;
  static final long MOUNT_ATTR_NOSYMFOLLOW = 0x200000;
  static final long MS_REC = 1 << 14;
  static final long MS_UNBINDABLE = 1 << 17;
  static final long MS_PRIVATE = 1 << 18;
  static final long MS_SLAVE = 1 << 19;
  static final long MS_SHARED = 1 << 20;

  static final int S_IFCHR = 0020000;
  static final int S_IFREG = 0100000;

  static final int PR_SET_PDEATHSIG = 1;
  static final int PR_SET_DUMPABLE = 4;
  static final int PR_SET_KEEPCAPS = 8;
  static final int PR_SET_NAME = 15;
  static final int PR_CAPBSET_DROP = 24;
  static final int PR_SET_SECUREBITS = 28;
  static final int SECBIT_NO_SETUID_FIXUP = 1 << 2;
  static final int PR_SCHED_CORE = 62;
  static final int PR_SCHED_CORE_CREATE = 1;
  static final int PR_SCHED_CORE_SCOPE_THREAD_GROUP = 1;
  static final int PR_SET_NO_NEW_PRIVS = 38;
  static final int KEYCTL_JOIN_SESSION_KEYRING = 1;
  static final int CAPABILITY_VERSION_3 = 0x20080522;

  static final int SECCOMP_SET_MODE_FILTER = 1;
  static final int SECCOMP_FILTER_FLAG_NEW_LISTENER = 8;

  static final int AF_NETLINK = 16;
  static final int SOCK_RAW_CLOEXEC = 3 | OpenFlags.CLOSE_ON_EXEC;
  static final int AF_INET = 2;
  static final int SOCK_DGRAM_CLOEXEC = 2 | OpenFlags.CLOSE_ON_EXEC;
  static final int SIOCSIFFLAGS = 0x8914;
  static final int IFF_UP_LOOPBACK_RUNNING = 0x1 | 0x8 | 0x40;

  static final int TIOCSCTTY = 0x540E;
  static final int TIOCSPTLCK = 0x40045431;
  static final int TIOCGPTPEER = 0x5441;
  static final int SIGKILL = 9;

  private Flags() {}
}
