package dev.coffer.tools.top;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the keys have made of the view. */
public final class TopKeys {
  private static final int CONTROL_C = 3;
  private static final Map<String, Integer> ARROWS = Map.of("\033[A", -1, "\033[B", 1);
  private static final Map<String, Integer> PAGES = Map.of("\033[5~", -1, "\033[6~", 1);

  private final boolean largestFirstByItself;
  private Ranking ranking;
  private boolean largestFirst;
  private int first;
  private int most = Integer.MAX_VALUE;

  /**
   * @param largestFirstByItself whether a new order of amounts begins with the largest, where
   *     lxc-top(1) begins with the smallest
   */
  public TopKeys(Ranking ranking, boolean largestFirst, boolean largestFirstByItself) {
    this.ranking = ranking;
    this.largestFirst = largestFirst;
    this.largestFirstByItself = largestFirstByItself;
  }

  /**
   * @param rows of the screen
   * @return false when a key said to leave
   */
  public boolean press(byte[] keys, int count, int rows) {
    String text = new String(keys, 0, count, StandardCharsets.ISO_8859_1);
    for (int at = 0; at < text.length(); ) {
      int length = sequence(text, at);
      if (length > 0) {
        move(text.substring(at, at + length), rows);
        at += length;
      } else if (!press(text.charAt(at++))) {
        return false;
      }
    }
    return true;
  }

  private static int sequence(String text, int at) {
    for (Map<String, Integer> known : List.of(ARROWS, PAGES)) {
      for (String sequence : known.keySet()) {
        if (text.startsWith(sequence, at)) {
          return sequence.length();
        }
      }
    }
    return 0;
  }

  private void move(String sequence, int rows) {
    int page = TopScreen.room(rows);
    int by = ARROWS.getOrDefault(sequence, 0) + PAGES.getOrDefault(sequence, 0) * page;
    first = Math.clamp((long) first + by, 0, Math.max(0, most - page));
  }

  private boolean press(char key) {
    if (key == 'q' || key == CONTROL_C) {
      return false;
    }
    if (key == 'r') {
      largestFirst = !largestFirst;
    }
    Optional<Ranking> wanted = Ranking.find(key);
    if (wanted.isPresent()) {
      ranking = wanted.get();
      largestFirst = largestFirstByItself && ranking != Ranking.NAME;
      first = 0;
    }
    return true;
  }

  public TopScreen.View view(Board board) {
    var tracks = board.ranked(ranking, largestFirst);
    most = tracks.size();
    return new TopScreen.View(tracks, board.defined(), ranking, largestFirst, first);
  }
}
