package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.linux.LinkTraffic.Direction;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkTrafficTest {
  private static final String DEV =
      """
      Inter-|   Receive                                                |  Transmit
       face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
          lo:     100       2    0    0    0     0          0         0      100       2    0    0    0     0       0          0
        eth0: 18446744073709551615  7    1    2    0     0          0         0      200       3    4    5    0     0       0          0
      br0:1:      10       1    0    0    0     0          0         0        0       0    0    0    0     0       0          0
      """;

  @Test
  void everyInterfaceHasBothDirections() {
    assertEquals(
        List.of(
            new LinkTraffic("lo", new Direction(100, 2, 0, 0), new Direction(100, 2, 0, 0)),
            new LinkTraffic("eth0", new Direction(-1, 7, 1, 2), new Direction(200, 3, 4, 5)),
            new LinkTraffic("br0:1", new Direction(10, 1, 0, 0), new Direction(0, 0, 0, 0))),
        LinkTraffic.parse(DEV));
  }

  @Test
  void whatIsNoSuchFileHasNone() {
    assertEquals(List.of(), LinkTraffic.parse(""));
    assertEquals(List.of(), LinkTraffic.parse("eth0: 1 2 3\n"));
  }
}
