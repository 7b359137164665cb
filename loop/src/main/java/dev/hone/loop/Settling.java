package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * How long the first application of a change takes to have its full effect: the time until the
 * signal has made 90 % of its step and stays there. The step is from the median of the time before
 * to the median of the last third of the block; a step that does not rise above three times the
 * noise of both is not seen, and what the knob declared stands.
 *
 * <p>Carry-over shrinks an effect: with blocks of b and a burn-in of u, a change that settles
 * exponentially with time constant τ shows 1 − τ/(b − u) · (e^(−u/τ) − e^(−b/τ)) of itself.
 */
final class Settling {
  /** Blocks last at least five settling times. */
  static final Multiple BLOCK = new Multiple(5);

  /** The burn-in lasts at least two. */
  static final Multiple BURN_IN = new Multiple(2);

  private static final int WINDOWS = 12;
  private static final double NEEDED = 0.9;
  private static final double VISIBLE = 3;
  private static final double MAD_TO_SD = 1.4826;
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private Settling() {}

  /** A time as a multiple of the settling time. */
  record Multiple(int times) {
    /** The longer one of what was planned and what the settling time asks for. */
    Duration longer(Duration planned, Duration settling) {
      Duration needed = settling.multipliedBy(times);
      return needed.compareTo(planned) > 0 ? needed : planned;
    }
  }

  /**
   * The settling time seen after {@code switched}; nothing when no step can be seen.
   *
   * @param block how long the value stayed in force
   */
  static Optional<Duration> measure(
      Signals signals, SignalRef signal, Instant switched, Duration block) {
    Duration window = block.dividedBy(WINDOWS);
    if (window.compareTo(SHORTEST) < 0) {
      window = SHORTEST;
    }
    int after = (int) block.dividedBy(window);
    double[] before =
        logs(signals, signal, switched.minus(window.multipliedBy(after)), window, after);
    double[] since = logs(signals, signal, switched, window, after);
    if (after < 6 || missing(before) > after / 3 || missing(since) > after / 3) {
      return Optional.empty();
    }
    double level = median(before);
    double plateau = median(Arrays.copyOfRange(since, after - after / 3, after));
    double step = plateau - level;
    double noise =
        Math.max(
            spread(before, level),
            spread(Arrays.copyOfRange(since, after - after / 3, after), plateau));
    if (!(Math.abs(step) > VISIBLE * noise)) {
      return Optional.empty();
    }
    double[] smooth = smoothed(since);
    int settled = 0;
    for (int i = 0; i < after; i++) {
      boolean there = (smooth[i] - level) / step >= NEEDED - noise / Math.abs(step);
      if (!there) {
        settled = i + 1;
      }
    }
    return Optional.of(window.multipliedBy(settled));
  }

  private static double[] logs(
      Signals signals, SignalRef signal, Instant start, Duration window, int count) {
    var values = new double[count];
    for (int i = 0; i < count; i++) {
      Instant from = start.plus(window.multipliedBy(i));
      values[i] = Math.log(signals.read(signal, from, from.plus(window)).value());
    }
    return values;
  }

  private static long missing(double[] values) {
    return Arrays.stream(values).filter(v -> !Double.isFinite(v)).count();
  }

  private static double median(double[] values) {
    double[] sorted = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private static double spread(double[] values, double middle) {
    return MAD_TO_SD * median(Arrays.stream(values).map(v -> Math.abs(v - middle)).toArray());
  }

  /** Medians of three neighbours. */
  private static double[] smoothed(double[] values) {
    var smooth = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int from = Math.max(0, i - 1);
      smooth[i] = median(Arrays.copyOfRange(values, from, Math.min(values.length, i + 2)));
    }
    return smooth;
  }
}
