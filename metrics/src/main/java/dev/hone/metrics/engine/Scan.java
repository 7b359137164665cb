package dev.hone.metrics.engine;

import dev.hone.metrics.LabelTest;
import dev.hone.metrics.Labels;
import dev.hone.metrics.SeriesVisitor;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** One pass over the series of head and blocks that fulfil conditions, each shown once. */
final class Scan {
  private final Head head;
  private final List<Block> blocks;
  private final long from;
  private final long to;
  private final boolean newestOnly;
  private final SeriesVisitor visitor;
  private final ChunkReader reader = new ChunkReader();
  private final SampleBuffer buffer = new SampleBuffer();
  private final SampleBuffer other = new SampleBuffer();

  Scan(
      Head head,
      List<Block> blocks,
      long from,
      long to,
      boolean newestOnly,
      SeriesVisitor visitor) {
    this.head = head;
    this.blocks = blocks;
    this.from = from;
    this.to = to;
    this.newestOnly = newestOnly;
    this.visitor = visitor;
  }

  void run(List<LabelTest> tests) {
    HeadSeries[] inHead = head.select(tests);
    if (blocks.isEmpty()) {
      for (HeadSeries series : inHead) {
        readHead(series);
        show(series.labels);
      }
      return;
    }
    var queue =
        new PriorityQueue<Source>(
            Comparator.<Source, Labels>comparing(s -> s.labels).thenComparingInt(s -> s.order));
    for (int b = 0; b < blocks.size(); b++) {
      var source = new BlockSource(b, blocks.get(b), blocks.get(b).select(tests));
      if (source.advance()) {
        queue.add(source);
      }
    }
    var source = new HeadSource(blocks.size(), inHead);
    if (source.advance()) {
      queue.add(source);
    }
    while (!queue.isEmpty()) {
      Labels labels = queue.element().labels;
      while (!queue.isEmpty() && queue.element().labels.equals(labels)) {
        Source next = queue.remove();
        next.read();
        if (next.advance()) {
          queue.add(next);
        }
      }
      show(labels);
    }
  }

  /** Series in the order of their labels, from the head or one block. */
  private abstract static class Source {
    final int order;
    Labels labels = Labels.NONE;

    Source(int order) {
      this.order = order;
    }

    /** Moves to the next series; false when there is none. */
    abstract boolean advance();

    /** Adds the samples of the current series to those of earlier sources. */
    abstract void read();
  }

  private final class BlockSource extends Source {
    private final Block block;
    private final Block.Reader blockReader;
    private final int[] series;
    private int at = -1;

    BlockSource(int order, Block block, int[] series) {
      super(order);
      this.block = block;
      this.blockReader = block.reader();
      this.series = series;
    }

    @Override
    boolean advance() {
      if (++at < series.length) {
        labels = block.labels(series[at]);
        return true;
      }
      return false;
    }

    @Override
    void read() {
      if (buffer.size == 0 || block.meta().minTime() > buffer.times[buffer.size - 1]) {
        blockReader.read(series[at], 0, from, to, buffer);
      } else {
        other.clear();
        blockReader.read(series[at], 0, from, to, other);
        buffer.merge(other);
      }
    }
  }

  private final class HeadSource extends Source {
    private final HeadSeries[] series;
    private int at = -1;

    HeadSource(int order, HeadSeries[] series) {
      super(order);
      this.series = series;
    }

    @Override
    boolean advance() {
      if (++at < series.length) {
        labels = series[at].labels;
        return true;
      }
      return false;
    }

    @Override
    void read() {
      if (buffer.size == 0) {
        readHead(series[at]);
      } else {
        other.clear();
        head.read(series[at], from, to, reader, other);
        buffer.merge(other);
      }
    }
  }

  private void readHead(HeadSeries series) {
    if (newestOnly) {
      head.readNewest(series, from, to, reader, buffer);
    } else {
      head.read(series, from, to, reader, buffer);
    }
  }

  private void show(Labels labels) {
    if (buffer.size > 0) {
      visitor.visit(labels, buffer.times, buffer.values, buffer.size);
      buffer.clear();
    }
  }
}
