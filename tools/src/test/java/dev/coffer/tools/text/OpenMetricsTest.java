package dev.coffer.tools.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.tools.text.OpenMetrics.Family;
import dev.coffer.tools.text.OpenMetrics.Type;
import org.junit.jupiter.api.Test;

class OpenMetricsTest {
  @Test
  void samplesOfAFamilyStandTogether() {
    Family time = new Family("x_seconds", Type.COUNTER, "seconds", "Time.");
    Family size = new Family("x_size", Type.GAUGE, "", "Size.");
    OpenMetrics text = new OpenMetrics();
    text.sample(time, "1.5", "name", "a");
    text.sample(size, "7");
    text.sample(time, "2", "name", "b\"\\\n", "mode", "user");
    assertEquals(
        """
        # TYPE x_seconds counter
        # UNIT x_seconds seconds
        # HELP x_seconds Time.
        x_seconds_total{name="a"} 1.5
        x_seconds_total{name="b\\"\\\\\\n",mode="user"} 2
        # TYPE x_size gauge
        # HELP x_size Size.
        x_size 7
        # EOF
        """,
        text.text());
  }
}
