package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SharedLimitsTest {
  private final Map<String, String> files = new HashMap<>();

  private List<String> limits(OptionalLong uid) {
    return SharedLimits.read(path -> Optional.ofNullable(files.get(path)), uid).stream()
        .map(limit -> limit.setting() + ": " + limit.describe() + ", " + limit.fits())
        .toList();
  }

  @Test
  void theKernelsFilesAreRead() {
    files.put("/proc/sys/kernel/pty/nr", "5\n");
    files.put("/proc/sys/kernel/pty/max", "4096\n");
    files.put("/proc/sys/kernel/pty/reserve", "1024\n");
    files.put("/proc/loadavg", "0.52 0.22 0.35 1/115 7934\n");
    files.put("/proc/sys/kernel/threads-max", "1000\n");
    files.put("/proc/sys/fs/file-nr", "599\t0\t2466170\n");
    files.put("/proc/sys/net/netfilter/nf_conntrack_count", "10\n");
    files.put("/proc/sys/net/netfilter/nf_conntrack_max", "20\n");
    files.put(
        "/proc/net/stat/arp_cache", "entries  allocs\n0000001f 00000005\n0000001f 00000004\n");
    files.put("/proc/sys/net/ipv4/neigh/default/gc_thresh3", "1024\n");
    assertEquals(
        List.of(
            "kernel.pty.max: 5 of 3072 pseudo terminals are in use, Optional[383]",
            "kernel.threads-max: 115 of 1000 processes and threads are in use, Optional[13]",
            "fs.file-max: 599 of 2466170 open files are in use, Optional[2407]",
            "net.netfilter.nf_conntrack_max: 10 of 20 tracked connections are in use, Optional[0]",
            "net.ipv4.neigh.default.gc_thresh3: 31 of 1024 IPv4 neighbours are in use,"
                + " Optional[496]"),
        limits(OptionalLong.empty()));
  }

  @Test
  void keysAreCountedByUser() {
    files.put(
        "/proc/key-users",
        """
            0:    10 9/9 4/1000000 45/25000000
        200000:     1 1/1 190/200 5/20000
        """);
    assertEquals(
        List.of(
            "kernel.keys.maxkeys: 190 of 200 keys of uid 200000 are in use, Optional[0]",
            "kernel.keys.maxbytes: 5 of 20000 bytes of keys of uid 200000 are in use, Optional[39]"),
        limits(OptionalLong.empty()));
    assertEquals(
        List.of(
            "kernel.keys.root_maxkeys: 4 of 1000000 keys of uid 0 are in use, Optional[49999]",
            "kernel.keys.root_maxbytes: 45 of 25000000 bytes of keys of uid 0 are in use,"
                + " Optional[49999]"),
        limits(OptionalLong.of(0)));
    assertEquals(List.of(), limits(OptionalLong.of(5)));
  }

  @Test
  void whatIsNotThereIsNoLimit() {
    assertEquals(List.of(), limits(OptionalLong.empty()));
    files.put("/proc/sys/fs/aio-nr", "");
    files.put("/proc/loadavg", "odd");
    assertEquals(List.of(), limits(OptionalLong.empty()));
  }

  @Test
  void theRemedyMakesRoomForMany() {
    SharedLimit limit = SharedLimits.inotifyInstances("uid 0", 125, 128);
    assertTrue(limit.isExhausted());
    assertFalse(limit.isAmple());
    assertEquals("sysctl -w fs.inotify.max_user_instances=1024", limit.remedy());
    SharedLimit more = SharedLimits.inotifyInstances("uid 0", 900, 1024);
    assertFalse(more.isExhausted());
    assertEquals("sysctl -w fs.inotify.max_user_instances=4096", more.remedy());
    assertTrue(SharedLimits.inotifyInstances("uid 0", 900, 8192).isAmple());
  }
}
