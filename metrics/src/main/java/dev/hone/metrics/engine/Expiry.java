package dev.hone.metrics.engine;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Retention;
import dev.hone.metrics.Retention.Tier;
import dev.hone.metrics.Summaries;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Deletes what is older than the retention: a block as a whole when all of its series are, else the
 * series whose rule says so, by writing the block again without them. For one thread.
 */
final class Expiry {
  private final Engine engine;
  private final Compactor compactor;

  /** When a series of a block is too old next, ms since the epoch, where that is known. */
  private final Map<Block, Long> due = new HashMap<>();

  Expiry(Engine engine, Compactor compactor) {
    this.engine = engine;
    this.compactor = compactor;
  }

  void run() throws IOException, InterruptedException {
    long newest = engine.head.maxTime();
    if (newest == Long.MIN_VALUE) {
      return;
    }
    long now = Math.min(newest, engine.now());
    Retention retention = engine.options.retention();
    long late = lateness();
    var gone = new ArrayList<Block>();
    var added = new ArrayList<Block>();
    List<Block> blocks = engine.views.blocks();
    due.keySet().retainAll(blocks);
    for (Block block : blocks) {
      Tier tier = Tier.of(block.meta().resolution());
      long age = now - block.meta().maxTime() - (tier == Tier.RAW ? late : 0);
      if (age > retention.longest(tier).toMillis()) {
        gone.add(block);
      } else if (age > retention.shortest(tier).toMillis() && now >= due.getOrDefault(block, now)) {
        BitSet kept = kept(block, tier, now, age);
        if (kept.cardinality() < block.seriesCount()) {
          gone.add(block);
          if (!kept.isEmpty()) {
            try {
              added.add(without(block, kept));
            } catch (IOException | RuntimeException e) {
              added.forEach(Block::delete);
              throw e;
            }
          }
        }
      }
    }
    if (!gone.isEmpty()) {
      compactor.replace(gone, added);
    }
  }

  /**
   * How much longer than the shortest retention samples are kept, so that those that come late find
   * the others of their day: the tiers of the day are made from all of them.
   */
  private long lateness() {
    EngineOptions options = engine.options;
    long latest =
        options.outOfOrder().toMillis()
            + EngineOptions.MERGED_SPAN.toMillis()
            + 2 * EngineOptions.BLOCK_SPAN.toMillis();
    return Math.max(0, latest - options.retention().shortest(Tier.RAW).toMillis());
  }

  /** The series that are kept longer; notes when the next of them is due. */
  private BitSet kept(Block block, Tier tier, long now, long age) {
    var chooser = new Retention.Chooser(engine.options.retention());
    var kept = new BitSet();
    long left = Long.MAX_VALUE - now;
    for (int i = 0; i < block.seriesCount(); i++) {
      Duration longest = chooser.of(block.labels(i)).of(tier);
      if (age <= longest.toMillis()) {
        kept.set(i);
        left = Math.min(left, longest.toMillis() - age + 1);
      }
    }
    due.put(block, now + left);
    return kept;
  }

  private static Block without(Block block, BitSet kept) throws IOException {
    Path folder = block.pruned();
    BlockMeta meta = block.meta();
    Block.Reader reader = block.reader();
    var samples = new SampleBuffer();
    var summaries = new Summaries();
    var columns = new SummaryColumns();
    try (var writer = new BlockWriter(folder, meta.columns(), meta.level())) {
      if (!meta.isRaw()) {
        writer.summarises(
            meta.resolution(), meta.minTime() - 1, meta.maxTime(), meta.sources(), meta.rules());
      }
      for (int i = kept.nextSetBit(0); i >= 0; i = kept.nextSetBit(i + 1)) {
        Labels labels = block.labels(i);
        if (meta.isRaw()) {
          samples.clear();
          reader.read(i, 0, Long.MIN_VALUE, Long.MAX_VALUE, samples);
          writer.add(labels, samples.times, new double[][] {samples.values}, samples.size);
        } else {
          summaries.begin(meta.resolution());
          columns.read(reader, i, Long.MIN_VALUE, Long.MAX_VALUE, summaries);
          columns.write(writer, labels, summaries);
        }
      }
      writer.finish();
    }
    return Block.open(folder);
  }
}
