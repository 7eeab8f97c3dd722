package dev.coffer.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecentTest {
  @Test
  void whatWasNotUsedForLongestGoesFirst() {
    Recent<String, Integer> recent = new Recent<>(2);
    recent.keep("one", 1);
    recent.keep("two", 2);
    assertEquals(Optional.of(1), recent.find("one"));
    recent.keep("three", 3);
    assertEquals(Optional.empty(), recent.find("two"));
    assertEquals(1, recent.findOrMake("one", key -> 7));
    assertEquals(7, recent.findOrMake("seven", key -> 7));
    assertEquals(Optional.empty(), recent.find("three"));
  }

  @Test
  void keepingNothingIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Recent<>(0));
  }
}
