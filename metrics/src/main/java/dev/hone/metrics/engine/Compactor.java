package dev.hone.metrics.engine;

import dev.hone.metrics.Labels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Moves samples from the head into blocks, merges blocks, deletes old ones. For one thread. */
final class Compactor {
  private static final long WAIT_SECONDS = 300;

  private final Engine engine;
  private final TierCompactor tiers;
  private final Expiry expiry;
  private long lastCutoff = Long.MIN_VALUE;

  /** How many imports are under way. */
  final AtomicInteger imports = new AtomicInteger();

  Compactor(Engine engine) {
    this.engine = engine;
    this.tiers = new TierCompactor(engine, this);
    this.expiry = new Expiry(engine, this);
  }

  /**
   * Does what is due.
   *
   * @param late whether late samples for times that have a block already are moved too
   */
  synchronized void run(boolean late) throws IOException, InterruptedException {
    long span = EngineOptions.BLOCK_SPAN.toMillis();
    long newest = engine.head.maxTime();
    if (newest != Long.MIN_VALUE) {
      long cutoff = Math.floorDiv(newest - span / 2, span) * span;
      if (cutoff > lastCutoff || late) {
        moveBefore(cutoff, span);
        lastCutoff = cutoff;
      }
    }
    merge();
    if (imports.get() == 0) {
      try {
        tiers.run(daysThatAreOver());
      } finally {
        expiry.run();
      }
    }
  }

  /** Puts a finished block beside the others. */
  synchronized void add(Block block) {
    var blocks = new ArrayList<>(engine.views.blocks());
    blocks.add(block);
    engine.views.replace(blocks);
  }

  /** Merges blocks of days that are over. */
  synchronized void mergeBlocks() throws IOException, InterruptedException {
    merge();
  }

  private void moveBefore(long cutoff, long span) throws IOException, InterruptedException {
    SortedSet<Long> spans = engine.head.spansBefore(cutoff);
    if (spans.isEmpty()) {
      return;
    }
    engine.head.beginCompaction(cutoff);
    spans = engine.head.spansBefore(cutoff);
    List<HeadSeries> sorted = engine.head.sorted();
    List<HeadSeries.Finished> chunks = engine.head.finished(sorted, Long.MIN_VALUE, cutoff);
    var added = new ArrayList<Block>();
    try {
      for (long begin : spans) {
        Path folder = freeFolder("", begin, begin + span, 1);
        if (copy(sorted, chunks, begin - 1, begin + span - 1, folder)) {
          added.add(Block.open(folder));
        }
      }
    } catch (IOException | RuntimeException e) {
      added.forEach(Block::delete);
      throw e;
    }
    var blocks = new ArrayList<>(engine.views.blocks());
    blocks.addAll(added);
    Views.View old = engine.views.replace(blocks);
    if (!old.awaitIdle(WAIT_SECONDS)) {
      engine.notices.accept(
          "a query has run for more than %d s; memory is freed later".formatted(WAIT_SECONDS));
      return;
    }
    engine.ingest.lock.lock();
    try {
      engine.head.endCompaction();
    } finally {
      engine.ingest.lock.unlock();
    }
    engine.ingest.checkpoint();
  }

  /** Writes samples of the head in {@code (from, to]} as a block, if there are any. */
  private boolean copy(
      List<HeadSeries> sorted, List<HeadSeries.Finished> chunks, long from, long to, Path folder)
      throws IOException {
    var reader = new ChunkReader();
    var buffer = new SampleBuffer();
    try (var writer = new BlockWriter(folder, 1, 1)) {
      for (int i = 0; i < sorted.size(); i++) {
        HeadSeries series = sorted.get(i);
        buffer.clear();
        engine.head.read(series, chunks.get(i), from, to, reader, buffer);
        writer.add(series.labels, buffer.times, new double[][] {buffer.values}, buffer.size);
      }
      if (writer.seriesCount() == 0) {
        return false;
      }
      writer.finish();
      return true;
    }
  }

  /** A name for a block that none has, and that no tier names as its source. */
  Path freeFolder(String prefix, long begin, long end, int level) {
    Path parent = engine.folder.resolve(Recovery.BLOCKS);
    for (int i = 0; ; i++) {
      String name = prefix + "%d-%d-%d-%d".formatted(begin, end, level, i);
      if (!Files.exists(parent.resolve(name))
          && engine.views.blocks().stream()
              .noneMatch(b -> b.identity().equals(name) || b.meta().sources().contains(name))) {
        return parent.resolve(name);
      }
    }
  }

  /** The blocks of raw samples of each day that is over, by the day's number since the epoch. */
  private Map<Long, List<Block>> daysThatAreOver() {
    long span = EngineOptions.MERGED_SPAN.toMillis();
    long newest = engine.head.maxTime();
    Map<Long, List<Block>> days = new TreeMap<>();
    for (Block block : engine.views.blocks()) {
      long day = Math.floorDiv(block.meta().minTime(), span);
      boolean over = newest == Long.MIN_VALUE || (day + 1) * span + span / 12 <= newest;
      if (block.meta().isRaw() && over && Math.floorDiv(block.meta().maxTime(), span) == day) {
        days.computeIfAbsent(day, d -> new ArrayList<>()).add(block);
      }
    }
    return days;
  }

  /** Makes one block of those that lie in the same day once the day is over. */
  private void merge() throws IOException, InterruptedException {
    long span = EngineOptions.MERGED_SPAN.toMillis();
    for (var day : daysThatAreOver().entrySet()) {
      if (day.getValue().size() > 1) {
        long begin = day.getKey() * span;
        Path folder = freeFolder("", begin, begin + span, 2);
        merge(day.getValue(), folder);
        replace(day.getValue(), List.of(Block.open(folder)));
      }
    }
  }

  static void merge(List<Block> blocks, Path folder) throws IOException {
    var queue =
        new PriorityQueue<BlockCursor>(
            Comparator.<BlockCursor, Labels>comparing(s -> s.labels)
                .thenComparingLong(s -> s.block.meta().minTime()));
    for (Block block : blocks) {
      if (block.seriesCount() > 0) {
        queue.add(new BlockCursor(block));
      }
    }
    var buffer = new SampleBuffer();
    var other = new SampleBuffer();
    try (var writer = new BlockWriter(folder, 1, 2)) {
      while (!queue.isEmpty()) {
        Labels labels = queue.element().labels;
        buffer.clear();
        while (!queue.isEmpty() && queue.element().labels.equals(labels)) {
          BlockCursor source = queue.remove();
          other.clear();
          source.reader.read(source.series, 0, Long.MIN_VALUE, Long.MAX_VALUE, other);
          buffer.merge(other);
          if (source.advance()) {
            queue.add(source);
          }
        }
        writer.add(labels, buffer.times, new double[][] {buffer.values}, buffer.size);
      }
      writer.finish();
    }
  }

  /** Puts other blocks in the place of some, which are deleted when nobody reads them. */
  void replace(List<Block> gone, List<Block> added) throws InterruptedException {
    var blocks = new ArrayList<>(engine.views.blocks());
    blocks.removeAll(gone);
    blocks.addAll(added);
    if (engine.views.replace(blocks).awaitIdle(WAIT_SECONDS)) {
      gone.forEach(Block::delete);
    } else {
      engine.notices.accept("old blocks are still read; they are merged again at the next start");
    }
  }

  synchronized Path snapshot(String name) throws IOException, InterruptedException {
    Path parent = Files.createDirectories(engine.folder.resolve("snapshots"));
    for (Path entry : Folders.list(parent)) {
      if (String.valueOf(entry.getFileName()).endsWith(BlockWriter.TEMPORARY)) {
        Folders.deleteTree(entry);
      }
    }
    Path temporary = parent.resolve(name + BlockWriter.TEMPORARY);
    try {
      Path blocks = Files.createDirectories(temporary.resolve(Recovery.BLOCKS));
      copyHead(blocks);
      try (var view = engine.views.open()) {
        for (Block block : view.blocks()) {
          Path copy = Files.createDirectories(blocks.resolve(block.folder().getFileName()));
          for (Path file : Folders.list(block.folder())) {
            Files.createLink(copy.resolve(file.getFileName()), file);
          }
          WriteLog.syncFolder(copy);
        }
      }
      RetentionHistory.copy(engine.folder, temporary);
      List<String> names =
          Folders.list(blocks).stream().map(b -> b.getFileName().toString()).toList();
      Folders.replace(temporary.resolve(Engine.SNAPSHOT_CONTENTS), String.join("\n", names));
      WriteLog.syncFolder(blocks);
      WriteLog.syncFolder(temporary);
      Path folder = Files.move(temporary, parent.resolve(name));
      WriteLog.syncFolder(parent);
      return folder;
    } catch (IOException | RuntimeException e) {
      Folders.deleteTree(temporary);
      throw e;
    }
  }

  /** Writes the head as the blocks it would become, under names that no block has. */
  private void copyHead(Path blocks) throws IOException {
    long span = EngineOptions.BLOCK_SPAN.toMillis();
    long newest = engine.head.maxTime();
    if (newest == Long.MIN_VALUE) {
      return;
    }
    List<HeadSeries> sorted = engine.head.sorted();
    List<HeadSeries.Finished> chunks = engine.head.finished(sorted, Long.MIN_VALUE, newest);
    for (long begin : engine.head.spansBefore(newest + span)) {
      Path name = freeFolder("", begin, begin + span, 1).getFileName();
      copy(sorted, chunks, begin - 1, Math.min(newest, begin + span - 1), blocks.resolve(name));
    }
  }
}
