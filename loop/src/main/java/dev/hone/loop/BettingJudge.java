package dev.hone.loop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Judges paired differences by betting against "the change does nothing".
 *
 * <p>For each pair, d is the log of the metric while on minus the log while off, turned so that
 * negative is better. The order within a pair is a coin flip, so if the change does nothing the
 * sign of d is a fair coin given everything else, whatever drift, autocorrelation or tails the
 * metric has. Wealth starts at 1 and is staked on "better":
 *
 * <pre>  E ← E · (1 − λ · f(d + δ)),   f(x) = clip(x / median of past |x|, −1, 1),   λ = 0.8</pre>
 *
 * and likewise, mirrored and without δ, on "worse". Under the null hypothesis E is a non-negative
 * martingale; by Ville's inequality it ever reaches 1/α with a chance of at most α, so looking
 * after every pair is allowed. δ ≥ 0 is the least worthwhile gain in log units. The first pair has
 * no past and is measured by itself: a bet of fixed size on its sign.
 *
 * <p>Source: Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting"
 * (2024); Bojinov, Simchi-Levi and Zhao, "Design and analysis of switchback experiments" (2023).
 */
public final class BettingJudge {
  private static final double STAKE = 0.8;
  private static final int GRID = 200;
  private static final int BISECTIONS = 30;

  private final double delta;
  private final double alpha;
  private final double alphaHarm;
  private final List<Double> differences = new ArrayList<>();
  private final Bet better = new Bet();
  private final Bet worse = new Bet();

  /**
   * A judge that has seen nothing.
   *
   * @param leastGain smallest worthwhile relative gain, 0.02 for 2 %
   * @param alpha bound of the chance to keep what does nothing
   * @param alphaHarm bound of the chance to call harmful what does nothing
   */
  public BettingJudge(double leastGain, double alpha, double alphaHarm) {
    this.delta = -Math.log1p(-leastGain);
    this.alpha = alpha;
    this.alphaHarm = alphaHarm;
  }

  /** Takes the difference of one more pair. */
  public void add(double difference) {
    differences.add(difference);
    better.add(-(difference + delta));
    worse.add(difference);
  }

  /** Evidence that the change is better. */
  public double wealthBetter() {
    return better.wealth;
  }

  /** Evidence that the change is worse. */
  public double wealthWorse() {
    return worse.wealth;
  }

  /** How many pairs it has seen. */
  public int pairs() {
    return differences.size();
  }

  /**
   * What the evidence allows now; inconclusive as long as neither bet has won. KEEP only with an
   * interval below zero: it can end at zero itself where many differences are exactly zero.
   */
  public Verdict.Decision decision() {
    if (better.peak >= 1 / alpha && interval().high() < 0) {
      return Verdict.Decision.KEEP;
    }
    return worse.peak >= 1 / alphaHarm ? Verdict.Decision.ROLL_BACK : Verdict.Decision.INCONCLUSIVE;
  }

  /**
   * Why more pairs cannot, or need not, bring a decision; nothing while they may.
   *
   * @param left how many pairs could still be measured
   */
  public Optional<String> futility(int left) {
    double most = Math.pow(1 + STAKE, left);
    if (better.wealth * most < 1 / alpha && worse.wealth * most < 1 / alphaHarm) {
      return Optional.of("the pairs that are left cannot decide any more");
    }
    return interval().low() > Math.expm1(-delta)
        ? Optional.of("a gain of the least worthwhile size is refuted")
        : Optional.empty();
  }

  /** The median of the differences as a relative change; NaN before the first pair. */
  public double effect() {
    return differences.isEmpty() ? Double.NaN : Math.expm1(median(sorted(differences)));
  }

  /**
   * The effects that the bets do not refute, each side at α: with α = 0.025 a 95 % confidence
   * sequence, valid at any time of stopping. With δ = 0 it lies below zero exactly when the
   * decision is KEEP, and not below zero when it is ROLL_BACK.
   *
   * @return lower and upper end as relative changes; −1 and +∞ where nothing is refuted yet
   */
  public Interval interval() {
    if (differences.isEmpty()) {
      return new Interval(-1, Double.POSITIVE_INFINITY);
    }
    double[] sorted = sorted(differences);
    double low = sorted[0];
    double high = sorted[sorted.length - 1];
    if (refuted(high + 1, true)) {
      high = boundary(high + 1, low, true);
    } else {
      high = Double.POSITIVE_INFINITY;
    }
    if (refuted(low - 1, false)) {
      low = boundary(low - 1, sorted[sorted.length - 1], false);
    } else {
      low = Double.NEGATIVE_INFINITY;
    }
    return new Interval(Math.expm1(low), Math.expm1(high));
  }

  /** Walks from a refuted shift towards the data to the first that is not, then bisects. */
  private double boundary(double refutedEnd, double otherEnd, boolean above) {
    double last = refutedEnd;
    for (int i = 1; i <= GRID; i++) {
      double shift = refutedEnd + (otherEnd - refutedEnd) * i / GRID;
      if (last * shift < 0) {
        if (!refuted(0, above)) {
          return bisect(last, 0, above);
        }
        last = 0;
      }
      if (!refuted(shift, above)) {
        return bisect(last, shift, above);
      }
      last = shift;
    }
    return last;
  }

  private double bisect(double refutedEnd, double openEnd, boolean above) {
    double refuted = refutedEnd;
    double open = openEnd;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (refuted + open) / 2;
      if (refuted(middle, above)) {
        refuted = middle;
      } else {
        open = middle;
      }
    }
    return refuted;
  }

  private boolean refuted(double shift, boolean above) {
    var bet = new Bet();
    for (double difference : differences) {
      bet.add(above ? -(difference - shift) : difference - shift);
    }
    return bet.peak >= 1 / (above ? alpha : alphaHarm);
  }

  private static double[] sorted(List<Double> values) {
    double[] array = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(array);
    return array;
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /**
   * Relative changes between two ends.
   *
   * @param low lower end, at least −1
   * @param high upper end, perhaps infinite
   */
  public record Interval(double low, double high) {}

  /** The wealth of one bet that its values are positive. */
  private static final class Bet {
    private double wealth = 1;
    private double peak = 1;
    private double[] magnitudes = new double[16];
    private int count;

    void add(double value) {
      double magnitude = Math.abs(value);
      double scale = count == 0 ? magnitude : pastMedian();
      double share = scale == 0 ? Math.signum(value) : Math.clamp(value / scale, -1, 1);
      wealth *= 1 + STAKE * share;
      peak = Math.max(peak, wealth);
      insert(magnitude);
    }

    private double pastMedian() {
      int middle = count / 2;
      return count % 2 == 1
          ? magnitudes[middle]
          : (magnitudes[middle - 1] + magnitudes[middle]) / 2;
    }

    private void insert(double magnitude) {
      if (count == magnitudes.length) {
        magnitudes = Arrays.copyOf(magnitudes, count * 2);
      }
      int at = Arrays.binarySearch(magnitudes, 0, count, magnitude);
      at = at < 0 ? -at - 1 : at;
      System.arraycopy(magnitudes, at, magnitudes, at + 1, count - at);
      magnitudes[at] = magnitude;
      count++;
    }
  }
}
