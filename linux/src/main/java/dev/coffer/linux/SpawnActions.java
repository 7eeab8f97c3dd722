package dev.coffer.linux;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.Map;

/** posix_spawn_file_actions_t: what becomes of the descriptors in the child. */
final class SpawnActions implements AutoCloseable {
  private static final int READ_WRITE = 2;
  private static final int FIRST_FREE = 3;

  private final Call call;
  private final MemorySegment actions;

  SpawnActions(Call call) {
    this.call = call;
    actions = call.allocate(SpawnCalls.ACTIONS_SIZE);
    call.function(SpawnCalls.ACTIONS_INIT, address());
  }

  long address() {
    return actions.address();
  }

  /**
   * Gives the child exactly these descriptors.
   *
   * @param copies gets the descriptors to close once the child runs
   */
  void map(Map<Integer, Fd> fds, Collection<Fd> copies) {
    int end = Math.max(FIRST_FREE, 1 + fds.keySet().stream().mapToInt(n -> n).max().orElse(-1));
    for (int number = 0; number < end; number++) {
      Fd fd = fds.get(number);
      if (fd != null) {
        // A copy above all targets, so that no dup2 overwrites what a later one still needs.
        Fd copy = fd.duplicateAbove(end);
        copies.add(copy);
        add(SpawnCalls.ADD_DUP2, copy.number(), number);
      } else if (number < FIRST_FREE) {
        add(SpawnCalls.ADD_OPEN, number, call.text("/dev/null"), READ_WRITE);
      } else {
        add(SpawnCalls.ADD_CLOSE, number);
      }
    }
    add(SpawnCalls.ADD_CLOSE_FROM, end);
  }

  /** Adds an action; its arguments follow the structure. */
  void add(MemorySegment function, long... words) {
    long first = words[0];
    long second = words.length > 1 ? words[1] : 0;
    long third = words.length > 2 ? words[2] : 0;
    Call.checked(
        "posix_spawn_file_actions",
        null,
        -call.function(function, address(), first, second, third));
  }

  @Override
  public void close() {
    call.function(SpawnCalls.ACTIONS_DESTROY, address());
  }
}
