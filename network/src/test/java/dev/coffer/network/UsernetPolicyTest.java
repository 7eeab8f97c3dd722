package dev.coffer.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UsernetPolicyTest {
  private static Map<String, Integer> allowed(String text) {
    return UsernetPolicy.parse(text).allowed("eve", Set.of("staff", "eve"), "veth", "br0");
  }

  @Test
  void aLineNamesUserTypeBridgeAndCount() {
    assertEquals(Map.of("eve", 10), allowed("eve veth br0 10\n"));
    assertEquals(Map.of("eve", 10), allowed("  eve\tveth   br0\t10 # laptop\n"));
  }

  @Test
  void linesOfOthersGiveNothing() {
    for (String line :
        List.of(
            "# eve veth br0 1",
            "#eve veth br0 1",
            "bob veth br0 1",
            "@bob veth br0 1",
            "eve macvlan br0 1",
            "eve veth br00 1",
            "eve veth br0",
            "eve veth br0 -1",
            "eve veth br0 1x",
            "eve veth br0 9999999999",
            "")) {
      assertEquals(Map.of(), allowed(line), line);
    }
  }

  @Test
  void severalLinesAddUp() {
    assertEquals(Map.of("eve", 5), allowed("eve veth br0 2\neve veth br1 7\neve veth br0 3\n"));
    assertEquals(
        Map.of("eve", Integer.MAX_VALUE),
        allowed("eve veth br0 999999999\n".repeat(3) + "eve veth br0 1\n"));
  }

  @Test
  void aGroupsCountIsItsOwn() {
    Map<String, Integer> both = allowed("@staff veth br0 2\neve veth br0 1\n@eve veth br0 4\n");
    assertEquals(List.of("@staff", "eve", "@eve"), List.copyOf(both.keySet()));
    assertEquals(2, both.get("@staff"));
  }
}
