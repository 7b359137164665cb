package dev.hone.metrics.promql;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.Summaries;
import dev.hone.metrics.Summaries.Column;
import dev.hone.metrics.SummaryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Answers from tiers instead of samples: where all windows begin and end with buckets, because that
 * reads less and is exact; and where samples are not kept any more, because there is nothing else.
 * What is then not exact comes with a warning; what buckets cannot tell is answered from the
 * samples that are left, with a warning too.
 */
final class Tiering {
  /** Shorter times are read from samples: tiers of the present day are not written yet. */
  private static final long WORTHWHILE = Duration.ofHours(26).toMillis();

  private final SummaryStore store;
  private final Samples samples;
  private final Budget budget;

  Tiering(SummaryStore store, Samples samples, Budget budget) {
    this.store = store;
    this.samples = samples;
    this.budget = budget;
  }

  /**
   * A part of a grid.
   *
   * @param from its first moment
   * @param to one after its last
   * @param resolution the length of the buckets, or {@link SummaryStore#RAW}
   * @param exact whether windows begin and end with buckets
   */
  private record Part(int from, int to, long resolution, boolean exact) {
    Grid of(Grid grid) {
      return new Grid(grid.time(from), grid.step(), to - from);
    }

    boolean isRaw() {
      return resolution == SummaryStore.RAW;
    }
  }

  /**
   * The value of a function over the window before each moment, of every series.
   *
   * @param function one that {@link SummaryFunctions#answers}
   */
  void windows(
      List<Matcher> matchers,
      Grid moments,
      long range,
      Function function,
      Samples.Windows.Each each,
      BiConsumer<Labels, double[]> sink) {
    List<Part> parts = plan(matchers, moments, range, function.text());
    var whole = new Whole(moments.steps(), parts.size() == 1, sink);
    boolean counter = function == Function.RATE || function == Function.INCREASE;
    for (Part part : parts) {
      Grid grid = part.of(moments);
      if (part.isRaw()) {
        samples.windows(
            matchers,
            grid,
            range,
            grid,
            (labels, windows) ->
                whole.add(part, labels, (counter ? windows.prepared() : windows).values(each)));
      } else {
        fromBuckets(part, matchers, grid, range, function, whole);
      }
    }
    whole.finish();
  }

  private void fromBuckets(
      Part part, List<Matcher> matchers, Grid grid, long range, Function function, Whole whole) {
    long resolution = part.resolution();
    store.summaries(
        matchers,
        resolution,
        down(grid.start() - range, resolution) - resolution,
        up(grid.end(), resolution),
        (labels, summaries) -> {
          budget.read(summaries.size());
          var functions = new SummaryFunctions(summaries);
          var values = new double[grid.steps()];
          for (int i = 0; i < values.length; i++) {
            values[i] = value(part, functions, function, grid.time(i), range);
          }
          whole.add(part, labels, values);
        });
  }

  /** The value of a window; of the buckets that it touches when it does not end with them. */
  private static double value(
      Part part, SummaryFunctions functions, Function function, long time, long range) {
    if (part.exact()) {
      return functions.apply(function, time - range, time);
    }
    long resolution = part.resolution();
    boolean last = function == Function.LAST_OVER_TIME;
    long end = last ? down(time, resolution) : up(time, resolution);
    long start = Math.min(down(time - range, resolution), end - resolution);
    double value = functions.apply(function, start, end);
    return Row.isAbsent(value) || !SummaryFunctions.grows(function)
        ? value
        : value * range / (end - start);
  }

  /** The newest sample of each series at each moment, as {@link Samples#newest}. */
  void newest(List<Matcher> matchers, Grid moments, Samples.NewestSink sink) {
    long lookBack = budget.limits().lookBack().toMillis();
    List<Part> parts = plan(matchers, moments, lookBack, "");
    if (parts.size() == 1 && parts.getFirst().isRaw()) {
      samples.newest(matchers, moments, sink);
      return;
    }
    Map<Labels, long[]> times = new LinkedHashMap<>();
    var whole =
        new Whole(
            moments.steps(),
            false,
            (labels, values) ->
                sink.accept(labels, values, times.getOrDefault(labels, new long[values.length])));
    for (Part part : parts) {
      Grid grid = part.of(moments);
      Samples.NewestSink add =
          (labels, values, from) -> {
            long[] all = times.computeIfAbsent(labels, l -> new long[moments.steps()]);
            System.arraycopy(from, 0, all, part.from(), from.length);
            whole.add(part, labels, values);
          };
      if (part.isRaw()) {
        samples.newest(matchers, grid, add);
      } else {
        newestInBuckets(part, matchers, grid, lookBack, add);
      }
    }
    whole.finish();
  }

  private void newestInBuckets(
      Part part, List<Matcher> matchers, Grid grid, long lookBack, Samples.NewestSink sink) {
    long resolution = part.resolution();
    store.summaries(
        matchers,
        resolution,
        down(grid.start(), resolution) - 2 * resolution,
        down(grid.end(), resolution),
        (labels, summaries) -> {
          budget.read(summaries.size());
          double[] values = Row.absent(grid.steps());
          var times = new long[grid.steps()];
          boolean any = false;
          for (int i = 0; i < values.length; i++) {
            long time = grid.time(i);
            int bucket = newest(summaries, time, part.exact() ? lookBack : resolution);
            if (bucket >= 0) {
              values[i] = summaries.get(Column.LAST, bucket);
              times[i] = summaries.lastTime(bucket);
              any = true;
            }
          }
          if (any) {
            sink.accept(labels, values, times);
          }
        });
  }

  /** The bucket whose last sample is the newest at a time and not too old; or -1. */
  private static int newest(Summaries summaries, long time, long lookBack) {
    long end = down(time, summaries.resolution());
    int bucket = summaries.firstAfter(end) - 1;
    if (bucket < 0 || summaries.get(Column.ENDED, bucket) != 0) {
      return -1;
    }
    return summaries.lastTime(bucket) >= end - lookBack ? bucket : -1;
  }

  /** Warns when samples of a range that buckets cannot stand for are not all there any more. */
  void checkSamples(List<Matcher> matchers, Grid moments, long range) {
    long since = store.completeSince(matchers, SummaryStore.RAW);
    if (moments.start() - range < since) {
      budget.warn(
          "samples are kept since %s; before that there are only buckets, which do not tell what this function needs"
              .formatted(Instant.ofEpochMilli(since)));
    }
  }

  private List<Part> plan(List<Matcher> matchers, Grid moments, long range, String function) {
    long earliest = moments.start() - range;
    long rawSince = store.completeSince(matchers, SummaryStore.RAW);
    boolean newest = function.isEmpty();
    if (moments.end() - earliest >= WORTHWHILE || earliest < rawSince) {
      for (long resolution : store.resolutions().reversed()) {
        if (aligned(moments, newest ? 0 : range, resolution)
            && (!newest || range <= resolution)
            && store.completeSince(matchers, resolution) <= earliest) {
          return List.of(new Part(0, moments.steps(), resolution, true));
        }
      }
    }
    if (earliest >= rawSince || store.resolutions().isEmpty()) {
      return List.of(new Part(0, moments.steps(), SummaryStore.RAW, true));
    }
    return parts(matchers, moments, range, function, rawSince);
  }

  /** The finest that is still there for each moment. */
  private List<Part> parts(
      List<Matcher> matchers, Grid moments, long range, String function, long rawSince) {
    List<Long> resolutions = store.resolutions();
    var since = new long[resolutions.size()];
    for (int i = 0; i < since.length; i++) {
      since[i] = store.completeSince(matchers, resolutions.get(i));
    }
    var parts = new ArrayList<Part>();
    for (int from = 0; from < moments.steps(); ) {
      long resolution = finest(resolutions, since, moments.time(from) - range, rawSince);
      int to = from + 1;
      while (to < moments.steps()
          && finest(resolutions, since, moments.time(to) - range, rawSince) == resolution) {
        to++;
      }
      var grid = new Grid(moments.time(from), moments.step(), to - from);
      boolean newest = function.isEmpty();
      boolean exact =
          resolution == SummaryStore.RAW
              || (aligned(grid, newest ? 0 : range, resolution)
                  && (!newest || range <= resolution));
      if (!exact) {
        budget.warn(
            "values until %s come from buckets of %s, because samples are kept since %s; %s"
                .formatted(
                    Instant.ofEpochMilli(grid.end()),
                    Durations.text(resolution),
                    Instant.ofEpochMilli(rawSince),
                    newest
                        ? "each is the last of the bucket before"
                        : function + " is taken over the buckets that its window touches"));
      }
      parts.add(new Part(from, to, resolution, exact));
      from = to;
    }
    return parts;
  }

  private static long finest(List<Long> resolutions, long[] since, long time, long rawSince) {
    if (time >= rawSince) {
      return SummaryStore.RAW;
    }
    for (int i = 0; i < since.length; i++) {
      if (time >= since[i]) {
        return resolutions.get(i);
      }
    }
    return resolutions.getLast();
  }

  private static boolean aligned(Grid moments, long range, long resolution) {
    return range % resolution == 0
        && moments.start() % resolution == 0
        && (moments.steps() == 1 || moments.step() % resolution == 0);
  }

  private static long down(long time, long resolution) {
    return Math.floorDiv(time, resolution) * resolution;
  }

  private static long up(long time, long resolution) {
    return Math.ceilDiv(time, resolution) * resolution;
  }

  /** Puts the values of several parts of a grid together, series by series. */
  private final class Whole {
    private final int steps;
    private final boolean one;
    private final BiConsumer<Labels, double[]> sink;
    private final Map<Labels, double[]> rows = new LinkedHashMap<>();

    Whole(int steps, boolean one, BiConsumer<Labels, double[]> sink) {
      this.steps = steps;
      this.one = one;
      this.sink = sink;
    }

    void add(Part part, Labels labels, double[] values) {
      if (one) {
        sink.accept(labels, values);
        return;
      }
      double[] all =
          rows.computeIfAbsent(
              labels,
              l -> {
                budget.hold(steps);
                return Row.absent(steps);
              });
      System.arraycopy(values, 0, all, part.from(), values.length);
    }

    void finish() {
      rows.forEach(sink);
    }
  }
}
