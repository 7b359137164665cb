package dev.hone.bench.database;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * An advice and what its indexes take on the disk.
 *
 * @param advice what was asked for
 * @param bytes measured
 */
record Choice(Advice advice, long bytes) {
  /**
   * Of what one advisor said with different settings the one that uses the budget best: the largest
   * that fits.
   */
  static Optional<Choice> fitting(List<Choice> offers, double budget) {
    return offers.stream()
        .filter(offer -> offer.bytes <= budget)
        .max(Comparator.comparingLong(Choice::bytes));
  }
}
