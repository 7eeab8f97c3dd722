package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupStatsTest {
  @TempDir Path directory;

  @Test
  void aUnifiedCgroupTellsAllFigures() throws Exception {
    write("memory.current", "4096\n");
    write("memory.swap.current", "8192\n");
    write("memory.stat", "anon 1\nkernel 512\nkernel_stack 3\n");
    write("cpu.stat", "usage_usec 1500\nuser_usec 1\n");
    write("io.stat", "8:0 rbytes=10 wbytes=20 rios=1 wios=2\n8:16 rbytes=1 wbytes=2\n");
    write("pids.current", "7\n");
    assertEquals(
        new CgroupStats(n(4096), n(8192), n(512), n(1_500_000), n(33), n(7)),
        CgroupStats.read(trees(true, "memory", "io", "pids"), "/c1"));
  }

  @Test
  void aLegacyCgroupTellsAllFigures() throws Exception {
    write("memory.usage_in_bytes", "4096\n");
    write("memory.kmem.usage_in_bytes", "512\n");
    write("memory.stat", "cache 1\nswap 8192\n");
    write("cpuacct.usage", "1500000\n");
    write("blkio.throttle.io_service_bytes", "8:0 Read 10\n8:0 Write 23\n8:0 Total 33\nTotal 33\n");
    write("pids.current", "7\n");
    assertEquals(
        new CgroupStats(n(4096), n(8192), n(512), n(1_500_000), n(33), n(7)),
        CgroupStats.read(trees(false, "memory", "cpuacct", "blkio", "pids"), "/c1"));
  }

  @Test
  void whatIsNotCountedIsAbsent() {
    OptionalLong none = OptionalLong.empty();
    CgroupStats nothing = new CgroupStats(none, none, none, none, none, none);
    assertEquals(nothing, CgroupStats.read(trees(true, "memory", "pids", "io"), "/c1"));
    assertEquals(nothing, CgroupStats.read(new CgroupTrees(List.of()), "/c1"));
  }

  @Test
  void thisHostCountsTime() {
    assertTrue(CgroupStats.read(CgroupTrees.read(), "/").cpu().orElse(1) > 0);
  }

  private CgroupTrees trees(boolean unified, String... controllers) {
    return new CgroupTrees(
        List.of(new CgroupTrees.Tree(directory, List.of(controllers), unified, "/", "/")));
  }

  private void write(String file, String content) throws Exception {
    Files.createDirectories(directory.resolve("c1"));
    Files.writeString(directory.resolve("c1").resolve(file), content);
  }

  private static OptionalLong n(long number) {
    return OptionalLong.of(number);
  }
}
