package dev.hone.metrics.engine;

import dev.hone.metrics.Labels;

/** A place among the series of a block, in the order of their labels, while blocks are merged. */
final class BlockCursor {
  final Block block;
  final Block.Reader reader;
  int series;
  Labels labels;

  /** At the first series of a block, which has one. */
  BlockCursor(Block block) {
    this.block = block;
    this.reader = block.reader();
    this.labels = block.labels(0);
  }

  /** Moves to the next series; false when there is none. */
  boolean advance() {
    series++;
    if (series < block.seriesCount()) {
      labels = block.labels(series);
      return true;
    }
    return false;
  }
}
