package dev.hone.metrics.prometheus;

import dev.hone.metrics.Labels;
import dev.hone.metrics.engine.Backfill;
import dev.hone.metrics.engine.Engine;
import dev.hone.metrics.engine.EngineOptions;
import dev.hone.metrics.wire.MalformedException;
import dev.hone.metrics.wire.Names;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.roaringbitmap.RoaringBitmap;

/**
 * Brings samples of any age into the store, a span of time after the other, each of which is there
 * as a whole or not at all. What the store holds already stays, so that an import that was
 * interrupted can be repeated.
 */
public final class Import {
  private static final int MOST_NOTICES = 20;

  private final Engine engine;
  private final boolean dry;
  private final Progress progress;
  private final long span;
  private final Set<String> notices = new LinkedHashSet<>();

  /** The series that came in, each by 32 bits of a hash: few among many share one. */
  private final RoaringBitmap series = new RoaringBitmap();

  private Backfill.Outcome outcome = Backfill.Outcome.NONE;
  private long histogramChunks;

  /** What a file holds. */
  public enum Format {
    /** Told by its end: {@code # EOF} makes it OpenMetrics. */
    AUTO,
    /** OpenMetrics 1.0: times in seconds. */
    OPENMETRICS,
    /** Prometheus' text 0.0.4: times in milliseconds. */
    TEXT
  }

  /** Is told how far an import is. */
  public interface Progress {
    /**
     * After each span.
     *
     * @param share how much of the path has been read, 0 to 1, or NaN when that is not known
     * @throws IOException to end the import
     */
    void at(Path path, double share, ImportReport soFar) throws IOException;
  }

  /** An import into a store; with {@code dry} it only counts what would come in. */
  public Import(Engine engine, boolean dry, Progress progress) {
    this.engine = engine;
    this.dry = dry;
    this.progress = progress;
    this.span = EngineOptions.MERGED_SPAN.toMillis();
  }

  /** What has come in. */
  public ImportReport report() {
    return new ImportReport(
        series.getLongCardinality(), outcome, histogramChunks, List.copyOf(notices));
  }

  /**
   * Brings in a data folder of Prometheus, one block of it, or a file of text with times.
   *
   * @param format of a file
   * @throws MalformedException when it is none of these or damaged; what came in before stays
   * @throws IOException when it cannot be read, or the store not be written
   */
  public void path(Path path, Format format) throws IOException, InterruptedException {
    engine.beginImport();
    try {
      whole(path, format);
    } finally {
      engine.endImport();
    }
  }

  private void whole(Path path, Format format) throws IOException, InterruptedException {
    if (Files.isRegularFile(path)) {
      try (var in = Files.newInputStream(path)) {
        boolean openMetrics =
            format == Format.AUTO ? TextSamples.isOpenMetrics(path) : format == Format.OPENMETRICS;
        text(path, in, Files.size(path), openMetrics);
      }
      return;
    }
    List<PrometheusBlock.Place> places = places(path);
    boolean hasLog = Files.isDirectory(path.resolve("wal"));
    if (places.isEmpty() && hasLog) {
      throw new MalformedException(
          "`%s` holds no block yet: all its samples lie in its wal; take a snapshot of Prometheus (POST /api/v1/admin/tsdb/snapshot) and import that"
              .formatted(path));
    } else if (places.isEmpty()) {
      throw new MalformedException(
          "`%s` is no file, and no folder with blocks of Prometheus (folders with a meta.json)"
              .formatted(path));
    }
    if (hasLog) {
      notices.add(
          "the newest samples of `%s` lie in its wal and did not come in; a snapshot of Prometheus (POST /api/v1/admin/tsdb/snapshot) holds them too"
              .formatted(path));
    }
    blocks(path, places);
  }

  private static List<PrometheusBlock.Place> places(Path path) throws IOException {
    var places = new ArrayList<PrometheusBlock.Place>();
    if (Files.exists(path.resolve(PrometheusBlock.META))) {
      places.add(PrometheusBlock.Place.of(path));
    } else if (Files.isDirectory(path)) {
      try (var folders = Files.newDirectoryStream(path, Files::isDirectory)) {
        for (Path folder : folders) {
          boolean unfinished = String.valueOf(folder.getFileName()).contains(".tmp");
          if (!unfinished && Files.exists(folder.resolve(PrometheusBlock.META))) {
            places.add(PrometheusBlock.Place.of(folder));
          }
        }
      }
    }
    places.sort(Comparator.comparingLong(PrometheusBlock.Place::from));
    return places;
  }

  private void blocks(Path path, List<PrometheusBlock.Place> places)
      throws IOException, InterruptedException {
    long first = Math.floorDiv(places.getFirst().from(), span);
    long last = first;
    for (var place : places) {
      last = Math.max(last, Math.floorDiv(place.to() - 1, span));
    }
    if (last * span > engine.newestTaken()) {
      last = Math.floorDiv(engine.newestTaken(), span);
      notices.add("samples of `%s` lie in the future and were left out".formatted(path));
    }
    long kept = Math.floorDiv(engine.oldestKept(), span);
    if (first < kept) {
      tooOld(path, Instant.ofEpochMilli(Math.min(kept, last + 1) * span));
    }
    var open = new OpenBlocks(places);
    try {
      for (long number = Math.max(first, kept); number <= last; number++) {
        List<PrometheusBlock> blocks = open.overlapping(number * span, (number + 1) * span);
        if (!blocks.isEmpty()) {
          merge(blocks, number * span);
        }
        progress.at(path, (double) (number - first + 1) / (last - first + 1), report());
      }
    } finally {
      open.close();
    }
  }

  private void tooOld(Path path, Instant before) {
    notices.add(
        "samples of `%s` before %s are older than anything is kept (%d days) and were left out; set `metrics: retention: daily:` in hone.yaml to more, start Hone anew and import again"
            .formatted(path, before, engine.options().retention().longest().toDays()));
  }

  /** The blocks that are being read; each is opened once. */
  private static final class OpenBlocks {
    private final List<PrometheusBlock.Place> waiting;
    private final List<PrometheusBlock.Place> places = new ArrayList<>();
    private final List<PrometheusBlock> blocks = new ArrayList<>();

    OpenBlocks(List<PrometheusBlock.Place> places) {
      this.waiting = new ArrayList<>(places);
    }

    List<PrometheusBlock> overlapping(long from, long to) throws IOException {
      for (int i = blocks.size() - 1; i >= 0; i--) {
        if (places.get(i).to() <= from) {
          places.remove(i);
          blocks.remove(i).close();
        }
      }
      while (!waiting.isEmpty() && waiting.getFirst().from() < to) {
        var next = waiting.removeFirst();
        if (next.to() > from) {
          blocks.add(new PrometheusBlock(next.folder()));
          places.add(next);
        }
      }
      return blocks;
    }

    void close() {
      blocks.forEach(PrometheusBlock::close);
    }
  }

  /** Brings in one span of several blocks, series by series. */
  private void merge(List<PrometheusBlock> blocks, long begin)
      throws IOException, InterruptedException {
    var queue = new PriorityQueue<PrometheusBlock>(Comparator.comparing(PrometheusBlock::labels));
    for (PrometheusBlock block : blocks) {
      block.rewind();
      if (block.next()) {
        queue.add(block);
      }
    }
    try (var backfill = engine.backfill(begin, dry, this::cameIn)) {
      while (!queue.isEmpty()) {
        PrometheusBlock block = queue.remove();
        Labels labels = block.labels();
        if (allowed(labels)) {
          block.read(
              begin,
              begin + span,
              (times, values, from, to) -> backfill.add(labels, times, values, from, to));
        }
        if (block.next()) {
          queue.add(block);
        }
      }
      outcome = outcome.plus(backfill.finish());
    }
    for (PrometheusBlock block : blocks) {
      histogramChunks += block.histogramChunks;
      block.histogramChunks = 0;
    }
  }

  private boolean allowed(Labels labels) {
    try {
      Names.check(labels.asMap());
      return true;
    } catch (IllegalArgumentException e) {
      if (notices.size() < MOST_NOTICES) {
        notices.add("a series was left out: " + e.getMessage());
      }
      return false;
    }
  }

  private void cameIn(Labels labels) {
    long hash = 0;
    for (int i = 0; i < labels.size(); i++) {
      hash = mix(mix(hash, labels.labelName(i)), labels.labelValue(i));
    }
    series.add((int) (hash >>> 32));
  }

  private static long mix(long hash, String text) {
    long mixed = (hash ^ text.hashCode()) * 0x9E3779B97F4A7C15L;
    return mixed ^ mixed >>> 29;
  }

  /**
   * Brings in text with times.
   *
   * @param size of the text in bytes, or a negative number when that is not known
   * @param openMetrics whether it is OpenMetrics, with times in seconds, rather than Prometheus'
   *     text with times in milliseconds
   * @throws MalformedException with the line when it is not in the format
   */
  public void text(Path path, InputStream in, long size, boolean openMetrics)
      throws IOException, InterruptedException {
    engine.beginImport();
    try {
      batches(path, in, size, openMetrics);
    } finally {
      engine.endImport();
    }
  }

  private void batches(Path path, InputStream in, long size, boolean openMetrics)
      throws IOException, InterruptedException {
    var samples = new TextSamples(in, openMetrics);
    while (samples.readBatch()) {
      List<Labels> sorted = samples.series();
      sorted.removeIf(labels -> !allowed(labels));
      for (long number : samples.spans(span)) {
        try (var backfill = engine.backfill(number * span, dry, this::cameIn)) {
          for (Labels labels : sorted) {
            samples.add(labels, number * span, (number + 1) * span, backfill);
          }
          Backfill.Outcome one = backfill.finish();
          outcome = outcome.plus(one);
          if (one.tooOld() > 0) {
            tooOld(path, Instant.ofEpochMilli(engine.oldestKept()).truncatedTo(ChronoUnit.DAYS));
          }
        }
      }
      progress.at(path, size > 0 ? (double) samples.bytesRead() / size : Double.NaN, report());
    }
    if (openMetrics && !samples.ended()) {
      notices.add(
          "`%s` has no `# EOF` at its end and may be cut off; what was there came in"
              .formatted(path));
    }
    if (outcome.tooNew() > 0) {
      notices.add("samples of `%s` lie in the future and were left out".formatted(path));
    }
  }
}
