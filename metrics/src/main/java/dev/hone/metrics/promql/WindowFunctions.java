package dev.hone.metrics.promql;

import java.util.Arrays;

/**
 * The functions over a window of samples, with the arithmetic of Prometheus 2.42
 * (promql/functions.go): compensated sums after Neumaier, means that do not overflow, rates
 * extrapolated to the ends of the window.
 */
final class WindowFunctions {
  private WindowFunctions() {}

  /** The samples of one series, and the window in them. */
  static final class Window {
    long[] times = new long[0];
    double[] values = new double[0];

    /** First sample of the window. */
    int from;

    /** One after its last. */
    int to;

    /** Where the window begins and ends, ms. */
    long start;

    long end;

    /** The moment of evaluation, ms. */
    long now;

    /** What has been lost at resets up to each sample, or null when the series has none. */
    double @org.jspecify.annotations.Nullable [] lost;

    int size() {
      return to - from;
    }

    /** Sums up what resets took away, so that the increase of a window needs its ends alone. */
    void prepare(int count) {
      lost = null;
      for (int i = 1; i < count; i++) {
        if (values[i] < values[i - 1]) {
          prepareResets(count);
          return;
        }
      }
    }

    private void prepareResets(int count) {
      var sums = new double[count];
      for (int i = 1; i < count; i++) {
        sums[i] = sums[i - 1] + (values[i] < values[i - 1] ? values[i - 1] : 0);
      }
      lost = sums;
    }
  }

  static double rate(Window w, boolean counter, boolean perSecond) {
    int count = w.size();
    if (count < 2) {
      return Row.ABSENT;
    }
    double first = w.values[w.from];
    double result = w.values[w.to - 1] - first;
    double[] lost = w.lost;
    if (counter && lost != null) {
      double sum = lost[w.to - 1] - lost[w.from];
      if (Double.isFinite(lost[w.to - 1]) && (sum != 0 || result != 0)) {
        result += sum;
      } else {
        // Each reset by itself: of zeros and infinities the sign or the order counts.
        for (int i = w.from + 1; i < w.to; i++) {
          if (w.values[i] < w.values[i - 1]) {
            result += w.values[i - 1];
          }
        }
      }
    }
    return extrapolated(
        new Change(result, first, count, w.times[w.from], w.times[w.to - 1]),
        w.start,
        w.end,
        counter,
        perSecond);
  }

  /**
   * How a series changed between two of its samples.
   *
   * @param size last value less the first, and for a counter what it lost at resets
   * @param first the first value
   * @param count how many samples there are, the two among them; at least 2
   * @param firstTime when the first is from, ms
   * @param lastTime when the last is from, ms
   */
  record Change(double size, double first, int count, long firstTime, long lastTime) {}

  /** A change stretched to the ends of its window, ms. */
  static double extrapolated(
      Change change, long start, long end, boolean counter, boolean perSecond) {
    double result = change.size();
    double toStart = (change.firstTime() - start) / 1000.0;
    double toEnd = (end - change.lastTime()) / 1000.0;
    double sampled = (change.lastTime() - change.firstTime()) / 1000.0;
    double average = sampled / (change.count() - 1);
    if (counter && result > 0 && change.first() >= 0) {
      double toZero = sampled * (change.first() / result);
      if (toZero < toStart) {
        toStart = toZero;
      }
    }
    double threshold = average * 1.1;
    double interval = sampled;
    interval += toStart < threshold ? toStart : average / 2;
    interval += toEnd < threshold ? toEnd : average / 2;
    double factor = interval / sampled;
    if (perSecond) {
      factor /= (end - start) / 1000.0;
    }
    return result * factor;
  }

  static double instant(Window w, boolean rate) {
    if (w.size() < 2) {
      return Row.ABSENT;
    }
    double last = w.values[w.to - 1];
    double previous = w.values[w.to - 2];
    double result = rate && last < previous ? last : last - previous;
    long interval = w.times[w.to - 1] - w.times[w.to - 2];
    if (interval == 0) {
      return Row.ABSENT;
    }
    return rate ? result / (interval / 1000.0) : result;
  }

  static double sum(Window w) {
    double sum = 0;
    double c = 0;
    for (int i = w.from; i < w.to; i++) {
      double inc = w.values[i];
      double t = sum + inc;
      c += Math.abs(sum) >= Math.abs(inc) ? (sum - t) + inc : (inc - t) + sum;
      sum = t;
    }
    return Double.isInfinite(sum) ? sum : sum + c;
  }

  /** The mean: the sum by the count, unless the sum leaves the range of numbers. */
  static double average(Window w) {
    double sum = sum(w);
    return Double.isFinite(sum) ? sum / w.size() : gradualAverage(w);
  }

  private static double gradualAverage(Window w) {
    double mean = 0;
    double c = 0;
    double count = 0;
    for (int i = w.from; i < w.to; i++) {
      double v = w.values[i];
      count++;
      if (Double.isInfinite(mean)
          && (Double.isInfinite(v) ? (mean > 0) == (v > 0) : !Double.isNaN(v))) {
        continue;
      }
      double inc = v / count - mean / count;
      double t = mean + inc;
      c += Math.abs(mean) >= Math.abs(inc) ? (mean - t) + inc : (inc - t) + mean;
      mean = t;
    }
    return Double.isInfinite(mean) ? mean : mean + c;
  }

  static double variance(Window w) {
    double count = 0;
    double mean = 0;
    double cMean = 0;
    double aux = 0;
    double cAux = 0;
    for (int i = w.from; i < w.to; i++) {
      double v = w.values[i];
      count++;
      double delta = v - (mean + cMean);
      double inc = delta / count;
      double t = mean + inc;
      cMean += Math.abs(mean) >= Math.abs(inc) ? (mean - t) + inc : (inc - t) + mean;
      mean = t;
      inc = delta * (v - (mean + cMean));
      t = aux + inc;
      cAux += Math.abs(aux) >= Math.abs(inc) ? (aux - t) + inc : (inc - t) + aux;
      aux = t;
    }
    return (aux + cAux) / count;
  }

  static double max(Window w) {
    double max = w.values[w.from];
    for (int i = w.from; i < w.to; i++) {
      if (w.values[i] > max || Double.isNaN(max)) {
        max = w.values[i];
      }
    }
    return max;
  }

  static double min(Window w) {
    double min = w.values[w.from];
    for (int i = w.from; i < w.to; i++) {
      if (w.values[i] < min || Double.isNaN(min)) {
        min = w.values[i];
      }
    }
    return min;
  }

  static double changes(Window w) {
    int changes = 0;
    for (int i = w.from + 1; i < w.to; i++) {
      double v = w.values[i];
      double previous = w.values[i - 1];
      changes += v != previous && !(Double.isNaN(v) && Double.isNaN(previous)) ? 1 : 0;
    }
    return changes;
  }

  static double resets(Window w) {
    int resets = 0;
    for (int i = w.from + 1; i < w.to; i++) {
      resets += w.values[i] < w.values[i - 1] ? 1 : 0;
    }
    return resets;
  }

  static double quantile(double q, Window w) {
    return quantile(q, Arrays.copyOfRange(w.values, w.from, w.to));
  }

  /** The φ-quantile, linear between neighbours; sorts the array. NaN counts as least. */
  static double quantile(double q, double[] values) {
    if (values.length == 0 || Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    sortNanFirst(values);
    double rank = q * (values.length - 1);
    int lower = (int) Math.max(0, Math.floor(rank));
    int upper = Math.min(values.length - 1, lower + 1);
    double weight = rank - Math.floor(rank);
    return values[lower] * (1 - weight) + values[upper] * weight;
  }

  private static void sortNanFirst(double[] values) {
    Arrays.sort(values);
    int numbers = values.length;
    while (numbers > 0 && Double.isNaN(values[numbers - 1])) {
      numbers--;
    }
    int nans = values.length - numbers;
    if (nans > 0) {
      System.arraycopy(values, 0, values, nans, numbers);
      Arrays.fill(values, 0, nans, Double.NaN);
    }
  }

  static double derivative(Window w) {
    return w.size() < 2 ? Row.ABSENT : regression(w, w.times[w.from])[0];
  }

  static double predict(Window w, double seconds) {
    if (w.size() < 2) {
      return Row.ABSENT;
    }
    double[] line = regression(w, w.now);
    return line[0] * seconds + line[1];
  }

  /** Slope a second and value at {@code origin} of the least-squares line. */
  private static double[] regression(Window w, long origin) {
    double n = 0;
    double sumX = 0;
    double cX = 0;
    double sumY = 0;
    double cY = 0;
    double sumXY = 0;
    double cXY = 0;
    double sumX2 = 0;
    double cX2 = 0;
    double firstY = w.values[w.from];
    boolean constant = true;
    for (int i = w.from; i < w.to; i++) {
      double y = w.values[i];
      constant &= y == firstY || i == w.from;
      n++;
      double x = (w.times[i] - origin) / 1e3;
      double t = sumX + x;
      cX += Math.abs(sumX) >= Math.abs(x) ? (sumX - t) + x : (x - t) + sumX;
      sumX = t;
      t = sumY + y;
      cY += Math.abs(sumY) >= Math.abs(y) ? (sumY - t) + y : (y - t) + sumY;
      sumY = t;
      double inc = x * y;
      t = sumXY + inc;
      cXY += Math.abs(sumXY) >= Math.abs(inc) ? (sumXY - t) + inc : (inc - t) + sumXY;
      sumXY = t;
      inc = x * x;
      t = sumX2 + inc;
      cX2 += Math.abs(sumX2) >= Math.abs(inc) ? (sumX2 - t) + inc : (inc - t) + sumX2;
      sumX2 = t;
    }
    if (constant) {
      return Double.isInfinite(firstY)
          ? new double[] {Double.NaN, Double.NaN}
          : new double[] {0, firstY};
    }
    sumX += cX;
    sumY += cY;
    sumXY += cXY;
    sumX2 += cX2;
    double covariance = sumXY - sumX * sumY / n;
    double variance = sumX2 - sumX * sumX / n;
    double slope = covariance / variance;
    return new double[] {slope, sumY / n - slope * sumX / n};
  }

  /** Double exponential smoothing (Holt's linear trend). */
  static double holtWinters(Window w, double smoothing, double trend) {
    if (w.size() < 2) {
      return Row.ABSENT;
    }
    double s0 = 0;
    double s1 = w.values[w.from];
    double b = w.values[w.from + 1] - w.values[w.from];
    for (int i = 1; i < w.size(); i++) {
      double x = smoothing * w.values[w.from + i];
      if (i > 1) {
        b = trend * (s1 - s0) + (1 - trend) * b;
      }
      double y = (1 - smoothing) * (s1 + b);
      s0 = s1;
      s1 = x + y;
    }
    return s1;
  }
}
