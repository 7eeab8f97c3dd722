package dev.coffer.tools.top;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Metrics;
import dev.coffer.tools.text.Paint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TopScreenTest {
  private static final long SECOND = 1_000_000_000L;
  private static final OptionalLong NONE = OptionalLong.empty();

  private final TopScreen screen = TopScreen.of(Map.of("LANG", "C.UTF-8"), Paint.OFF, 2);

  private static Metrics metrics(long cpu, long memory, OptionalLong limit) {
    return new Metrics(
        new Metrics.Cpu(n(cpu), NONE, NONE, NONE, NONE),
        new Metrics.Memory(n(memory), limit, NONE, NONE, NONE, NONE, NONE),
        new Metrics.Io(n(0), n(0), n(0), n(0)),
        new Metrics.Tasks(n(3), NONE),
        Map.of(),
        List.of());
  }

  private static OptionalLong n(long number) {
    return OptionalLong.of(number);
  }

  private static Track track(String name, double share, long memory) {
    Track track = new Track(name, metrics(0, memory, NONE), 0);
    track.add(metrics((long) (share * SECOND), memory, NONE), SECOND);
    return track;
  }

  @Test
  void aWideScreenHasAllColumns() {
    List<String> lines = screen.table(List.of(track("web", 0.5, 3 << 20)), 200);
    assertEquals(
        "NAME        CPU                 TIME    MEM               LIMIT   SWAP   KMEM  READ/s"
            + " WRITE/s    IN/s   OUT/s  TASKS",
        lines.getFirst());
    assertEquals(
        "web       50.0%            ▄   0.50s   3.0M           ██      -      -      -      0B"
            + "      0B      0B      0B      3",
        lines.get(1));
  }

  @Test
  void aNarrowOneHasTheMostImportant() {
    List<Track> tracks = List.of(track("a-name-of-more-than-24-letters", 1, 1));
    for (String line : screen.table(tracks, 40)) {
      assertTrue(line.length() <= 40, line);
    }
    assertTrue(screen.table(tracks, 40).get(1).startsWith("a-name-of-more-than-24-+ "));
  }

  @Test
  void noLineIsLostOrTooMuch() {
    List<Track> tracks = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      tracks.add(track("c" + i, 0, 1));
    }
    TopScreen.View view = new TopScreen.View(tracks, 31, Ranking.CPU, true, 25);
    List<String> lines = screen.draw(view, 12, 80);
    assertEquals(12, lines.size());
    assertEquals("30 of 31 running, 23 to 30 shown, by cpu", lines.getFirst());
    assertTrue(lines.get(2).startsWith("c22 "), lines.get(2));
    assertTrue(lines.get(9).startsWith("c29 "), lines.get(9));
    assertEquals(1, screen.draw(view, 1, 80).size());
  }

  @Test
  void barsAreLettersWhereTheTerminalTakesNoOthers() {
    TopScreen plain = TopScreen.of(Map.of("LC_ALL", "C", "LANG", "C.UTF-8"), Paint.OFF, 2);
    String line = plain.table(List.of(track("web", 1, 1)), 100).get(1);
    assertTrue(line.chars().allMatch(c -> c < 128), line);
  }

  @Test
  void aNewLifeBeginsAtZero() {
    Track track = track("web", 1, 1);
    track.add(metrics(10, 1, NONE), 2 * SECOND);
    assertEquals(0, track.cpuShare());
    track.add(metrics(10 + SECOND / 4, 1, NONE), 3 * SECOND);
    assertEquals(0.25, track.cpuShare(), 1e-9);
  }

  @Test
  void keysSortTurnMoveAndLeave() {
    TopKeys keys = new TopKeys(Ranking.NAME, false, true);
    assertTrue(keys.press("mr".getBytes(), 2, 24));
    assertTrue(keys.press("\033[B\033[6~zx".getBytes(), 9, 24));
    assertFalse(keys.press("q".getBytes(), 1, 24));
    assertFalse(keys.press(new byte[] {3}, 1, 24));
  }

  @Test
  void amountsHaveSixLettersAtMost() {
    assertEquals("0B", Amount.bytes(0));
    assertEquals("999B", Amount.bytes(999));
    assertEquals("1.0K", Amount.bytes(1000));
    assertEquals("100M", Amount.bytes(100 << 20));
    assertEquals("8.0E", Amount.bytes(Long.MAX_VALUE));
    assertEquals("12.5%", Amount.share(0.125));
    assertEquals("1600%", Amount.share(16));
    assertEquals("0.02s", Amount.time(20_246_929));
    assertEquals("2:05", Amount.time(125 * SECOND));
    assertEquals("3h00m", Amount.time(3 * 3600 * SECOND));
    assertEquals("2d01h", Amount.time(49 * 3600 * SECOND));
  }
}
