package dev.coffer.config;

import java.util.Collection;
import java.util.Optional;

/** Finds the word somebody probably meant, by edit distance. */
public final class Nearest {
  private Nearest() {}

  /**
   * The nearest of {@code words}, if it is near enough to be a slip, or one that goes on from it.
   */
  public static Optional<String> of(String typed, Collection<String> words) {
    int limit = Math.max(1, Math.min(3, typed.length() / 3));
    String best = null;
    int bestDistance = limit + 1;
    for (String word : words) {
      if (Math.abs(word.length() - typed.length()) >= bestDistance) {
        continue;
      }
      int distance = distance(typed, word);
      if (distance < bestDistance && !isOtherWord(typed, word, distance)) {
        best = word;
        bestDistance = distance;
      }
    }
    if (best != null) {
      return Optional.of(best);
    }
    return words.stream().filter(word -> word.startsWith(typed + ".")).findFirst();
  }

  // "foo" is as far from "mnt" as three letters can be: what differs has nothing in common.
  private static boolean isOtherWord(String typed, String word, int distance) {
    int from = 0;
    int shorter = Math.min(typed.length(), word.length());
    while (from < shorter && typed.charAt(from) == word.charAt(from)) {
      from++;
    }
    int same = 0;
    while (same < shorter - from
        && typed.charAt(typed.length() - 1 - same) == word.charAt(word.length() - 1 - same)) {
      same++;
    }
    int differing = typed.length() - from - same;
    return differing > 1 && distance >= differing && word.length() > from + same;
  }

  /**
   * Insertions, deletions, replacements and swaps of neighbours that turn {@code a} into {@code b}.
   */
  static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(last[j], row[j - 1]) + 1);
        if (swapped(a, i, b, j)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      beforeLast = last;
      last = row;
    }
    return last[b.length()];
  }

  private static boolean swapped(String a, int i, String b, int j) {
    return i > 1
        && j > 1
        && a.charAt(i - 1) == b.charAt(j - 2)
        && a.charAt(i - 2) == b.charAt(j - 1);
  }
}
