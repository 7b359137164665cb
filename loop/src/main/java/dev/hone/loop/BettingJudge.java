package dev.hone.loop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Judges paired differences by betting against "the change does nothing".
 *
 * <p>For each pair, d is the log of the metric while on minus the log while off, turned so that
 * negative is better. The order within a pair is a coin flip, so if the change does nothing the
 * sign of d is a fair coin given everything else, whatever drift, autocorrelation or tails the
 * metric has. A gambler who knows |d| but not the sign stakes a share tanh(θ·r) of the wealth on
 * one sign, with r = min(|d| / median of past |d|, {@value #CAP}): the share that lets wealth grow
 * fastest when d is normal around a gain of θ noise units. As θ is not known, the wealth is divided
 * between a small and a large one, and the two never share again:
 *
 * <pre>  E = Σ wₖ Π (1 + sign(x)·tanh(θₖ·r)),   θ = 0.6, 1.5,   w = ½, ½</pre>
 *
 * Under the null hypothesis E is a non-negative martingale, as a mean of such; by Ville's
 * inequality it ever reaches 1/α with a chance of at most α, so looking after every pair is
 * allowed. Three bets run: "better" on x = −d, "worthwhile" on x = −(d + δ) with δ ≥ 0 the least
 * worthwhile gain in log units, and "worse" on x = d. The first pair has no past and is measured by
 * itself.
 *
 * <p>KEEP needs "better" to reach 1/α and "worthwhile" to reach {@value #WORTH}; ROLL_BACK needs
 * "worse" to reach 1/α of harm. The interval spends 5 %: α on the side that keeping rests on, the
 * rest on the other.
 *
 * <p>Source: Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting"
 * (2024); Bojinov, Simchi-Levi and Zhao, "Design and analysis of switchback experiments" (2023).
 */
public final class BettingJudge {
  private static final double[] THETAS = {0.6, 1.5};
  private static final double[] WEIGHTS = {0.5, 0.5};
  private static final double CAP = 2;

  /** 1/0.05: a gain below the least worthwhile one is kept in at most one of twenty. */
  private static final double WORTH = 20;

  /** The interval misses the truth in at most one of twenty. */
  static final double INTERVAL_ERROR = 0.05;

  /** A log effect that is zero for people. */
  private static final double NEXT_TO_ZERO = 1e-9;

  private static final int GRID = 200;
  private static final int BISECTIONS = 30;

  private final double delta;
  private final double alpha;
  private final double alphaHarm;
  private final List<Double> differences = new ArrayList<>();
  private final BitSet cutShort = new BitSet();
  private final Bet better = new Bet();
  private final Bet worthwhile = new Bet();
  private final Bet worse = new Bet();
  private final Bet notWorthwhile = new Bet();

  /**
   * A judge that has seen nothing.
   *
   * @param leastGain smallest worthwhile relative gain, 0.02 for 2 %; negative when the old value
   *     of a kept change is on trial: what is then refuted in vain is that it is worse by that much
   * @param alpha bound of the chance to keep what does nothing, below 0.05
   * @param alphaHarm bound of the chance to call harmful what does nothing
   */
  public BettingJudge(double leastGain, double alpha, double alphaHarm) {
    if (!(alpha > 0 && alpha < INTERVAL_ERROR && alphaHarm > 0 && alphaHarm < 1)) {
      throw new IllegalArgumentException(
          "alpha "
              + alpha
              + " must lie between 0 and 0.05, and alphaHarm "
              + alphaHarm
              + " between 0 and 1");
    }
    this.delta = -Math.log1p(-leastGain);
    this.alpha = alpha;
    this.alphaHarm = alphaHarm;
  }

  /** Takes the difference of one more pair. */
  public void add(double difference) {
    differences.add(difference);
    better.add(-difference);
    worthwhile.add(-(difference + delta));
    worse.add(difference);
    notWorthwhile.add(difference + delta);
  }

  /**
   * Takes the difference of a pair whose block with the change was cut short because it looked bad:
   * it counts against "better", as what was measured is the bad part, and not for "worse".
   */
  public void addAgainst(double difference) {
    cutShort.set(differences.size());
    differences.add(difference);
    better.add(-difference);
    worthwhile.add(-(difference + delta));
  }

  /** Evidence that the change is better. */
  public double wealthBetter() {
    return better.wealth();
  }

  /** Evidence that the change is worse. */
  public double wealthWorse() {
    return worse.wealth();
  }

  /** How many pairs it has seen. */
  public int pairs() {
    return differences.size();
  }

  /**
   * What the evidence allows now; inconclusive as long as neither bet has won. KEEP only with an
   * interval that ends below zero: it ends at zero where many differences are exactly zero.
   */
  public Verdict.Decision decision() {
    if (better.peak >= 1 / alpha && worthwhile.peak >= WORTH && refuted(-NEXT_TO_ZERO, true)) {
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
    double most = Math.pow(2, left);
    boolean keepable = reachable(better, 1 / alpha, most) && reachable(worthwhile, WORTH, most);
    if (!keepable && !reachable(worse, 1 / alphaHarm, most)) {
      return Optional.of("the pairs that are left cannot decide any more");
    }
    boolean refuted =
        delta >= 0
            ? notWorthwhile.peak >= 1 / (INTERVAL_ERROR - alpha)
            : worthwhile.peak >= 1 / alpha;
    return refuted
        ? Optional.of("a gain of the least worthwhile size is refuted")
        : Optional.empty();
  }

  private static boolean reachable(Bet bet, double goal, double most) {
    return bet.peak >= goal || bet.wealth() * most >= goal;
  }

  /**
   * The median of the differences as a relative change, or the end of the interval nearest to it;
   * NaN before the first pair.
   */
  public double effect() {
    if (differences.isEmpty()) {
      return Double.NaN;
    }
    Interval interval = interval();
    return Math.clamp(Math.expm1(median(sorted(differences))), interval.low(), interval.high());
  }

  /**
   * The effects that the bets do not refute, the upper end at α and the lower at 0.05 − α: a 95 %
   * confidence sequence, valid at any time of stopping. When the decision is KEEP it lies below
   * zero.
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
        double beyond = above ? -NEXT_TO_ZERO : NEXT_TO_ZERO;
        if (!refuted(beyond, above)) {
          return 0;
        }
        last = beyond;
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
    for (int i = 0; i < differences.size(); i++) {
      if (above || !cutShort.get(i)) {
        double moved = differences.get(i) - shift;
        bet.add(above ? -moved : moved);
      }
    }
    return bet.peak >= 1 / (above ? alpha : INTERVAL_ERROR - alpha);
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
    private final double[] purses = WEIGHTS.clone();
    private double peak = 1;
    private double[] magnitudes = new double[16];
    private int count;

    void add(double value) {
      double magnitude = Math.abs(value);
      double scale = count == 0 ? magnitude : pastMedian();
      double ratio = magnitude == 0 ? 0 : scale == 0 ? CAP : Math.min(magnitude / scale, CAP);
      for (int k = 0; k < purses.length; k++) {
        purses[k] *= 1 + Math.signum(value) * Math.tanh(THETAS[k] * ratio);
      }
      peak = Math.max(peak, wealth());
      insert(magnitude);
    }

    double wealth() {
      double sum = 0;
      for (double purse : purses) {
        sum += purse;
      }
      return sum;
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
