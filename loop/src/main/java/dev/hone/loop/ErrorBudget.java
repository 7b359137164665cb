package dev.hone.loop;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How many requests may fail: a service level objective over 30 days. The burn rate over a window
 * is the share of requests that failed in it over the share that may; at a rate of 1 the budget
 * lasts exactly as long as the objective reaches.
 *
 * @param target the share of requests that must succeed, 0.999 for example
 * @param failed the share of requests that failed
 */
public record ErrorBudget(double target, SignalRef failed) {
  /** What the objective reaches over. */
  public static final Duration PERIOD = Duration.ofDays(30);

  /**
   * When a budget burns too fast: in a long window, so that it matters, and in a short one, so that
   * it goes on. Source: The Site Reliability Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate
   * Alerts", table 5-8: 2 % of the budget in an hour, 5 % in six hours, 10 % in three days.
   *
   * @param rate the burn rate above which it is too fast
   */
  public record Rule(double rate, Duration longWindow, Duration shortWindow) {}

  /** The rules of the workbook, the fastest burn first. */
  public static final List<Rule> RULES =
      List.of(
          new Rule(14.4, Duration.ofHours(1), Duration.ofMinutes(5)),
          new Rule(6, Duration.ofHours(6), Duration.ofMinutes(30)),
          new Rule(1, Duration.ofDays(3), Duration.ofHours(6)));

  public ErrorBudget {
    if (!(target > 0 && target < 1)) {
      throw new IllegalArgumentException(
          "the target of an error budget is " + target + "; it must lie between 0 and 1");
    }
  }

  /** The burn rate at which this share of requests fails; NaN for NaN. */
  public double burnRate(double failedShare) {
    return failedShare / (1 - target);
  }

  /** The target in percent, with as many digits as it needs. */
  public String targetText() {
    return String.format(Locale.ROOT, "%.6f", 100 * target).replaceFirst("\\.?0+$", "") + " %";
  }
}
