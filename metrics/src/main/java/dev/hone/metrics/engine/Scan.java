package dev.hone.metrics.engine;

import dev.hone.metrics.LabelTest;
import dev.hone.metrics.Labels;
import dev.hone.metrics.SeriesVisitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One pass over the series of head and blocks that fulfil conditions, each shown once. */
final class Scan {
  /** A series in a block. */
  private record Place(int block, int series) {}

  private final Head head;
  private final List<Block> blocks;
  private final long from;
  private final long to;
  private final boolean newestOnly;
  private final SeriesVisitor visitor;
  private final ChunkReader reader = new ChunkReader();
  private final SampleBuffer buffer = new SampleBuffer();

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
    List<HeadSeries> inHead = head.select(tests);
    if (blocks.isEmpty()) {
      for (HeadSeries series : inHead) {
        readHead(series);
        show(series.labels);
      }
      return;
    }
    var readers = blocks.stream().map(Block::reader).toList();
    Map<Labels, List<Place>> places = new TreeMap<>();
    for (int b = 0; b < blocks.size(); b++) {
      for (int series : blocks.get(b).select(tests)) {
        places
            .computeIfAbsent(blocks.get(b).labels(series), l -> new ArrayList<>(blocks.size()))
            .add(new Place(b, series));
      }
    }
    for (HeadSeries series : inHead) {
      List<Place> held = places.remove(series.labels);
      if (held != null) {
        readBlocks(readers, held);
      }
      mergeHead(series);
      show(series.labels);
    }
    places.forEach(
        (labels, held) -> {
          readBlocks(readers, held);
          show(labels);
        });
  }

  private void readHead(HeadSeries series) {
    if (newestOnly) {
      head.readNewest(series, from, to, reader, buffer);
    } else {
      head.read(series, from, to, reader, buffer);
    }
  }

  private void readBlocks(List<Block.Reader> readers, List<Place> places) {
    for (Place place : places) {
      if (buffer.size == 0
          || blocks.get(place.block).meta().minTime() > buffer.times[buffer.size - 1]) {
        readers.get(place.block).read(place.series, 0, from, to, buffer);
      } else {
        var other = new SampleBuffer();
        readers.get(place.block).read(place.series, 0, from, to, other);
        buffer.merge(other);
      }
    }
  }

  /** Reads a head series after what its blocks gave. */
  private void mergeHead(HeadSeries series) {
    if (buffer.size == 0) {
      readHead(series);
      return;
    }
    var other = new SampleBuffer();
    head.read(series, from, to, reader, other);
    buffer.merge(other);
  }

  private void show(Labels labels) {
    if (buffer.size > 0) {
      visitor.visit(labels, buffer.times, buffer.values, buffer.size);
      buffer.clear();
    }
  }
}
