package dev.hone.metrics.engine;

import dev.hone.metrics.Appender;
import dev.hone.metrics.LabelTest;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.Series;
import dev.hone.metrics.SeriesVisitor;
import dev.hone.metrics.SummaryStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
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
  private static final int FLUSHED_TOGETHER = 8_192;
  private static final int MOST_WAITING = 65_536;

  final Path folder;
  final EngineOptions options;
  final Head head;
  final Views views = new Views();
  final ReentrantLock writing = new ReentrantLock();
  final ReentrantLock backfilling = new ReentrantLock();
  final Consumer<String> notices;
  private final InstantSource clock;
  private final WriteLog log;
  private final Compactor compactor;
  private final Upkeep upkeep;
  private final Tiers tiers;
  private final Batch batch = new Batch();
  private final ByteSink record = new ByteSink(1 << 20);

  /** Samples of {@link #append} that are in the head and not yet in the log. */
  private final Batch waiting = new Batch();

  private final Object checkpointing = new Object();
  private volatile boolean logFailed;
  private volatile boolean closed;

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
    var log = new WriteLog(folder.resolve(Recovery.WAL), next, options.segmentBytes());
    var engine = new Engine(folder, options, clock, head, log, notices);
    engine.views.replace(blocks);
    engine.upkeep.start();
    return engine;
  }

  private Engine(
      Path folder,
      EngineOptions options,
      InstantSource clock,
      Head head,
      WriteLog log,
      Consumer<String> notices) {
    this.folder = folder;
    this.options = options;
    this.clock = clock;
    this.head = head;
    this.log = log;
    this.notices = notices;
    this.compactor = new Compactor(this);
    this.upkeep = new Upkeep(this, compactor);
    this.tiers = new Tiers(this);
  }

  /** Now, in milliseconds since the epoch. */
  long now() {
    return clock.millis();
  }

  @Override
  public Appender appender() {
    writing.lock();
    batch.begin();
    return new Batched();
  }

  /** The batch of the thread that holds the writing lock. */
  private final class Batched implements Appender {
    private boolean open = true;
    private long position;

    @Override
    public int find(byte[] key, int from, int length) {
      HeadSeries series = head.find(key, from, length);
      return series == null ? -1 : series.ref;
    }

    @Override
    public int series(Labels labels) {
      return head.series(labels).ref;
    }

    @Override
    public boolean knows(int ref) {
      return head.index.get(ref) != null;
    }

    @Override
    public long newest(int ref) {
      HeadSeries series = head.index.get(ref);
      return series != null && series.any() ? series.lastTime() : Long.MIN_VALUE;
    }

    @Override
    public void add(int ref, long time, long bits) {
      HeadSeries series = head.index.get(ref);
      if (series != null) {
        batch.add(series.dropped ? head.series(series.labels) : series, time, bits);
      }
    }

    @Override
    public Outcome commit() throws IOException {
      Outcome outcome = commitSoon();
      if (options.sync() == EngineOptions.Sync.BATCH) {
        sync(position);
      }
      return outcome;
    }

    @Override
    public Outcome commitSoon() throws IOException {
      Outcome outcome;
      try {
        sift();
        position = store();
        outcome =
            new Outcome(
                batch.size + batch.already,
                batch.duplicate,
                batch.tooOld,
                batch.tooNew,
                batch.example);
      } finally {
        close();
      }
      return outcome;
    }

    @Override
    public void close() {
      if (open) {
        open = false;
        writing.unlock();
      }
    }
  }

  /** Takes out of the batch what cannot be stored. */
  private void sift() {
    long oldest = head.maxTime();
    oldest =
        oldest == Long.MIN_VALUE
            ? Long.MIN_VALUE
            : Math.min(oldest, now()) - options.outOfOrder().toMillis();
    long newest = now() + options.future().toMillis();
    int kept = 0;
    for (int i = 0; i < batch.size; i++) {
      HeadSeries series = batch.series[i];
      long time = batch.times[i];
      if (series.pendingBatch != batch.number) {
        series.pendingBatch = batch.number;
        series.pendingTime = series.any() ? series.lastTime() : Long.MIN_VALUE;
      }
      if (time > newest) {
        batch.tooNew++;
        batch.refuse("it lies in the future; check the sender's clock", series, time);
        continue;
      }
      if (time > series.pendingTime) {
        series.pendingTime = time;
      } else if (time == series.pendingTime && series.any() && time == series.lastTime()) {
        if (batch.bits[i] == series.lastBits()) {
          batch.already++;
        } else {
          batch.duplicate++;
          batch.refuse("there is another value at this time", series, time);
        }
        continue;
      }
      if (time < oldest) {
        batch.tooOld++;
        batch.refuse("it is older than the out-of-order window", series, time);
        continue;
      }
      batch.series[kept] = series;
      batch.times[kept] = time;
      batch.bits[kept++] = batch.bits[i];
    }
    batch.size = kept;
  }

  /** Writes the batch to the log, then to the head; returns the position to sync. */
  private long store() throws IOException {
    checkOpen();
    if (logFailed) {
      throw new IOException("the write-ahead log failed before; waiting for a checkpoint");
    }
    flush();
    if (batch.size > 0) {
      write(batch);
      addBatch();
    }
    return log.written();
  }

  /** Writes samples to the log as one record; when that fails, nothing of it is there. */
  private void write(Batch samples) throws IOException {
    record.clear();
    int began = Frames.begin(record);
    int firstNew = firstUnlogged(samples);
    samples.encode(head, record);
    Frames.end(record, began);
    try {
      if (record.length - began > Frames.MAX_PAYLOAD) {
        throw new IOException("a batch of " + samples.size + " samples is too large; send less");
      }
      log.write(record.bytes, record.length);
    } catch (IOException e) {
      samples.forgetLogged(firstNew);
      throw e;
    }
  }

  private static int firstUnlogged(Batch samples) {
    int first = Integer.MAX_VALUE;
    for (int i = 0; i < samples.size; i++) {
      if (!samples.series[i].logged) {
        first = Math.min(first, samples.series[i].ref);
      }
    }
    return first;
  }

  private void addBatch() {
    head.lock.writeLock().lock();
    try {
      for (int i = 0; i < batch.size; i++) {
        head.add(batch.series[i], batch.times[i], batch.bits[i]);
      }
    } finally {
      head.lock.writeLock().unlock();
    }
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("the store in " + folder + " is closed");
    }
  }

  private void sync(long position) throws IOException {
    try {
      log.sync(position);
    } catch (IOException e) {
      logFailed = true;
      throw e;
    }
  }

  @Override
  public long series(Labels labels) {
    writing.lock();
    try {
      HeadSeries series = head.series(labels);
      series.kept = true;
      return series.ref;
    } finally {
      writing.unlock();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The sample is queryable at once and reaches the log within a second.
   */
  @Override
  public boolean append(long handle, long timeMillis, double value) {
    writing.lock();
    try {
      HeadSeries series = head.index.get((int) handle);
      if (series == null || closed || waiting.size >= MOST_WAITING) {
        return false;
      }
      if (series.dropped) {
        series = head.series(series.labels);
      }
      if ((series.any() && timeMillis <= series.lastTime())
          || timeMillis > now() + options.future().toMillis()) {
        return false;
      }
      long bits = Double.doubleToRawLongBits(value);
      waiting.add(series, timeMillis, bits);
      head.lock.writeLock().lock();
      try {
        head.add(series, timeMillis, bits);
      } finally {
        head.lock.writeLock().unlock();
      }
      if (waiting.size >= FLUSHED_TOGETHER) {
        flush();
      }
      return true;
    } catch (IOException e) {
      notices.accept("samples wait because the write-ahead log cannot be written: " + e);
      return true;
    } finally {
      writing.unlock();
    }
  }

  /** Writes what {@link #append} left waiting to the log. */
  void flush() throws IOException {
    writing.lock();
    try {
      if (waiting.size > 0) {
        write(waiting);
        waiting.begin();
      }
    } finally {
      writing.unlock();
    }
  }

  /** Writes what waits, and brings it to the disk unless that is left to the system. */
  void flushAndSync() throws IOException {
    flush();
    if (options.sync() != EngineOptions.Sync.NONE) {
      sync(log.written());
    }
  }

  /** How much log has been written since the store was opened, in bytes. */
  long logBytes() {
    return log.written();
  }

  /** Whether something acknowledged by nobody may be missing in the log on the disk. */
  boolean logFailed() {
    return logFailed;
  }

  /** Replaces the log so far by a checkpoint of the head. */
  void checkpoint() throws IOException {
    synchronized (checkpointing) {
      writeCheckpoint();
    }
  }

  private void writeCheckpoint() throws IOException {
    int first;
    writing.lock();
    try {
      flush();
      first = log.rotate();
    } finally {
      writing.unlock();
    }
    Checkpoint.write(folder.resolve(Recovery.WAL), first, head);
    log.deleteBefore(first);
    logFailed = false;
  }

  @Override
  public List<Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
    var found = new ArrayList<Series>();
    scan(
        matchers,
        fromMillis,
        toMillis,
        false,
        (labels, times, values, count) ->
            found.add(
                new Series(
                    labels,
                    java.util.Arrays.copyOf(times, count),
                    java.util.Arrays.copyOf(values, count))));
    return found;
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
    return now() + options.future().toMillis();
  }

  /** How it works. */
  public EngineOptions options() {
    return options;
  }

  /**
   * Begins to bring in samples of any age; waits while others are brought in.
   *
   * @param begin where their span begins, a multiple of {@link EngineOptions#mergedSpan}, ms
   * @param dry whether they are only counted
   * @param cameIn is told each series of which samples came in
   */
  public Backfill backfill(long begin, boolean dry, Consumer<Labels> cameIn) {
    if (Math.floorMod(begin, options.mergedSpan().toMillis()) != 0) {
      throw new IllegalArgumentException(begin + " is not where a span begins");
    }
    return new Backfill(this, begin, dry, cameIn);
  }

  /** Takes a block that was written beside the others. */
  void add(Path block) throws IOException {
    checkOpen();
    compactor.add(Block.open(block));
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
    if (closed) {
      return;
    }
    upkeep.stop();
    try {
      flush();
      checkpoint();
    } catch (IOException e) {
      notices.accept(
          "the store was closed without a checkpoint; the next start reads the log: " + e);
    }
    writing.lock();
    try {
      closed = true;
      log.close();
    } catch (IOException e) {
      notices.accept("the write-ahead log was not closed in order: " + e);
    } finally {
      writing.unlock();
    }
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
