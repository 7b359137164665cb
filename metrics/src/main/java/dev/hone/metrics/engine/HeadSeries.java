package dev.hone.metrics.engine;

import dev.hone.metrics.Labels;
import java.util.ArrayList;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A series in memory: its open chunk, finished chunks, and samples that came out of order. */
final class HeadSeries extends ChunkWriter {
  /** Samples in a chunk, as in Prometheus: a short read decodes little. */
  static final int CHUNK_SAMPLES = 120;

  final Labels labels;
  final int ref;

  /** Where the key lies in the table of series. */
  long key;

  /** Whether the definition is in the write-ahead log or the checkpoint. */
  boolean logged;

  /** The place in the order of labels when that was last worked out; -1 for a newer series. */
  int rank = -1;

  /** Whether somebody outside keeps the number of this series. */
  boolean kept;

  /** Set when the series has been dropped from the head. */
  boolean dropped;

  /** Whether it got samples older than the compaction under way while that ran. */
  boolean touched;

  /** The batch whose samples {@link #pendingTime} speaks of. */
  int pendingBatch;

  /** The newest time in the batch under way. */
  long pendingTime;

  private @Nullable Chunk closed;
  private @Nullable LateSamples late;
  private boolean any;

  HeadSeries(Labels labels, int ref, long key) {
    this.labels = labels;
    this.ref = ref;
    this.key = key;
  }

  /** The same with its key elsewhere. */
  HeadSeries moved(long place) {
    key = place;
    return this;
  }

  /** Whether it has taken an in-order sample; if so {@link #lastTime} is its time. */
  boolean any() {
    return any;
  }

  /** Adds a sample newer than all others. */
  void add(long time, long bits, long blockMillis) {
    if (count() > 0
        && (count() >= CHUNK_SAMPLES
            || Math.floorDiv(time, blockMillis) != Math.floorDiv(firstTime(), blockMillis))) {
      closed = finish(closed);
    }
    append(time, bits);
    any = true;
  }

  /** Adds a sample that is not newer than all others; the first one given for a time stays. */
  void addLate(long time, long bits) {
    LateSamples samples = late;
    if (samples == null) {
      samples = new LateSamples();
      late = samples;
    }
    samples.add(time, bits);
  }

  /** The newest finished chunk. */
  @Nullable Chunk closed() {
    return closed;
  }

  @Nullable LateSamples late() {
    return late;
  }

  /** Adds the spans of {@code millis} that hold samples, each by its number since the epoch. */
  void addSpans(long millis, Set<Long> into) {
    if (count() > 0) {
      into.add(Math.floorDiv(firstTime(), millis));
    }
    for (Chunk chunk = closed; chunk != null; chunk = chunk.previous()) {
      into.add(Math.floorDiv(chunk.firstTime(), millis));
    }
    LateSamples samples = late;
    for (int i = 0; samples != null && i < samples.size(); i++) {
      into.add(Math.floorDiv(samples.time(i), millis));
    }
  }

  /** Whether it may hold samples in {@code (from, to]}. */
  boolean mayHold(long from, long to) {
    if (count() > 0 && firstTime() <= to && lastTime() > from) {
      return true;
    }
    for (Chunk chunk = closed; chunk != null && chunk.lastTime() > from; chunk = chunk.previous()) {
      if (chunk.firstTime() <= to) {
        return true;
      }
    }
    LateSamples samples = late;
    return samples != null && samples.size() > 0 && samples.firstTime() <= to;
  }

  /** Forgets samples before a time, which must be a boundary that no chunk crosses. */
  void forgetBefore(long time) {
    if (count() > 0 && lastTime() < time) {
      closed = finish(closed);
    }
    closed = after(closed, time);
    LateSamples samples = late;
    if (samples != null) {
      late = samples.from(time);
    }
  }

  private static @Nullable Chunk after(@Nullable Chunk newest, long time) {
    var kept = new ArrayList<Chunk>();
    for (Chunk chunk = newest; chunk != null; chunk = chunk.previous()) {
      if (chunk.lastTime() >= time) {
        kept.add(chunk);
      }
    }
    Chunk rebuilt = null;
    for (Chunk chunk : kept.reversed()) {
      rebuilt = chunk.withPrevious(rebuilt);
    }
    return rebuilt;
  }

  boolean isEmpty() {
    return count() == 0 && closed == null && late == null;
  }

  /** Puts back what a checkpoint held; chunks come oldest first. */
  void restoreClosed(Chunk chunk) {
    closed = chunk.withPrevious(closed);
    any = true;
    restoreLast(chunk);
  }

  private void restoreLast(Chunk chunk) {
    var reader = new ChunkReader();
    reader.open(chunk);
    while (reader.next()) {
      // to the last sample
    }
    noteLast(reader.time(), reader.bits());
  }

  /** Puts back the open chunk. */
  void restoreOpen(Chunk chunk) {
    resume(chunk);
    any = true;
  }

  /** The last sample at or before {@code time}, when it is the newest of all. */
  boolean newestIsAtOrBefore(long time) {
    return any && late == null && lastTime() <= time;
  }

  /** Samples in {@code (from, to]}, in order of time, without two of one time. */
  void read(long from, long to, ChunkReader reader, SampleBuffer into) {
    read(finished(from, to), from, to, reader, into);
  }

  /**
   * Finished chunks.
   *
   * @param newest the newest of the series when they were listed
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Finished(@Nullable Chunk newest, Chunk[] oldestFirst) {}

  /**
   * The same for who reads span after span.
   *
   * @param list what {@link #finished} gave for a longer time
   */
  @SuppressWarnings("ReferenceEquality") // the same chunk, not an equal one
  void read(Finished list, long from, long to, ChunkReader reader, SampleBuffer into) {
    Chunk[] chunks = (list.newest() == closed ? list : finished(from, to)).oldestFirst();
    for (int i = firstEndingAfter(chunks, from); i < chunks.length; i++) {
      if (chunks[i].firstTime() > to) {
        break;
      }
      reader.open(chunks[i]);
      into.addAll(reader, from, to);
    }
    if (count() > 0 && firstTime() <= to && lastTime() > from) {
      openIn(reader);
      into.addAll(reader, from, to);
    }
    LateSamples samples = late;
    if (samples != null) {
      samples.mergeInto(into, from, to);
    }
  }

  /** Finished chunks with samples in {@code (from, to]}, oldest first. */
  Finished finished(long from, long to) {
    int wanted = 0;
    for (Chunk c = closed; c != null && c.lastTime() > from; c = c.previous()) {
      wanted += c.firstTime() <= to ? 1 : 0;
    }
    var oldestFirst = new Chunk[wanted];
    for (Chunk c = closed; wanted > 0 && c != null; c = c.previous()) {
      if (c.firstTime() <= to) {
        oldestFirst[--wanted] = c;
      }
    }
    return new Finished(closed, oldestFirst);
  }

  private static int firstEndingAfter(Chunk[] chunks, long time) {
    int low = 0;
    int high = chunks.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (chunks[middle].lastTime() <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
