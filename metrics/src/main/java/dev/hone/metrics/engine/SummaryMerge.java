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

  /** What is held and other buckets; at one time those with more samples, the others when equal. */
  Summaries fuller(Summaries others) {
    spare.begin(resolution);
    int at = 0;
    for (int i = 0; i < others.size(); i++) {
      while (at < held.size() && held.end(at) < others.end(i)) {
        spare.add(held, at++);
      }
      boolean same = at < held.size() && held.end(at) == others.end(i);
      if (same && held.get(Column.COUNT, at) > others.get(Column.COUNT, i)) {
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
}
