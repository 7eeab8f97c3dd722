package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LockFileTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void aLockHasOneHolderAtATime(LockFile.Kind kind) {
    Path path = directory.resolve("lock");
    int before = OpenFds.count();
    try (LockFile held = LockFile.acquire(path, kind)) {
      assertEquals(Optional.empty(), LockFile.tryAcquire(path, kind), held::toString);
    }
    Optional<LockFile> free = LockFile.tryAcquire(path, kind);
    assertTrue(free.isPresent());
    free.get().close();
    assertEquals(before, OpenFds.count());
  }

  @ParameterizedTest
  @EnumSource
  void aWaitingVirtualThreadGetsTheLockInTheEnd(LockFile.Kind kind) throws Exception {
    Path path = directory.resolve("lock");
    LockFile held = LockFile.acquire(path, kind);
    Thread waiting = Thread.ofVirtual().start(() -> LockFile.acquire(path, kind).close());
    held.close();
    waiting.join();
  }
}
