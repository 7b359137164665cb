package dev.hone.metrics.engine;

import dev.hone.metrics.Appender;
import dev.hone.metrics.LabelTest;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.Retention;
import dev.hone.metrics.SeriesVisitor;
import dev.hone.metrics.SummaryStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The durable store on one machine. New samples lie in memory and in a write-ahead log; every two
 * hours they move to an immutable block; a day's blocks become one, and tiers are made from it;
 * blocks older than the retention are deleted. The folder holds {@code wal/} and {@code blocks/}.
 *
 * <p>A batch is written to the log before it is queryable, so what a failed write refused never
 * shows; a batch that was acknowledged survives a crash of Hone, and of the machine as {@link
 * EngineOptions.Sync} says. A query that runs beside a batch may see part of it.
 */
public final class Engine implements MetricStore {
  /** The file of a snapshot that names its blocks, a line each. */
  public static final String SNAPSHOT_CONTENTS = "contents";

  final Path folder;
  final EngineOptions options;
  final Head head;
  final Views views = new Views();
  final Ingest ingest;
  final ReentrantLock backfilling = new ReentrantLock();
  final Consumer<String> notices;
  private final InstantSource clock;
  private final Compactor compactor;
  private final Upkeep upkeep;
  private final Tiers tiers;

  /**
   * Opens the store in a folder, which is made when it is not there.
   *
   * @param seed for the table of series
   * @param notices takes sentences on what people should know
   * @throws IOException when the folder cannot be used
   */
  public static Engine open(
      Path folder, EngineOptions options, InstantSource clock, long seed, Consumer<String> notices)
      throws IOException {
    var head = new Head(options, seed);
    var recovery = new Recovery(folder, head, notices);
    List<Block> blocks = recovery.blocks();
    int next = recovery.replay();
    var log = new WriteLog(folder.resolve(Recovery.WAL), next, EngineOptions.SEGMENT_BYTES);
    long now = clock.millis();
    long newest = head.maxTime() == Long.MIN_VALUE ? now : Math.min(head.maxTime(), now);
    long oldest = blocks.stream().mapToLong(b -> b.meta().minTime()).min().orElse(Long.MAX_VALUE);
    var history = RetentionHistory.open(folder, options.retention(), newest, oldest);
    var engine = new Engine(folder, options, clock, head, log, history, notices);
    engine.views.replace(blocks);
    engine.upkeep.start();
    return engine;
  }

  /**
   * The retention with which a store was opened last; empty when it never was.
   *
   * @throws IOException when that cannot be read
   */
  public static Optional<Retention> lastRetention(Path folder) throws IOException {
    return RetentionHistory.last(folder);
  }

  private Engine(
      Path folder,
      EngineOptions options,
      InstantSource clock,
      Head head,
      WriteLog log,
      RetentionHistory history,
      Consumer<String> notices) {
    this.folder = folder;
    this.options = options;
    this.clock = clock;
    this.head = head;
    this.notices = notices;
    this.ingest = new Ingest(folder, options, clock, head, log, notices);
    this.compactor = new Compactor(this);
    this.upkeep = new Upkeep(this, compactor);
    this.tiers = new Tiers(this, history);
  }

  /** Now, in milliseconds since the epoch. */
  long now() {
    return clock.millis();
  }

  /**
   * Reads all there is and compares it with its checksums.
   *
   * @throws CorruptException with the file when it is not what was written
   */
  public void verify() {
    scan(List.of(), Long.MIN_VALUE, Long.MAX_VALUE, false, (labels, times, values, count) -> {});
    for (long resolution : tiers.resolutions()) {
      tiers.summaries(
          List.of(), resolution, Long.MIN_VALUE / 2, Long.MAX_VALUE / 2, (labels, buckets) -> {});
    }
  }

  @Override
  public Appender appender() {
    return ingest.appender();
  }

  @Override
  public long series(Labels labels) {
    return ingest.series(labels);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The sample is queryable at once and reaches the log within a second.
   */
  @Override
  public boolean append(long handle, long timeMillis, double value) {
    return ingest.append(handle, timeMillis, value);
  }

  @Override
  public void scan(
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      boolean newestOnly,
      SeriesVisitor visitor) {
    List<LabelTest> tests = matchers.stream().map(LabelTest::of).toList();
    try (var view = views.open()) {
      var blocks =
          view.blocks().stream()
              .filter(b -> b.meta().isRaw() && b.overlaps(fromMillis, toMillis))
              .toList();
      new Scan(head, blocks, fromMillis, toMillis, newestOnly, visitor).run(tests);
    }
  }

  @Override
  public Optional<SummaryStore> tiers() {
    return Optional.of(tiers);
  }

  @Override
  public List<String> labelNames() {
    var names = new TreeSet<String>();
    try (var view = views.open()) {
      view.blocks().forEach(block -> block.addLabelNames(names));
    }
    head.addLabelNames(names);
    return List.copyOf(names);
  }

  @Override
  public List<String> labelValues(String label) {
    var values = new TreeSet<String>();
    try (var view = views.open()) {
      view.blocks().forEach(block -> block.addLabelValues(label, values));
    }
    head.addLabelValues(label, values);
    return List.copyOf(values);
  }

  @Override
  public int seriesCount() {
    return head.index.size();
  }

  /** Moves everything that is old enough into blocks, merges and deletes blocks: at once. */
  public void compact() throws IOException, InterruptedException {
    compactor.run(true);
  }

  /**
   * Until {@link #endImport}, no tier is written and nothing expires: of an older day, samples may
   * still come in, and its tiers are made from all of them.
   */
  public void beginImport() {
    compactor.imports.incrementAndGet();
  }

  /** Ends what {@link #beginImport} began. */
  public void endImport() {
    compactor.imports.decrementAndGet();
  }

  /** The time before which nothing is kept, neither samples nor tiers, ms since the epoch. */
  public long oldestKept() {
    long newest = head.maxTime();
    long now = now();
    return (newest == Long.MIN_VALUE ? now : Math.min(newest, now))
        - options.retention().longest().toMillis();
  }

  /** The time after which samples are refused as from the future, ms since the epoch. */
  public long newestTaken() {
    return now() + EngineOptions.FUTURE.toMillis();
  }

  /** How it works. */
  public EngineOptions options() {
    return options;
  }

  /**
   * Begins to bring in samples of any age; waits while others are brought in.
   *
   * @param begin where their span begins, a multiple of {@link EngineOptions#MERGED_SPAN}, ms
   * @param dry whether they are only counted
   * @param cameIn is told each series of which samples came in
   */
  public Backfill backfill(long begin, boolean dry, Consumer<Labels> cameIn) {
    if (Math.floorMod(begin, EngineOptions.MERGED_SPAN.toMillis()) != 0) {
      throw new IllegalArgumentException(begin + " is not where a span begins");
    }
    return new Backfill(this, begin, dry, cameIn);
  }

  /** Takes a block that was written beside the others. */
  void add(Path block) throws IOException {
    ingest.checkOpen();
    compactor.add(Block.open(block));
  }

  /** Where a block that is brought in may lie. */
  Path freeFolder(long begin, long end) {
    return compactor.freeFolder("import-", begin, end, 1);
  }

  void mergeBlocks() throws IOException, InterruptedException {
    compactor.mergeBlocks();
  }

  /**
   * Copies everything into {@code snapshots/NAME}: blocks as links, the head as a block of its own.
   * The folder is a whole store: opened by {@link #open} it holds the same samples.
   *
   * @return the folder
   */
  public Path snapshot(String name) throws IOException, InterruptedException {
    return compactor.snapshot(name);
  }

  @Override
  public void close() {
    if (ingest.isClosed()) {
      return;
    }
    upkeep.stop();
    ingest.close();
    List<Block> blocks = views.blocks();
    try {
      if (views.replace(List.of()).awaitIdle(10)) {
        blocks.forEach(Block::close);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
