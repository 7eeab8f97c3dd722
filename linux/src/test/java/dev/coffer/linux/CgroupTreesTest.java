package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CgroupTreesTest {
  @Test
  void aUnifiedHostHasOneTree() {
    CgroupTrees trees =
        CgroupTrees.of(
            MountInfo.parseAll(
                """
                25 1 254:1 / / rw - ext4 /dev/root rw
                30 25 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate
                """),
            "0::/user.slice/user-0.slice/session-1.scope\n",
            mount -> "cpuset cpu io memory pids\n");
    assertEquals(CgroupTrees.Layout.UNIFIED, trees.layout());
    assertEquals(
        List.of("cpuset", "cpu", "io", "memory", "pids"), trees.trees().getFirst().controllers());
    assertEquals(trees.unified(), trees.tree("memory"));
    assertEquals(Optional.empty(), trees.tree("freezer"));
    assertEquals(
        Path.of("/sys/fs/cgroup/user.slice/user-0.slice/session-1.scope"),
        trees.unified().orElseThrow().ownDirectory());
  }

  @Test
  void aHybridHostHasTheControllersWhereTheyAreBound() {
    CgroupTrees trees =
        CgroupTrees.of(
            MountInfo.parseAll(
                """
                31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
                32 30 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
                33 30 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                """),
            """
            5:hugetlb:/unmounted
            2:name=systemd:/init.scope
            1:cpu,cpuacct:/
            0::/init.scope
            """,
            mount -> "memory\n");
    assertEquals(CgroupTrees.Layout.HYBRID, trees.layout());
    assertEquals(
        List.of(List.of("cpu", "cpuacct"), List.of("name=systemd"), List.of("memory")),
        trees.trees().stream().map(CgroupTrees.Tree::controllers).toList());
    assertEquals(
        Path.of("/sys/fs/cgroup/systemd/init.scope"),
        trees.tree("name=systemd").orElseThrow().ownDirectory());
    assertTrue(trees.tree("memory").orElseThrow().unified());
    assertEquals(Optional.empty(), trees.tree("hugetlb"));
  }

  @Test
  void aLegacyHostHasNoUnifiedTree() {
    CgroupTrees trees =
        CgroupTrees.of(
            MountInfo.parseAll(
                "31 30 0:27 / /cgroup/all\\040of\\040it rw - cgroup none rw,memory,cpu"),
            "1:cpu,memory:/\n0::/\n",
            mount -> "");
    assertEquals(CgroupTrees.Layout.LEGACY, trees.layout());
    assertEquals(Path.of("/cgroup/all of it"), trees.trees().getFirst().mount());
  }

  @Test
  void aMountOfAPartOfATreeIsReachedByTheRest() {
    CgroupTrees.Tree tree =
        new CgroupTrees.Tree(
            Path.of("/sys/fs/cgroup"), List.of(), true, "/docker/a", "/docker/a/b");
    assertEquals(Path.of("/sys/fs/cgroup/b"), tree.ownDirectory());
    assertEquals(Path.of("/sys/fs/cgroup"), tree.directory("/docker/a"));
    assertEquals(Path.of("/sys/fs/cgroup/docker/ab"), tree.directory("/docker/ab"));
  }

  @Test
  void thisHostsOwnCgroupsExist() {
    CgroupTrees trees = CgroupTrees.read();
    for (CgroupTrees.Tree tree : trees.trees()) {
      assertTrue(Files.isDirectory(tree.ownDirectory()), tree.toString());
      assertEquals(tree.unified(), CgroupDirs.isUnified(tree.mount()), tree.toString());
    }
  }

  @Test
  void thisProcessesMountsAreParsed() {
    assertTrue(MountInfo.read().stream().anyMatch(mount -> mount.point().equals(Path.of("/"))));
  }
}
