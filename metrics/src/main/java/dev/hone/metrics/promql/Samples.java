package dev.hone.metrics.promql;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import java.util.List;

/** Reads samples of the store and places them on a grid of moments. */
final class Samples {
  /** Takes a series with its value at each moment and the time that value is from. */
  interface NewestSink {
    void accept(Labels labels, double[] values, long[] times);
  }

  /** Takes a series and computes for it, window by window. */
  interface WindowSink {
    /**
     * A series.
     *
     * @param windows moves its window from moment to moment
     */
    void accept(Labels labels, Windows windows);
  }

  private final MetricStore store;
  private final Budget budget;

  Samples(MetricStore store, Budget budget) {
    this.store = store;
    this.budget = budget;
  }

  /** The newest sample of each series at each moment, unless it is too old or marks an end. */
  void newest(List<Matcher> matchers, Grid moments, NewestSink sink) {
    long lookBack = budget.limits().lookBack().toMillis();
    boolean single = moments.steps() == 1;
    store.scan(
        matchers,
        moments.start() - lookBack - 1,
        moments.end(),
        single,
        (labels, times, values, count) -> {
          budget.read(count);
          double[] result = Row.absent(moments.steps());
          long[] from = new long[moments.steps()];
          boolean any = false;
          int next = 0;
          for (int i = 0; i < result.length; i++) {
            long time = moments.time(i);
            while (next < count && times[next] <= time) {
              next++;
            }
            if (next > 0 && times[next - 1] >= time - lookBack && !Row.isStale(values[next - 1])) {
              result[i] = values[next - 1];
              from[i] = times[next - 1];
              any = true;
            }
          }
          if (any) {
            sink.accept(labels, result, from);
          }
        });
  }

  /** The window before each moment, of every series. */
  void windows(List<Matcher> matchers, Grid moments, long range, Grid grid, WindowSink sink) {
    var window = new WindowFunctions.Window();
    store.scan(
        matchers,
        moments.start() - range - 1,
        moments.end(),
        false,
        (labels, times, values, count) -> {
          budget.read(count);
          int kept = 0;
          for (int i = 0; i < count; i++) {
            if (!Row.isStale(values[i])) {
              times[kept] = times[i];
              values[kept++] = values[i];
            }
          }
          if (kept > 0) {
            window.times = times;
            window.values = values;
            sink.accept(labels, new Windows(window, kept, moments, range, grid));
          }
        });
  }

  /** The window before each moment over the values of an inner result. */
  void windows(Row row, Grid inner, Grid moments, long range, Grid grid, WindowSink sink) {
    var window = new WindowFunctions.Window();
    window.times = new long[inner.steps()];
    window.values = new double[inner.steps()];
    int kept = 0;
    for (int i = 0; i < inner.steps(); i++) {
      if (!Row.isAbsent(row.values()[i])) {
        window.times[kept] = inner.time(i);
        window.values[kept++] = row.values()[i];
      }
    }
    if (kept > 0) {
      sink.accept(row.labels(), new Windows(window, kept, moments, range, grid));
    }
  }

  /** Moves the window of one series over the moments. */
  static final class Windows {
    private final WindowFunctions.Window window;
    private final int count;
    private final Grid moments;
    private final long range;
    private final Grid grid;

    Windows(WindowFunctions.Window window, int count, Grid moments, long range, Grid grid) {
      this.window = window;
      this.count = count;
      this.moments = moments;
      this.range = range;
      this.grid = grid;
    }

    /** A function of a window, and of the step of the query. */
    interface Each {
      double apply(WindowFunctions.Window window, int step);
    }

    /** Sums up resets beforehand, for functions of counters. */
    Windows prepared() {
      window.prepare(count);
      return this;
    }

    /** All samples at the only moment, as times and values. */
    long[] times() {
      return java.util.Arrays.copyOf(window.times, count);
    }

    double[] values() {
      return java.util.Arrays.copyOf(window.values, count);
    }

    /** The values of a function; absent where a window has no sample. */
    double[] values(Each each) {
      double[] result = Row.absent(grid.steps());
      window.from = 0;
      window.to = 0;
      for (int i = 0; i < result.length; i++) {
        long end = moments.time(Math.min(i, moments.steps() - 1));
        window.end = end;
        window.start = end - range;
        window.now = grid.time(i);
        while (window.to < count && window.times[window.to] <= end) {
          window.to++;
        }
        while (window.from < window.to && window.times[window.from] < window.start) {
          window.from++;
        }
        if (window.from < window.to) {
          result[i] = each.apply(window, i);
        }
      }
      return result;
    }
  }
}
