package dev.hone.metrics;

import java.util.List;

/**
 * A store that keeps samples put together in buckets, longer than the samples themselves: its
 * tiers.
 */
public interface SummaryStore {
  /** The resolution that stands for the samples themselves. */
  long RAW = 0;

  /** The lengths of buckets it keeps, in ms, ascending. */
  List<Long> resolutions();

  /**
   * Since when everything that was ever stored of matching series is still there.
   *
   * @param resolution one of {@link #resolutions}, or {@link #RAW}
   * @return ms since the epoch, or {@link Long#MIN_VALUE} when nothing has been dropped yet
   */
  long completeSince(List<Matcher> matchers, long resolution);

  /**
   * Shows all series that fulfil every matcher, with their buckets that end in {@code (fromMillis,
   * toMillis]}, in the order of their labels. Where a tier is not written yet, buckets are made
   * from samples, so that the answer is the same before and after.
   *
   * @param resolution one of {@link #resolutions}
   */
  void summaries(
      List<Matcher> matchers,
      long resolution,
      long fromMillis,
      long toMillis,
      Summaries.Visitor visitor);
}
