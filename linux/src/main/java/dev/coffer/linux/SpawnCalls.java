package dev.coffer.linux;

import java.lang.foreign.MemorySegment;

/** The functions of posix_spawn(3), linked when the first child is started. */
final class SpawnCalls {
  /** Larger than either structure in any C library; the layout test knows the true sizes. */
  static final long ACTIONS_SIZE = 512;

  static final long ATTRIBUTES_SIZE = 1024;

  /** As large as sigset_t is outside the kernel. */
  static final long SIGNAL_SET_SIZE = 128;

  static final int SET_SIGNAL_DEFAULTS = 0x04;
  static final int SET_SIGNAL_MASK = 0x08;
  static final int SET_SESSION = 0x80;

  static final MemorySegment SPAWN = Native.function("posix_spawn");
  static final MemorySegment ACTIONS_INIT = actions("init");
  static final MemorySegment ACTIONS_DESTROY = actions("destroy");
  static final MemorySegment ADD_DUP2 = actions("adddup2");
  static final MemorySegment ADD_OPEN = actions("addopen");
  static final MemorySegment ADD_CLOSE = actions("addclose");
  static final MemorySegment ADD_CHDIR = actions("addchdir_np");
  static final MemorySegment ADD_CLOSE_FROM = actions("addclosefrom_np");
  static final MemorySegment ATTRIBUTES_INIT = attributes("init");
  static final MemorySegment ATTRIBUTES_DESTROY = attributes("destroy");
  static final MemorySegment SET_FLAGS = attributes("setflags");
  static final MemorySegment SET_DEFAULTS = attributes("setsigdefault");
  static final MemorySegment SET_MASK = attributes("setsigmask");

  private SpawnCalls() {}

  private static MemorySegment actions(String name) {
    return Native.function("posix_spawn_file_actions_" + name);
  }

  private static MemorySegment attributes(String name) {
    return Native.function("posix_spawnattr_" + name);
  }
}
