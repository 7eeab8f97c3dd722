package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupFiguresTest {
  @TempDir Path cgroup;

  @Test
  void devicesAreSummedInBothManners() throws Exception {
    write("io.stat", "8:0 rbytes=10 wbytes=20 rios=1\n8:16 rbytes=3 wbytes=4 rios=2\n");
    write("blkio", "8:0 Read 10\n8:0 Write 20\n8:16 Read 3\nTotal 33\n");
    assertEquals(OptionalLong.of(13), CgroupFigures.summed(cgroup, "io.stat", "rbytes"));
    assertEquals(OptionalLong.of(13), CgroupFigures.summed(cgroup, "blkio", "Read"));
    assertEquals(OptionalLong.empty(), CgroupFigures.summed(cgroup, "nothing", "Read"));
  }

  @Test
  void pressureIsToldInMicroseconds() throws Exception {
    write("cpu.pressure", "some avg10=0.12 avg60=0.00 avg300=0.00 total=1734\n");
    assertEquals(OptionalLong.of(1734), CgroupFigures.waited(cgroup, "cpu.pressure", "some"));
    assertEquals(OptionalLong.empty(), CgroupFigures.waited(cgroup, "cpu.pressure", "full"));
  }

  @Test
  void noLimitIsNoNumber() throws Exception {
    write("pids.max", "max\n");
    assertEquals(OptionalLong.empty(), CgroupFigures.number(cgroup, "pids.max"));
  }

  private void write(String file, String content) throws Exception {
    Files.writeString(cgroup.resolve(file), content);
  }
}
