package dev.hone.metrics.engine;

import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.TooLargeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The way of samples into the write-ahead log and the head. A batch is sifted, written to the log,
 * and only then queryable; samples that come singly are queryable at once and written together.
 */
final class Ingest {
  private static final int FLUSHED_TOGETHER = 8_192;
  private static final int MOST_WAITING = 65_536;

  /** Held while samples are written. */
  final ReentrantLock lock = new ReentrantLock();

  private final Path folder;
  private final EngineOptions options;
  private final InstantSource clock;
  private final Head head;
  private final WriteLog log;
  private final Consumer<String> notices;
  private final Batch batch = new Batch();
  private final ByteSink record = new ByteSink(1 << 20);

  /** Samples of {@link #append} that are in the head and not yet in the log. */
  private final Batch waiting = new Batch();

  private final Object checkpointing = new Object();
  private volatile boolean logFailed;
  private volatile boolean closed;

  Ingest(
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
  }

  /** Begins a batch; waits while another is open. */
  Appender appender() {
    lock.lock();
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
        lock.unlock();
      }
    }
  }

  /** Takes out of the batch what cannot be stored. */
  private void sift() {
    long oldest = head.maxTime();
    oldest =
        oldest == Long.MIN_VALUE
            ? Long.MIN_VALUE
            : Math.min(oldest, clock.millis()) - options.outOfOrder().toMillis();
    long newest = clock.millis() + EngineOptions.FUTURE.toMillis();
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
        throw new TooLargeException(
            "a batch of " + samples.size + " samples is too large; send less");
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

  void checkOpen() throws IOException {
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

  /** The number of a series, kept for good. */
  long series(Labels labels) {
    lock.lock();
    try {
      HeadSeries series = head.series(labels);
      series.kept = true;
      return series.ref;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds a sample that is newer than the last of its series; it is queryable at once and reaches
   * the log within a second.
   */
  boolean append(long handle, long timeMillis, double value) {
    lock.lock();
    try {
      HeadSeries series = head.index.get((int) handle);
      if (series == null || closed || waiting.size >= MOST_WAITING) {
        return false;
      }
      if (series.dropped) {
        series = head.series(series.labels);
      }
      if ((series.any() && timeMillis <= series.lastTime())
          || timeMillis > clock.millis() + EngineOptions.FUTURE.toMillis()) {
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
      lock.unlock();
    }
  }

  /** Writes what {@link #append} left waiting to the log. */
  void flush() throws IOException {
    lock.lock();
    try {
      if (waiting.size > 0) {
        write(waiting);
        waiting.begin();
      }
    } finally {
      lock.unlock();
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
    lock.lock();
    try {
      flush();
      first = log.rotate();
    } finally {
      lock.unlock();
    }
    Checkpoint.write(folder.resolve(Recovery.WAL), first, head);
    log.deleteBefore(first);
    logFailed = false;
  }

  boolean isClosed() {
    return closed;
  }

  /** Writes what waits and a checkpoint, and takes no more. */
  void close() {
    try {
      flush();
      checkpoint();
    } catch (IOException e) {
      notices.accept(
          "the store was closed without a checkpoint; the next start reads the log: " + e);
    }
    lock.lock();
    try {
      closed = true;
      log.close();
    } catch (IOException e) {
      notices.accept("the write-ahead log was not closed in order: " + e);
    } finally {
      lock.unlock();
    }
  }
}
