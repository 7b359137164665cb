package dev.hone.loop;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How far the loop's own verdicts can be trusted: what experiments ended with in which nothing was
 * changed, and which of the kept changes stand when all of them are looked at together.
 *
 * @param rates errors by signal and design
 * @param kept how many changes are in force
 * @param discoveries the loops among them that stand together, see {@link #discoveries}
 */
public record Calibration(List<Rate> rates, int kept, Set<String> discoveries) {
  /** The share of false discoveries among all that are kept that is tolerated. */
  public static final double FALSE_DISCOVERY_RATE = 0.05;

  private static final double Z95 = 1.959964;

  public Calibration {
    rates = List.copyOf(rates);
    discoveries = Set.copyOf(discoveries);
  }

  /**
   * The error rates of one signal and design, with the upper end of their 95 % intervals (Wilson,
   * 1927).
   *
   * @param tally what they are computed from
   * @param falseKeeps share that called nothing an improvement
   * @param falseKeepsHigh its upper end
   * @param falseRollBacks share that called nothing a harm
   * @param falseRollBacksHigh its upper end
   * @param coverage share of the intervals that held zero
   */
  public record Rate(
      Registry.NullTally tally,
      double falseKeeps,
      double falseKeepsHigh,
      double falseRollBacks,
      double falseRollBacksHigh,
      double coverage) {}

  /** The calibration that the journal tells. */
  public static Calibration of(Registry registry, Collection<LoopSummary> loops) {
    List<Rate> rates = registry.nulls().stream().map(Calibration::rate).toList();
    List<LoopSummary> inForce = loops.stream().filter(LoopSummary::isInForce).toList();
    return new Calibration(rates, inForce.size(), discoveries(inForce, FALSE_DISCOVERY_RATE));
  }

  private static Rate rate(Registry.NullTally tally) {
    int n = tally.experiments();
    return new Rate(
        tally,
        share(tally.kept(), n),
        wilsonHigh(tally.kept(), n),
        share(tally.rolledBack(), n),
        wilsonHigh(tally.rolledBack(), n),
        share(tally.covered(), n));
  }

  private static double share(int count, int of) {
    return of == 0 ? Double.NaN : (double) count / of;
  }

  /** Upper end of Wilson's 95 % score interval of a share; 1 without any trial. */
  public static double wilsonHigh(int count, int of) {
    if (of == 0) {
      return 1;
    }
    double p = (double) count / of;
    double z2 = Z95 * Z95;
    double middle = p + z2 / (2 * of);
    double half = Z95 * Math.sqrt(p * (1 - p) / of + z2 / (4.0 * of * of));
    return Math.min(1, (middle + half) / (1 + z2 / of));
  }

  /**
   * Which kept changes stand when the share of false ones among them shall be below {@code rate}:
   * the Benjamini-Hochberg procedure on e-values, valid under any dependence (Wang and Ramdas,
   * "False discovery rate control with e-values", 2022). The e-value of a switchback is the wealth
   * of its bet; where a design gives no e-value the loop counts as 1/α once, as its verdict was a
   * test at α.
   *
   * @return ids of the loops
   */
  static Set<String> discoveries(Collection<LoopSummary> kept, double rate) {
    List<LoopSummary> sorted =
        kept.stream().sorted(Comparator.comparingDouble(Calibration::evidence).reversed()).toList();
    int stand = 0;
    for (int k = 1; k <= sorted.size(); k++) {
      if (evidence(sorted.get(k - 1)) >= sorted.size() / (k * rate)) {
        stand = k;
      }
    }
    var ids = new HashSet<String>();
    sorted.subList(0, stand).forEach(s -> ids.add(s.id()));
    return ids;
  }

  private static double evidence(LoopSummary loop) {
    return Double.isNaN(loop.wealthBetter()) ? 20 : loop.wealthBetter();
  }
}
