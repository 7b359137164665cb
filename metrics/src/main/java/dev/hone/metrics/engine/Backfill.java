package dev.hone.metrics.engine;

import dev.hone.metrics.Labels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Samples of any age on their way into the store: those of one span of a merged block, series by
 * series in the order of their labels. What the store holds already stays; what is new goes into a
 * block of its own, which is there as a whole after {@link #finish} or not at all, and which
 * compaction merges with its neighbours. For one thread.
 */
public final class Backfill implements AutoCloseable {
  /** From so many blocks in one span on they are merged at once. */
  private static final int MOST_BLOCKS = 8;

  private final Engine engine;
  private final long begin;
  private final long end;
  private final long oldest;
  private final long newest;
  private final boolean dry;
  private final Consumer<Labels> cameIn;
  private final Views.View view;
  private final List<Held> held = new ArrayList<>();
  private final int blocksBefore;
  private SampleBuffer incoming = new SampleBuffer();
  private SampleBuffer more = new SampleBuffer();
  private final SampleBuffer known = new SampleBuffer();
  private final SampleBuffer fresh = new SampleBuffer();
  private @Nullable Labels labels;
  private @Nullable BlockWriter writer;
  private Path folder;
  private long added;
  private long already;
  private long conflicting;
  private long tooOld;
  private long tooNew;
  private long from = Long.MAX_VALUE;
  private long to = Long.MIN_VALUE;
  private boolean open = true;

  /**
   * What became of samples.
   *
   * @param added came in
   * @param already were there before with the same value
   * @param conflicting were refused because there is another value at that time
   * @param tooOld were left out because they are older than the retention
   * @param tooNew were left out because they lie in the future
   * @param from time of the oldest that came in, ms since the epoch
   * @param to time of the newest
   */
  public record Outcome(
      long added, long already, long conflicting, long tooOld, long tooNew, long from, long to) {
    /** Of nothing. */
    public static final Outcome NONE = new Outcome(0, 0, 0, 0, 0, Long.MAX_VALUE, Long.MIN_VALUE);

    /** Of both. */
    public Outcome plus(Outcome other) {
      return new Outcome(
          added + other.added,
          already + other.already,
          conflicting + other.conflicting,
          tooOld + other.tooOld,
          tooNew + other.tooNew,
          Math.min(from, other.from),
          Math.max(to, other.to));
    }
  }

  /**
   * Begins; waits while another runs.
   *
   * @param begin where the span begins, a multiple of the length of a merged block
   * @param dry whether samples are only counted
   * @param cameIn is told each series of which samples came in
   */
  Backfill(Engine engine, long begin, boolean dry, Consumer<Labels> cameIn) {
    this.engine = engine;
    this.begin = begin;
    this.end = begin + EngineOptions.MERGED_SPAN.toMillis();
    this.oldest = engine.oldestKept();
    this.newest = engine.newestTaken();
    this.dry = dry;
    this.cameIn = cameIn;
    this.folder = engine.folder.resolve(Recovery.BLOCKS);
    engine.backfilling.lock();
    this.view = engine.views.open();
    try {
      this.blocksBefore = findHeld();
    } catch (RuntimeException e) {
      leave();
      engine.backfilling.unlock();
      throw e;
    }
  }

  /** Opens what the store holds of the span; returns in how many blocks. */
  private int findHeld() {
    List<Block> blocks =
        view.blocks().stream()
            .filter(b -> b.meta().isRaw() && b.overlaps(begin - 1, end - 1))
            .toList();
    for (Block block : blocks) {
      if (block.seriesCount() > 0) {
        held.add(new InBlock(block));
      }
    }
    HeadSeries[] inHead = engine.head.holding(begin - 1, end - 1);
    if (inHead.length > 0) {
      held.add(new InHead(inHead));
    }
    return blocks.size();
  }

  /** A place among the series the store holds, in the order of their labels. */
  private abstract static class Held {
    Labels labels = Labels.NONE;
    boolean over;

    abstract void advance();

    abstract void read(SampleBuffer into);

    /** Moves on to a series; false when there is none. */
    boolean isAt(Labels wanted) {
      while (!over && labels.compareTo(wanted) < 0) {
        advance();
      }
      return !over && labels.equals(wanted);
    }
  }

  private final class InBlock extends Held {
    private final Block block;
    private final Block.Reader reader;
    private int series = -1;

    InBlock(Block block) {
      this.block = block;
      this.reader = block.reader();
      advance();
    }

    @Override
    void advance() {
      over = ++series >= block.seriesCount();
      if (!over) {
        labels = block.labels(series);
      }
    }

    @Override
    void read(SampleBuffer into) {
      reader.read(series, 0, begin - 1, end - 1, into);
    }
  }

  private final class InHead extends Held {
    private final HeadSeries[] series;
    private final ChunkReader reader = new ChunkReader();
    private int at = -1;

    InHead(HeadSeries[] series) {
      this.series = series;
      advance();
    }

    @Override
    void advance() {
      over = ++at >= series.length;
      if (!over) {
        labels = series[at].labels;
      }
    }

    @Override
    void read(SampleBuffer into) {
      engine.head.read(series[at], begin - 1, end - 1, reader, into);
    }
  }

  /**
   * Adds samples of a series, whose labels must not come before those given last; of two at one
   * time the one given first counts.
   *
   * @param times ascending, within the span
   * @param first index of the first sample
   * @param last index after the last sample
   * @throws IOException when the block cannot be written
   */
  public void add(Labels series, long[] times, double[] values, int first, int last)
      throws IOException {
    if (first == last) {
      return;
    }
    if (times[first] < begin || times[last - 1] >= end) {
      throw new IllegalArgumentException(
          "samples from %d to %d are not of the span from %d"
              .formatted(times[first], times[last - 1], begin));
    }
    Labels before = labels;
    int order = before == null ? 1 : series.compareTo(before);
    if (order < 0) {
      throw new IllegalArgumentException("series `" + series + "` comes after `" + before + "`");
    } else if (order > 0) {
      flush();
      labels = series;
    }
    if (incoming.size == 0 || times[first] > incoming.times[incoming.size - 1]) {
      append(incoming, times, values, first, last);
    } else {
      more.clear();
      append(more, times, values, first, last);
      more.merge(incoming);
      SampleBuffer merged = more;
      more = incoming;
      incoming = merged;
    }
  }

  private static void append(SampleBuffer to, long[] times, double[] values, int first, int last) {
    int count = last - first;
    to.ensure(count);
    System.arraycopy(times, first, to.times, to.size, count);
    System.arraycopy(values, first, to.values, to.size, count);
    to.size += count;
  }

  /** Compares the series at hand with what the store holds and writes what is new. */
  private void flush() throws IOException {
    Labels series = labels;
    if (series == null || incoming.size == 0) {
      return;
    }
    known.clear();
    for (Held each : held) {
      if (each.isAt(series)) {
        more.clear();
        each.read(more);
        known.merge(more);
      }
    }
    fresh.clear();
    int at = 0;
    for (int i = 0; i < incoming.size; i++) {
      long time = incoming.times[i];
      while (at < known.size && known.times[at] < time) {
        at++;
      }
      if (time < oldest) {
        tooOld++;
      } else if (time > newest) {
        tooNew++;
      } else if (at == known.size || known.times[at] != time) {
        fresh.add(time, incoming.values[i]);
      } else if (Double.doubleToRawLongBits(known.values[at])
          == Double.doubleToRawLongBits(incoming.values[i])) {
        already++;
      } else {
        conflicting++;
      }
    }
    incoming.clear();
    if (fresh.size > 0) {
      cameIn.accept(series);
      added += fresh.size;
      from = Math.min(from, fresh.times[0]);
      to = Math.max(to, fresh.times[fresh.size - 1]);
      if (!dry) {
        writer().add(series, fresh.times, new double[][] {fresh.values}, fresh.size);
      }
    }
  }

  private BlockWriter writer() throws IOException {
    BlockWriter known = writer;
    if (known != null) {
      return known;
    }
    folder = engine.freeFolder(begin, end);
    var made = new BlockWriter(folder, 1, 1);
    writer = made;
    return made;
  }

  /**
   * Puts what was added in its place.
   *
   * @throws IOException when it cannot be written; then nothing of it is there
   */
  public Outcome finish() throws IOException, InterruptedException {
    flush();
    BlockWriter block = writer;
    if (block != null) {
      block.finish();
      leave();
      engine.add(folder);
      if (blocksBefore >= MOST_BLOCKS) {
        engine.mergeBlocks();
      }
    }
    return new Outcome(added, already, conflicting, tooOld, tooNew, from, to);
  }

  private void leave() {
    if (open) {
      open = false;
      view.close();
    }
  }

  /** Throws away what is not finished. */
  @Override
  public void close() throws IOException {
    leave();
    BlockWriter block = writer;
    writer = null;
    try {
      if (block != null) {
        block.close();
      }
    } finally {
      engine.backfilling.unlock();
    }
  }
}
