package dev.coffer.tools.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IdleTimeTest {
  @Test
  void secondsAndNeverAreUnderstood() {
    assertEquals(Optional.of(Duration.ofSeconds(5)), IdleTime.parse("5").limit());
    assertEquals(Optional.of(Duration.ZERO), IdleTime.parse("0").limit());
    assertEquals(Optional.empty(), IdleTime.parse("never").limit());
    assertTrue(IdleTime.parse("0").isShort());
  }

  @Test
  void anythingElseMeansTenMinutes() {
    for (String text : new String[] {null, "", "soon", "-3"}) {
      assertEquals(Optional.of(Duration.ofMinutes(10)), IdleTime.parse(text).limit());
    }
  }
}
