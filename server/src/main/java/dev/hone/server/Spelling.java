package dev.hone.server;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that somebody probably meant. */
final class Spelling {
  /** Further apart than this two names are not taken for each other. */
  private static final int MOST_EDITS = 3;

  private Spelling() {}

  /** The known name that is nearest to what was written, if any is near. */
  static Optional<String> nearest(String written, Collection<String> known) {
    return known.stream()
        .filter(name -> edits(written, name) <= Math.min(MOST_EDITS, name.length() / 2))
        .min(Comparator.comparingInt(name -> edits(written, name)));
  }

  /** The least number of inserted, deleted and replaced letters (Levenshtein 1966). */
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int above = row[j];
        int replaced =
            Character.toLowerCase(from.charAt(i - 1)) == Character.toLowerCase(to.charAt(j - 1))
                ? diagonal
                : diagonal + 1;
        row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[to.length()];
  }
}
