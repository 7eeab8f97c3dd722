package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.plan.SubordinateIds.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AutomaticIdsTest {
  private static Range range(long first) {
    return new Range(first, AutomaticIds.COUNT);
  }

  @Test
  void rootsLinesAreUsedWhereThereAreAny() {
    AutomaticIds ids = AutomaticIds.of("root:500000:131072\n", "root:500000:131072\n", "root", 0);
    assertEquals(Optional.of(range(500000)), ids.choose(List.of()));
    assertEquals(Optional.of(range(565536)), ids.choose(List.of(range(500000))));
    assertEquals(Optional.empty(), ids.choose(List.of(range(565536), range(500000))));
  }

  @Test
  void elseTheUsualRangeWithoutWhatOthersHave() {
    AutomaticIds ids = AutomaticIds.of("eve:1000000:65536\n", "adam:1065536:10\n", "root", 0);
    assertEquals(Optional.of(range(1065546)), ids.choose(List.of()));
    assertEquals("the usual 1000000-1000999999", ids.why());
  }

  @Test
  void onlyIdsOfBothKindsCount() {
    AutomaticIds ids = AutomaticIds.of("eve:100000:100000\n", "eve:110000:70000\n", "eve", 1000);
    assertEquals(List.of(new Range(110000, 70000)), ids.allowed());
    assertEquals(Optional.of(range(110000)), ids.choose(List.of()));
    assertEquals(
        Optional.empty(), AutomaticIds.of("eve:1:65536", "", "eve", 1000).choose(List.of()));
  }

  @Test
  void aRangeGrowsWhereTheIdsBehindItAreFree() {
    AutomaticIds ids = AutomaticIds.of("root:500000:262144\n", "root:500000:262144\n", "root", 0);
    Range first = range(500000);
    Range longer = new Range(500000, 131072);
    assertEquals(Optional.of(longer), ids.lengthen(first, List.of(), 131072));
    assertEquals(Optional.of(longer), ids.lengthen(first, List.of(range(631072)), 131072));
    assertEquals(Optional.empty(), ids.lengthen(first, List.of(range(600000)), 131072));
    assertEquals(Optional.empty(), ids.lengthen(first, List.of(), 262145));
  }

  @Test
  void noTwoContainersShareAnId() {
    AutomaticIds ids = AutomaticIds.of("eve:1200000:65536\n", "", "root", 0);
    List<Range> taken = new ArrayList<>(List.of(new Range(1300000, 7)));
    for (int i = 0; i < 50; i++) {
      Range next = ids.choose(taken).orElseThrow();
      for (Range other : taken) {
        boolean apart = next.first() > other.last() || other.first() > next.last();
        assertEquals(true, apart, next + " " + other);
      }
      taken.add(next);
    }
  }

  @Test
  void insideAContainerOnlyItsOwnIdsAreThere() {
    AutomaticIds ids = AutomaticIds.of("", "", "root", 0);
    List<Range> map = SubordinateIds.mapped("         0    1000000     131072\n");
    assertEquals(List.of(range(65536)), ids.within(map, map).allowed());
    List<Range> small = SubordinateIds.mapped("0 1000000 65536\n");
    assertEquals(List.of(), ids.within(small, small).allowed());
    List<Range> host = SubordinateIds.mapped("         0          0 4294967295\n");
    assertEquals(ids, ids.within(host, host));
  }
}
