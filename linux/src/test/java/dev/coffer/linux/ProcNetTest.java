package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.linux.NetAddresses.Link;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProcNetTest {
  private static final String DEV =
      """
      Inter-|   Receive                                                |  Transmit
       face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs
          lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
        eth0:    2000       9    0    0    0     0          0         0     3000       7    0    0    0     0       0          0
      """;
  private static final String IPV6 =
      """
      00000000000000000000000000000001 01 80 10 80       lo
      fe800000000000000216360000000001 02 40 20 80     eth0
      fd000000000000000000000000000007 02 40 00 80     eth0
      """;
  private static final String TRIE =
      """
      Main:
        +-- 0.0.0.0/0 3 0 5
           |-- 10.0.3.0
              /24 link UNICAST
      Local:
        +-- 0.0.0.0/0 3 0 5
           |-- 10.0.3.7
              /32 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
      """;
  private static final String ROUTES =
      """
      Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
      eth0	00000000	0103000A	0003	0	0	0	00000000	0	0	0
      eth0	0003000A	00000000	0001	0	0	0	00FFFFFF	0	0	0
      """;

  @Test
  void interfacesHaveTheirAddressesAndTraffic() {
    List<Link> links = ProcNet.parse(DEV, IPV6, TRIE, ROUTES);
    assertEquals(List.of("lo", "eth0"), links.stream().map(Link::name).toList());
    assertEquals(
        List.of("fe80:0:0:0:216:3600:0:1 LINK", "fd00:0:0:0:0:0:0:7 GLOBAL", "10.0.3.7 GLOBAL"),
        links.get(1).addresses().stream()
            .map(a -> a.address().getHostAddress() + " " + a.scope())
            .toList());
    assertEquals(2000, links.get(1).received());
    assertEquals(3000, links.get(1).sent());
  }

  @Test
  void nothingThatStandsThereIsTooOdd() {
    Random random = new Random(7);
    String all = DEV + IPV6 + TRIE + ROUTES;
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder(all);
      for (int k = 0; k < 8; k++) {
        text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(0x250));
      }
      String odd = text.toString();
      ProcNet.parse(odd, odd, odd, odd);
    }
  }
}
