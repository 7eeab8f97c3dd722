package dev.coffer.linux;

import java.lang.foreign.MemorySegment;

/** posix_spawnattr_t: the signals and the session of the child. */
final class SpawnAttributes implements AutoCloseable {
  private final Call call;
  private final MemorySegment attributes;

  SpawnAttributes(Call call, Spawn.Session session) {
    this.call = call;
    attributes = call.allocate(SpawnCalls.ATTRIBUTES_SIZE);
    call.function(SpawnCalls.ATTRIBUTES_INIT, address());
    // The JVM blocks and ignores some signals; a child would keep both across execve(2).
    MemorySegment none = call.allocate(SpawnCalls.SIGNAL_SET_SIZE);
    MemorySegment all = call.allocate(SpawnCalls.SIGNAL_SET_SIZE).fill((byte) 0xff);
    call.function(SpawnCalls.SET_MASK, address(), none.address());
    call.function(SpawnCalls.SET_DEFAULTS, address(), all.address());
    int flags = SpawnCalls.SET_SIGNAL_DEFAULTS | SpawnCalls.SET_SIGNAL_MASK;
    call.function(
        SpawnCalls.SET_FLAGS,
        address(),
        session == Spawn.Session.NEW ? flags | SpawnCalls.SET_SESSION : flags);
  }

  long address() {
    return attributes.address();
  }

  @Override
  public void close() {
    call.function(SpawnCalls.ATTRIBUTES_DESTROY, address());
  }
}
