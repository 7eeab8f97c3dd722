package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.plan.SubordinateIds.Range;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SubordinateIdsTest {
  @Test
  void linesNameTheirOwnerOrHisNumber() {
    SubordinateIds ids =
        SubordinateIds.parse("adam:100000:65536\neve:165536:65536\n1000:300000:1\n", "eve", 1000);
    assertEquals(List.of(new Range(165536, 65536), new Range(300000, 1)), ids.ranges());
    assertEquals("165536-231071, 300000", ids.describe());
    assertEquals(Optional.of(new Range(165536, 65536)), ids.longest());
  }

  @Test
  void linesOfAnotherFormArePassedOver() {
    String text = "# eve\neve\neve:1\neve:x:1\neve:1:-1\neve:1:2:3\neve:5:0\neve:4294967295:2\n";
    assertEquals(SubordinateIds.NONE, SubordinateIds.parse(text, "eve", 1000));
    assertEquals("nothing", SubordinateIds.NONE.describe());
  }

  @Test
  void neighbouringRangesAreOne() {
    SubordinateIds ids = SubordinateIds.parse("e:110:10\ne:100:10\ne:130:5", "e", 1);
    assertTrue(ids.cover(100, 20));
    assertTrue(ids.cover(105, 10));
    assertFalse(ids.cover(105, 20));
    assertFalse(ids.cover(99, 2));
    assertTrue(ids.cover(134, 1));
  }

  @Test
  void anotherSourceIsNoticed() {
    assertTrue(SubordinateIds.areElsewhere("passwd: files\nsubid: sss\n"));
    assertFalse(SubordinateIds.areElsewhere("passwd: files\nsubid: files\n"));
    assertFalse(SubordinateIds.areElsewhere("passwd: files sss\n"));
  }

  @Test
  void nothingThatStandsThereIsTooOdd() {
    Random random = new Random(11);
    String all = "eve:100000:65536\n1000:1:2\nadam:4294967290:5\n:::\n";
    for (int i = 0; i < 5000; i++) {
      StringBuilder text = new StringBuilder(all);
      for (int k = 0; k < 6; k++) {
        char letter = "0123456789:\n-e \t\u00e4".charAt(random.nextInt(17));
        text.setCharAt(random.nextInt(text.length()), letter);
      }
      SubordinateIds ids = SubordinateIds.parse(text.toString(), "eve", 1000);
      for (Range range : ids.ranges()) {
        assertTrue(ids.cover(range.first(), range.count()));
      }
      ids.cover(random.nextInt(1 << 20), 1 + random.nextInt(70000));
    }
  }
}
