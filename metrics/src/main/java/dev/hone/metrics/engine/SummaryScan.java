package dev.hone.metrics.engine;

import dev.hone.metrics.LabelTest;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Summaries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One pass over series as buckets. A day's buckets come from its tier; where there is none, or
 * samples came after it was written, they are made from the samples. Where both know a bucket, the
 * one that knows more samples of it counts.
 */
final class SummaryScan {
  private final Head head;
  private final List<Block> raw = new ArrayList<>();
  private final List<Block> tiers = new ArrayList<>();
  private final long span;
  private final long resolution;
  private final long from;
  private final long to;
  private final Summaries.Visitor visitor;
  private final ChunkReader chunkReader = new ChunkReader();
  private final SampleBuffer samples = new SampleBuffer();
  private final SampleBuffer inHead = new SampleBuffer();
  private final SampleBuffer other = new SampleBuffer();
  private final SummaryMerge merge;
  private final Summaries folded = new Summaries();

  /** Days of which samples are read, by their number since the epoch. */
  private final Set<Long> rawDays = new HashSet<>();

  SummaryScan(
      Head head,
      List<Block> blocks,
      long span,
      long resolution,
      long from,
      long to,
      Summaries.Visitor visitor) {
    this.head = head;
    this.span = span;
    this.resolution = resolution;
    this.from = from;
    this.to = to;
    this.visitor = visitor;
    this.merge = new SummaryMerge(resolution);
    for (Block block : blocks) {
      if (block.overlaps(from, to)) {
        if (block.meta().isRaw()) {
          raw.add(block);
        } else if (block.meta().resolution() == resolution) {
          tiers.add(block);
        }
      }
    }
    raw.sort(Comparator.comparingLong(b -> b.meta().minTime()));
    tiers.sort(SummaryMerge.ORDER);
  }

  /** A series' place in a block, or in the head. */
  private static final class Source {
    private final int order;
    private final @Nullable Block block;
    private final Block.@Nullable Reader reader;
    private final int[] numbers;
    private final HeadSeries[] inHead;
    private int at = -1;
    private Labels labels = Labels.NONE;

    Source(int order, Block block, int[] numbers) {
      this.order = order;
      this.block = block;
      this.reader = block.reader();
      this.numbers = numbers;
      this.inHead = new HeadSeries[0];
    }

    Source(int order, HeadSeries[] inHead) {
      this.order = order;
      this.block = null;
      this.reader = null;
      this.numbers = new int[0];
      this.inHead = inHead;
    }

    boolean advance() {
      at++;
      if (block == null ? at >= inHead.length : at >= numbers.length) {
        return false;
      }
      labels = block == null ? inHead[at].labels : block.labels(numbers[at]);
      return true;
    }
  }

  void run(List<LabelTest> tests) {
    var queue =
        new PriorityQueue<Source>(
            Comparator.<Source, Labels>comparing(s -> s.labels).thenComparingInt(s -> s.order));
    var sources = new ArrayList<Source>();
    sources.add(new Source(0, head.select(tests)));
    for (Block block : tiers) {
      sources.add(new Source(sources.size(), block, block.select(tests)));
    }
    for (Block block : raw) {
      sources.add(new Source(sources.size(), block, block.select(tests)));
    }
    for (Source source : sources) {
      if (source.advance()) {
        queue.add(source);
      }
    }
    var same = new ArrayList<Source>();
    while (!queue.isEmpty()) {
      Labels labels = queue.element().labels;
      same.clear();
      while (!queue.isEmpty() && queue.element().labels.equals(labels)) {
        same.add(queue.remove());
      }
      show(labels, same);
      for (Source source : same) {
        if (source.advance()) {
          queue.add(source);
        }
      }
    }
  }

  private void show(Labels labels, List<Source> same) {
    samples.clear();
    inHead.clear();
    rawDays.clear();
    merge.clear();
    for (Source source : same) {
      if (source.block != null && source.block.meta().isRaw()) {
        noteDay(source.block, same);
      }
    }
    for (Source source : same) {
      Block block = source.block;
      Block.Reader reader = source.reader;
      if (block == null || reader == null) {
        readHead(source.inHead[source.at], same);
      } else if (block.meta().isRaw()) {
        readRaw(block, reader, source.numbers[source.at]);
      } else {
        merge.add(reader, source.numbers[source.at], block, from, to);
      }
    }
    samples.merge(inHead);
    folded.begin(resolution);
    Summariser.add(samples.times, samples.values, 0, samples.size, folded);
    Summaries result = merge.fuller(folded);
    if (result.size() > 0) {
      visitor.visit(labels, result);
    }
  }

  /** Of a day of which one block is in no tier all samples are read. */
  private void noteDay(Block block, List<Source> same) {
    long day = Math.floorDiv(block.meta().minTime(), span);
    if (same.stream().noneMatch(s -> madeFrom(s, block, day))) {
      rawDays.add(day);
      if (block.meta().minTime() == day * span && same.stream().anyMatch(s -> isOf(s, day - 1))) {
        rawDays.add(day - 1);
      }
    }
  }

  private void readHead(HeadSeries series, List<Source> same) {
    head.read(series, from, to, chunkReader, inHead);
    long last = Long.MIN_VALUE;
    for (int i = 0; i < inHead.size; i++) {
      long day = Math.floorDiv(inHead.times[i], span);
      if (day != last) {
        last = day;
        rawDays.add(day);
        if (inHead.times[i] == day * span && same.stream().anyMatch(s -> isOf(s, day - 1))) {
          // The first moment of a day is the last of the bucket before.
          rawDays.add(day - 1);
        }
      }
    }
  }

  private void readRaw(Block block, Block.Reader reader, int number) {
    long day = Math.floorDiv(block.meta().minTime(), span);
    long until = to;
    if (!rawDays.contains(day)) {
      if (!rawDays.contains(day - 1)) {
        return;
      }
      // The last bucket of a day holds the first moment of the next.
      until = Math.min(to, day * span);
    }
    other.clear();
    reader.read(number, 0, from, until, other);
    samples.merge(other);
  }

  private boolean isOf(Source source, long day) {
    return source.block != null
        && source.block.meta().isRaw()
        && Math.floorDiv(source.block.meta().minTime(), span) == day;
  }

  private boolean madeFrom(Source source, Block raw, long day) {
    return source.block != null
        && !source.block.meta().isRaw()
        && TierCompactor.madeFrom(source.block, raw, day * span, (day + 1) * span);
  }
}
