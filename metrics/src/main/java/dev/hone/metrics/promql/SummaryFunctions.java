package dev.hone.metrics.promql;

import dev.hone.metrics.Summaries;
import dev.hone.metrics.Summaries.Column;

/**
 * Functions over a window of buckets. When the window begins and ends where buckets do, they yield
 * what {@link WindowFunctions} yield over the samples, but for the rounding of sums. Variances are
 * put together after Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for
 * Computing Sample Variances", 1979.
 */
final class SummaryFunctions {
  private final Summaries summaries;

  /** First bucket of the window, and one after its last. */
  private int from;

  private int to;

  /** The bucket before, when its last sample lies on the window's beginning; else -1. */
  private int edge;

  private double count;

  SummaryFunctions(Summaries summaries) {
    this.summaries = summaries;
  }

  /** Whether a function can be had from buckets. */
  static boolean answers(Function function) {
    return switch (function) {
      case SUM_OVER_TIME,
          AVG_OVER_TIME,
          MIN_OVER_TIME,
          MAX_OVER_TIME,
          COUNT_OVER_TIME,
          LAST_OVER_TIME,
          PRESENT_OVER_TIME,
          ABSENT_OVER_TIME,
          STDDEV_OVER_TIME,
          STDVAR_OVER_TIME,
          RATE,
          INCREASE,
          DELTA,
          RESETS ->
          true;
      default -> false;
    };
  }

  /** Whether a function doubles when its window does. */
  static boolean grows(Function function) {
    return switch (function) {
      case SUM_OVER_TIME, COUNT_OVER_TIME, INCREASE, DELTA, RESETS -> true;
      default -> false;
    };
  }

  /** The value over {@code [start, end]}, ms; both lie on the edges of buckets. */
  double apply(Function function, long start, long end) {
    from = summaries.firstAfter(start);
    to = summaries.firstAfter(end);
    edge = from - 1;
    if (edge < 0
        || summaries.end(edge) != start
        || summaries.get(Column.COUNT, edge) == 0
        || summaries.lastTime(edge) != start) {
      edge = -1;
    }
    count = edge >= 0 ? 1 : 0;
    for (int i = from; i < to; i++) {
      count += summaries.get(Column.COUNT, i);
    }
    if (count == 0) {
      return Row.ABSENT;
    }
    return switch (function) {
      case COUNT_OVER_TIME -> count;
      case PRESENT_OVER_TIME, ABSENT_OVER_TIME -> 1;
      case SUM_OVER_TIME -> sum();
      case AVG_OVER_TIME -> sum() / count;
      case MIN_OVER_TIME -> least();
      case MAX_OVER_TIME -> greatest();
      case LAST_OVER_TIME -> last();
      case STDVAR_OVER_TIME -> variance();
      case STDDEV_OVER_TIME -> Math.sqrt(variance());
      case RATE -> change(start, end, true, true);
      case INCREASE -> change(start, end, true, false);
      case DELTA -> change(start, end, false, false);
      case RESETS -> resets();
      default -> throw new IllegalStateException(function + " cannot be had from buckets");
    };
  }

  private double sum() {
    double sum = edge >= 0 ? summaries.get(Column.LAST, edge) : 0;
    double rest = 0;
    for (int i = from; i < to; i++) {
      double v = summaries.get(Column.SUM, i);
      double t = sum + v;
      rest += Math.abs(sum) >= Math.abs(v) ? (sum - t) + v : (v - t) + sum;
      sum = t;
    }
    return Double.isFinite(sum) ? sum + rest : sum;
  }

  private double least() {
    double least = edge >= 0 ? summaries.get(Column.LAST, edge) : Double.NaN;
    for (int i = from; i < to; i++) {
      double v = summaries.get(Column.MIN, i);
      if (summaries.get(Column.COUNT, i) > 0 && (v < least || Double.isNaN(least))) {
        least = v;
      }
    }
    return least;
  }

  private double greatest() {
    double greatest = edge >= 0 ? summaries.get(Column.LAST, edge) : Double.NaN;
    for (int i = from; i < to; i++) {
      double v = summaries.get(Column.MAX, i);
      if (summaries.get(Column.COUNT, i) > 0 && (v > greatest || Double.isNaN(greatest))) {
        greatest = v;
      }
    }
    return greatest;
  }

  private int lastBucket() {
    for (int i = to - 1; i >= from; i--) {
      if (summaries.get(Column.COUNT, i) > 0) {
        return i;
      }
    }
    return edge;
  }

  private double last() {
    return summaries.get(Column.LAST, lastBucket());
  }

  private double variance() {
    double n = edge >= 0 ? 1 : 0;
    double mean = edge >= 0 ? summaries.get(Column.LAST, edge) : 0;
    double squares = Double.isFinite(mean) ? 0 : Double.NaN;
    for (int i = from; i < to; i++) {
      double more = summaries.get(Column.COUNT, i);
      if (more > 0) {
        double difference = summaries.get(Column.SUM, i) / more - mean;
        squares +=
            summaries.get(Column.DEVIATION, i) + difference * difference * n * more / (n + more);
        n += more;
        mean += difference * more / n;
      }
    }
    return squares / n;
  }

  private double resets() {
    double resets = 0;
    double previous = edge >= 0 ? summaries.get(Column.LAST, edge) : Double.NaN;
    for (int i = from; i < to; i++) {
      if (summaries.get(Column.COUNT, i) > 0) {
        resets += summaries.get(Column.FIRST, i) < previous ? 1 : 0;
        resets += summaries.get(Column.RESETS, i);
        previous = summaries.get(Column.LAST, i);
      }
    }
    return resets;
  }

  private double change(long start, long end, boolean counter, boolean perSecond) {
    if (count < 2) {
      return Row.ABSENT;
    }
    double first = edge >= 0 ? summaries.get(Column.LAST, edge) : Double.NaN;
    long firstTime = start;
    boolean any = edge >= 0;
    double previous = first;
    double lost = 0;
    for (int i = from; i < to; i++) {
      if (summaries.get(Column.COUNT, i) > 0) {
        double begin = summaries.get(Column.FIRST, i);
        if (!any) {
          any = true;
          first = begin;
          firstTime = summaries.firstTime(i);
        } else if (begin < previous) {
          lost += previous;
        }
        lost += summaries.get(Column.LOST, i);
        previous = summaries.get(Column.LAST, i);
      }
    }
    int last = lastBucket();
    double result = summaries.get(Column.LAST, last) - first;
    if (counter && lost != 0) {
      result += lost;
    }
    return WindowFunctions.extrapolated(
        new WindowFunctions.Change(result, first, (int) count, firstTime, summaries.lastTime(last)),
        start,
        end,
        counter,
        perSecond);
  }
}
