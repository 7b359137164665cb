package dev.hone.metrics.engine;

import dev.hone.metrics.Summaries;
import dev.hone.metrics.Summaries.Column;
import java.util.Comparator;

/** Puts the buckets of one series from several blocks together; those written later win. */
final class SummaryMerge {
  /**
   * Blocks in the order in which they were written: a single day that lies in the time of a merged
   * block was written again after the merge.
   */
  static final Comparator<Block> ORDER =
      Comparator.<Block>comparingInt(b -> -b.meta().level())
          .thenComparingLong(b -> b.meta().minTime());

  private final SummaryColumns columns = new SummaryColumns();
  private final long resolution;
  private Summaries held = new Summaries();
  private Summaries spare = new Summaries();
  private final Summaries next = new Summaries();

  SummaryMerge(long resolution) {
    this.resolution = resolution;
    clear();
  }

  void clear() {
    held.begin(resolution);
  }

  /** Adds the buckets of a series that end in {@code (from, to]}; call in {@link #ORDER}. */
  void add(Block.Reader reader, int series, Block block, long from, long to) {
    if (held.size() == 0 || held.end(held.size() - 1) < block.meta().minTime()) {
      columns.read(reader, series, from, to, held);
      return;
    }
    next.begin(resolution);
    columns.read(reader, series, from, to, next);
    spare.begin(resolution);
    long begin = block.meta().minTime();
    long end = block.meta().maxTime();
    int at = 0;
    while (at < held.size() && held.end(at) < begin) {
      spare.add(held, at++);
    }
    for (int i = 0; i < next.size(); i++) {
      spare.add(next, i);
    }
    while (at < held.size() && held.end(at) <= end) {
      at++;
    }
    while (at < held.size()) {
      spare.add(held, at++);
    }
    Summaries other = held;
    held = spare;
    spare = other;
  }

  Summaries result() {
    return held;
  }

  /**
   * What is held and other buckets. Of two at one time both count where the samples of one are all
   * later than those of the other; else the one with more samples. Of two with as many samples the
   * other one counts where it says the same of them, and may say that the series ended.
   */
  Summaries fuller(Summaries others) {
    spare.begin(resolution);
    int at = 0;
    for (int i = 0; i < others.size(); i++) {
      while (at < held.size() && held.end(at) < others.end(i)) {
        spare.add(held, at++);
      }
      boolean same = at < held.size() && held.end(at) == others.end(i);
      if (same && isBefore(held, at, others, i)) {
        addTogether(held, at, others, i);
      } else if (same && isBefore(others, i, held, at)) {
        addTogether(others, i, held, at);
      } else if (same && isFuller(at, others, i)) {
        spare.add(held, at);
      } else {
        spare.add(others, i);
      }
      at += same ? 1 : 0;
    }
    while (at < held.size()) {
      spare.add(held, at++);
    }
    return spare;
  }

  private boolean isFuller(int at, Summaries others, int i) {
    double count = held.get(Column.COUNT, at);
    double other = others.get(Column.COUNT, i);
    return count > other
        || (count == other
            && (held.get(Column.SUM, at) != others.get(Column.SUM, i)
                || held.get(Column.LAST, at) != others.get(Column.LAST, i)));
  }

  private static boolean isBefore(Summaries a, int i, Summaries b, int j) {
    return a.get(Column.COUNT, i) > 0
        && b.get(Column.COUNT, j) > 0
        && a.get(Column.LAST_TIME, i) < b.get(Column.FIRST_TIME, j);
  }

  /** Adds a bucket of the samples of two, of which the second's are all later. */
  private void addTogether(Summaries a, int i, Summaries b, int j) {
    int to = spare.add(a.end(i));
    double reset = b.get(Column.FIRST, j) < a.get(Column.LAST, i) ? 1 : 0;
    for (Column column : Column.values()) {
      double first = a.get(column, i);
      double second = b.get(column, j);
      double both =
          switch (column) {
            case COUNT, SUM -> first + second;
            case MIN -> second < first || Double.isNaN(first) ? second : first;
            case MAX -> second > first || Double.isNaN(first) ? second : first;
            case FIRST, FIRST_TIME -> first;
            case LAST, LAST_TIME, ENDED -> second;
            case LOST -> first + second + (reset > 0 ? a.get(Column.LAST, i) : 0);
            case RESETS -> first + second + reset;
            case DEVIATION -> first + second + between(a, i, b, j);
          };
      spare.set(column, to, both);
    }
  }

  /** What the distance of two means adds to the squared differences (Chan et al. 1979). */
  private static double between(Summaries a, int i, Summaries b, int j) {
    double first = a.get(Column.COUNT, i);
    double second = b.get(Column.COUNT, j);
    double distance = b.get(Column.SUM, j) / second - a.get(Column.SUM, i) / first;
    return distance * distance * first * second / (first + second);
  }
}
