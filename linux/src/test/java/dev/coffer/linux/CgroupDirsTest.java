package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On this host's own trees, for which one must be root or have a delegated cgroup. */
class CgroupDirsTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String NAME = "coffer-test-" + ProcessHandle.current().pid();

  private final List<Integer> children = new ArrayList<>();
  private Path cgroup;

  /** Which hierarchy to try it on. */
  enum Kind {
    V1,
    V2;

    Path top() {
      CgroupTrees trees = CgroupTrees.read();
      return (this == V1 ? trees.tree("freezer") : trees.unified())
          .map(CgroupTrees.Tree::ownDirectory)
          .filter(top -> CgroupDirs.isUnified(top) == (this == V2))
          .orElse(null);
    }
  }

  @AfterEach
  void removeAll() {
    children.forEach(pid -> Processes.sendSignal(pid, 9));
    children.forEach(Spawn::waitFor);
    if (cgroup != null) {
      CgroupDirs.remove(cgroup, LONG);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCgroupIsMadeOnceAndRemovedWithAllBelow(Kind kind) throws Exception {
    make(kind);
    assertFalse(CgroupDirs.make(cgroup));
    Path deep = cgroup;
    for (int i = 0; i < 40; i++) {
      deep = deep.resolve("d" + i);
      CgroupDirs.make(deep);
      CgroupDirs.make(deep.resolveSibling("e" + i));
    }
    int before = OpenFds.count();
    assertTrue(CgroupDirs.remove(cgroup, LONG));
    assertEquals(before, OpenFds.count());
    assertFalse(Files.exists(cgroup));
    assertFalse(CgroupDirs.remove(cgroup, LONG));
    assertTrue(CgroupDirs.killAll(cgroup, LONG), "there is nobody left");
  }

  @ParameterizedTest
  @EnumSource
  void allProcessesBelowAreKilled(Kind kind) {
    make(kind);
    CgroupDirs.make(cgroup.resolve("inner"));
    int outer = child(cgroup);
    int inner = child(cgroup.resolve("inner"));
    assertEquals(List.of(outer), CgroupDirs.members(cgroup));
    assertEquals(List.of(outer, inner), CgroupDirs.allMembers(cgroup));
    Thread reaper = Thread.ofPlatform().start(() -> List.copyOf(children).forEach(Spawn::waitFor));
    assertTrue(CgroupDirs.killAll(cgroup, LONG));
    assertTrue(CgroupDirs.remove(cgroup, LONG));
    assertTrue(joined(reaper));
    children.clear();
  }

  @ParameterizedTest
  @EnumSource
  void frozenProcessesStandStillUntilTheyAreThawed(Kind kind) throws Exception {
    make(kind);
    int pid = child(cgroup);
    assertTrue(CgroupDirs.freeze(cgroup, LONG));
    String file = kind == Kind.V1 ? "freezer.state" : "cgroup.freeze";
    assertEquals(kind == Kind.V1 ? "FROZEN" : "1", CgroupDirs.value(cgroup, file));
    assertEquals(List.of(pid), CgroupDirs.members(cgroup));
    CgroupDirs.thaw(cgroup);
    assertEquals(kind == Kind.V1 ? "THAWED" : "0", CgroupDirs.value(cgroup, file));
  }

  @ParameterizedTest
  @EnumSource
  void aCgroupInUseIsNotRemoved(Kind kind) {
    make(kind);
    child(cgroup);
    KernelException e =
        assertThrows(KernelException.class, () -> CgroupDirs.remove(cgroup, Duration.ofMillis(20)));
    assertEquals("unlinkat \"" + cgroup + "\": Device or resource busy (EBUSY)", e.getMessage());
  }

  @ParameterizedTest
  @EnumSource
  void namesThatAreNoTextAreRemovedToo(Kind kind) throws Exception {
    make(kind);
    Process python =
        new ProcessBuilder("/bin/sh", "-c", "mkdir \"$(printf '" + cgroup + "/\\377\\376')\"")
            .start();
    assertEquals(0, python.waitFor());
    assertTrue(CgroupDirs.remove(cgroup, LONG));
  }

  private void make(Kind kind) {
    Path top = kind.top();
    assumeTrue(top != null, "this host has no " + kind + " hierarchy");
    assumeTrue(Files.isWritable(top), "not allowed to make cgroups in " + top);
    cgroup = top.resolve(NAME);
    assertTrue(CgroupDirs.make(cgroup));
  }

  private int child(Path in) {
    int pid = Spawn.of(List.of("/bin/sleep", "1000")).start();
    children.add(pid);
    CgroupDirs.enter(in, pid);
    return pid;
  }

  private static boolean joined(Thread thread) {
    try {
      return thread.join(LONG);
    } catch (InterruptedException e) {
      return false;
    }
  }
}
