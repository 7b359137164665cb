package dev.hone.metrics.engine;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Retention;
import dev.hone.metrics.Retention.Tier;
import dev.hone.metrics.Summaries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the tiers of a day once its raw samples lie in one block, and puts the tiers of several
 * days together. A tier names the raw block it was made from; when late samples have made another
 * of it, the tier is written again. For one thread.
 */
final class TierCompactor {
  /** Buckets of five minutes are only written where they save reading at least so many samples. */
  private static final int DENSE = 60;

  /** How many days one block of a tier holds in the end. */
  private static final Map<Tier, Integer> DAYS =
      new EnumMap<>(Map.of(Tier.FIVE_MINUTES, 1, Tier.HOURLY, 8, Tier.DAILY, 64));

  private final Engine engine;
  private final Compactor compactor;
  private final long span;

  TierCompactor(Engine engine, Compactor compactor) {
    this.engine = engine;
    this.compactor = compactor;
    this.span = EngineOptions.MERGED_SPAN.toMillis();
  }

  /** The tiers a store with such options can have. */
  static List<Tier> tiers(EngineOptions options) {
    var tiers = new ArrayList<Tier>();
    for (Tier tier : Tier.values()) {
      if (tier != Tier.RAW && !options.retention().longest(tier).isZero()) {
        tiers.add(tier);
      }
    }
    return tiers;
  }

  /** Writes and merges what is due. */
  void run(Map<Long, List<Block>> daysThatAreOver) throws IOException, InterruptedException {
    for (var day : daysThatAreOver.entrySet()) {
      if (day.getValue().size() == 1) {
        Block raw = day.getValue().getFirst();
        long begin = day.getKey() * span;
        write(begin, raw);
        if (raw.meta().minTime() == begin && hasNoSamples(begin - span, begin)) {
          // The first moment of a day is the last of the bucket before.
          write(begin - span, raw);
        }
      }
    }
    for (Tier tier : tiers(engine.options)) {
      merge(tier);
    }
  }

  /** Whether no samples are kept of {@code [begin, end)}: what its tiers say cannot come again. */
  private boolean hasNoSamples(long begin, long end) {
    return engine.views.blocks().stream()
        .noneMatch(b -> b.meta().isRaw() && b.overlaps(begin - 1, end - 1));
  }

  private void write(long begin, Block raw) throws IOException, InterruptedException {
    long end = begin + span;
    long newest = Math.min(engine.head.maxTime(), engine.now());
    var missing = new ArrayList<Tier>();
    for (Tier tier : tiers(engine.options)) {
      Duration kept = engine.options.retention().longest(tier);
      if (end > newest - kept.toMillis()
          && of(tier).noneMatch(b -> isCurrent(b, raw, begin, end))) {
        missing.add(tier);
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    var sources = new HashSet<>(beginningAt(end));
    sources.add(raw.identity());
    var writers = new ArrayList<TierWriter>();
    var added = new ArrayList<Block>();
    try {
      for (Tier tier : missing) {
        List<Block> old = of(tier).filter(b -> b.overlaps(begin, end)).toList();
        writers.add(new TierWriter(tier, begin, end, sources, old));
      }
      engine.scan(
          List.of(),
          begin,
          end,
          false,
          (labels, times, values, count) ->
              writers.forEach(writer -> writer.add(labels, times, values, count)));
      for (TierWriter writer : writers) {
        added.add(writer.finish());
      }
    } catch (UncheckedIOException e) {
      added.forEach(Block::delete);
      throw e.getCause();
    } catch (IOException | RuntimeException e) {
      added.forEach(Block::delete);
      throw e;
    } finally {
      for (TierWriter writer : writers) {
        writer.close();
      }
    }
    var gone = new ArrayList<Block>();
    for (Tier tier : missing) {
      of(tier).filter(b -> isDay(b, begin, end)).forEach(gone::add);
    }
    compactor.replace(gone, added);
  }

  /**
   * The raw blocks whose first sample lies on a time, which belongs to the bucket that ends then.
   */
  private Set<String> beginningAt(long time) {
    return engine.views.blocks().stream()
        .filter(b -> b.meta().isRaw() && b.meta().minTime() == time)
        .map(Block::identity)
        .collect(Collectors.toSet());
  }

  /** Whether a tier's block says of a day what samples and the retention of now say. */
  private boolean isCurrent(Block tier, Block raw, long begin, long end) {
    return madeFrom(tier, raw, begin, end)
        && tier.meta().sources().containsAll(beginningAt(end))
        && tier.meta().rules() == rules();
  }

  /** What decides which series a tier holds. */
  private int rules() {
    return engine.options.retention().toString().hashCode();
  }

  private java.util.stream.Stream<Block> of(Tier tier) {
    return engine.views.blocks().stream().filter(b -> b.meta().resolution() == tier.millis());
  }

  /** Whether buckets that end in {@code (begin, end]} were made from a raw block. */
  static boolean madeFrom(Block tier, Block raw, long begin, long end) {
    return tier.meta().sources().contains(raw.identity()) && tier.overlaps(begin, end);
  }

  private static boolean isDay(Block block, long begin, long end) {
    return block.meta().level() == 1
        && block.meta().minTime() == begin + 1
        && block.meta().maxTime() == end;
  }

  /**
   * Writes one tier of a day. What an earlier tier of the day says of a bucket stays where it knows
   * of more samples: they are gone since.
   */
  private final class TierWriter implements AutoCloseable {
    private final Tier tier;
    private final long begin;
    private final long end;
    private final BlockWriter writer;
    private final Path folder;
    private final Summaries summaries = new Summaries();
    private final SummaryColumns columns = new SummaryColumns();
    private final Retention.Chooser retention = new Retention.Chooser(engine.options.retention());
    private final PriorityQueue<BlockCursor> old = sources();
    private final SummaryMerge earlier;

    TierWriter(Tier tier, long begin, long end, Set<String> made, List<Block> before)
        throws IOException {
      this.tier = tier;
      this.begin = begin;
      this.end = end;
      this.earlier = new SummaryMerge(tier.millis());
      this.folder = compactor.freeFolder(prefix(tier), begin, end, 1);
      this.writer = new BlockWriter(folder, Summaries.columnCount(), 1);
      writer.summarises(tier.millis(), begin, end, made, rules());
      for (Block block : before) {
        if (block.seriesCount() > 0) {
          old.add(new BlockCursor(block));
        }
      }
    }

    void add(Labels labels, long[] times, double[] values, int count) {
      try {
        addEarlier(labels);
        earlier.clear();
        readEarlier(labels);
        summaries.begin(tier.millis());
        Retention.Keep keep = retention.of(labels);
        if (!keep.of(tier).isZero()) {
          Summariser.add(times, values, 0, count, summaries);
          boolean onlyFaster =
              tier == Tier.FIVE_MINUTES && keep.fiveMinutes().compareTo(keep.raw()) <= 0;
          if (onlyFaster && count < (long) DENSE * summaries.size()) {
            summaries.begin(tier.millis());
          }
        }
        columns.write(writer, labels, earlier.fuller(summaries));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Writes the series before these labels, of which no samples are there any more. */
    private void addEarlier(@Nullable Labels before) throws IOException {
      while (!old.isEmpty() && (before == null || old.element().labels.compareTo(before) < 0)) {
        Labels labels = old.element().labels;
        earlier.clear();
        readEarlier(labels);
        columns.write(writer, labels, earlier.result());
      }
    }

    private void readEarlier(Labels labels) {
      while (!old.isEmpty() && old.element().labels.equals(labels)) {
        BlockCursor source = old.remove();
        earlier.add(source.reader, source.series, source.block, begin, end);
        if (source.advance()) {
          old.add(source);
        }
      }
    }

    Block finish() throws IOException {
      addEarlier(null);
      writer.finish();
      return Block.open(folder);
    }

    @Override
    public void close() throws IOException {
      writer.close();
    }
  }

  private static String prefix(Tier tier) {
    return "tier-" + tier.millis() / 1000 + "-";
  }

  private void merge(Tier tier) throws IOException, InterruptedException {
    long length = span * DAYS.getOrDefault(tier, 1);
    long newest = engine.head.maxTime();
    Map<Long, List<Block>> groups = new TreeMap<>();
    of(tier)
        .forEach(
            block ->
                groups
                    .computeIfAbsent(
                        Math.floorDiv(block.meta().minTime(), length), g -> new ArrayList<>())
                    .add(block));
    for (var group : groups.entrySet()) {
      long begin = group.getKey() * length;
      boolean over = newest != Long.MIN_VALUE && begin + length + 2 * span <= newest;
      if (over && group.getValue().size() > 1) {
        var folder = compactor.freeFolder(prefix(tier), begin, begin + length, 2);
        merge(tier, group.getValue(), folder);
        compactor.replace(group.getValue(), List.of(Block.open(folder)));
      }
    }
  }

  private static PriorityQueue<BlockCursor> sources() {
    return new PriorityQueue<>(
        Comparator.<BlockCursor, Labels>comparing(s -> s.labels)
            .thenComparing(s -> s.block, SummaryMerge.ORDER));
  }

  private static void merge(Tier tier, List<Block> blocks, Path folder) throws IOException {
    PriorityQueue<BlockCursor> queue = sources();
    var sources = new HashSet<String>();
    int rules = 0;
    long begin = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    for (Block block : blocks) {
      sources.addAll(block.meta().sources());
      rules = block.meta().rules();
      begin = Math.min(begin, block.meta().minTime() - 1);
      end = Math.max(end, block.meta().maxTime());
      if (block.seriesCount() > 0) {
        queue.add(new BlockCursor(block));
      }
    }
    var merge = new SummaryMerge(tier.millis());
    var columns = new SummaryColumns();
    try (var writer = new BlockWriter(folder, Summaries.columnCount(), 2)) {
      writer.summarises(tier.millis(), begin, end, sources, rules);
      while (!queue.isEmpty()) {
        Labels labels = queue.element().labels;
        merge.clear();
        while (!queue.isEmpty() && queue.element().labels.equals(labels)) {
          BlockCursor source = queue.remove();
          merge.add(source.reader, source.series, source.block, Long.MIN_VALUE, Long.MAX_VALUE);
          if (source.advance()) {
            queue.add(source);
          }
        }
        columns.write(writer, labels, merge.result());
      }
      writer.finish();
    }
  }
}
