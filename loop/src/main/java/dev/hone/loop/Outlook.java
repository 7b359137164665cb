package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Looks ahead: a signal that moves towards a bound and would cross it soon is a finding before
 * anything is wrong. The trend is the median of the slopes between all pairs of windows (Theil,
 * 1950; Sen, 1968), which a few outliers do not bend; it counts only when most of the slopes agree
 * with its sign, and the crossing only when it comes within the horizon.
 */
public final class Outlook implements Diagnosis {
  /** The kind of its findings. */
  public static final String KIND = "will-cross";

  private static final int WINDOWS = 24;
  private static final double AGREEMENT = 0.8;
  private static final double ENOUGH_WINDOWS = 0.75;

  private final String layer;
  private final List<Bound> bounds;
  private final Signals signals;
  private final Ids ids;

  /**
   * A value that a signal should stay on the good side of.
   *
   * @param signal what is watched; {@link SignalRef#better} tells the good side
   * @param target where it is
   * @param value the bound, in the signal's unit
   * @param past how much of the past the trend is taken from
   * @param horizon how far it looks ahead
   */
  public record Bound(
      SignalRef signal, Target target, double value, Duration past, Duration horizon) {}

  public Outlook(String layer, List<Bound> bounds, Signals signals, Ids ids) {
    this.layer = layer;
    this.bounds = List.copyOf(bounds);
    this.signals = signals;
    this.ids = ids;
  }

  @Override
  public String name() {
    return "outlook";
  }

  @Override
  public List<Finding> examine(Instant now) {
    var findings = new ArrayList<Finding>();
    for (Bound bound : bounds) {
      examine(bound, now, findings);
    }
    return findings;
  }

  private void examine(Bound bound, Instant now, List<Finding> findings) {
    Duration window = bound.past().dividedBy(WINDOWS);
    var hours = new double[WINDOWS];
    var values = new double[WINDOWS];
    int count = 0;
    for (int i = WINDOWS; i >= 1; i--) {
      Instant from = now.minus(window.multipliedBy(i));
      double value = read(bound, from, window);
      if (Double.isFinite(value)) {
        hours[count] = -i * window.toSeconds() / 3_600.0;
        values[count] = value;
        count++;
      }
    }
    if (count < WINDOWS * ENOUGH_WINDOWS) {
      return;
    }
    double[] slopes = slopes(hours, values, count);
    double slope = slopes[slopes.length / 2];
    double agreeing =
        Arrays.stream(slopes).filter(s -> Math.signum(s) == Math.signum(slope)).count()
            / (double) slopes.length;
    double level = level(hours, values, count, slope);
    double distance = bound.value() - level;
    boolean towards =
        bound.signal().better() == SignalRef.Better.LOWER
            ? slope > 0 && distance > 0
            : slope < 0 && distance < 0;
    double hoursLeft = distance / slope;
    if (towards && agreeing >= AGREEMENT && hoursLeft * 3_600 <= bound.horizon().toSeconds()) {
      findings.add(finding(bound, now, level, slope, hoursLeft, (double) count / WINDOWS));
    }
  }

  private double read(Bound bound, Instant from, Duration window) {
    return signals.read(bound.signal(), from, from.plus(window)).value();
  }

  /** Sorted slopes between all pairs, per hour. */
  private static double[] slopes(double[] hours, double[] values, int count) {
    var slopes = new double[count * (count - 1) / 2];
    int k = 0;
    for (int i = 0; i < count; i++) {
      for (int j = i + 1; j < count; j++) {
        slopes[k++] = (values[j] - values[i]) / (hours[j] - hours[i]);
      }
    }
    Arrays.sort(slopes);
    return slopes;
  }

  /** Where the trend line is now: the median of what each window says. */
  private static double level(double[] hours, double[] values, int count, double slope) {
    var levels = new double[count];
    for (int i = 0; i < count; i++) {
      levels[i] = values[i] - slope * hours[i];
    }
    Arrays.sort(levels);
    return levels[count / 2];
  }

  private Finding finding(
      Bound bound, Instant now, double level, double slope, double hoursLeft, double complete) {
    SignalRef signal = bound.signal();
    String when = Planner.text(Duration.ofSeconds(Math.max(60, Math.round(hoursLeft * 3_600))));
    return new Finding(
        ids.next(),
        layer,
        KIND,
        bound.target(),
        String.format(
            Locale.ROOT,
            "%s is %.3g %s and will cross %.3g in %s if it goes on like this",
            signal.name(),
            level,
            signal.unit(),
            bound.value(),
            when),
        now.minus(bound.past()),
        now,
        List.of(
            new Finding.Evidence("trend", slope, signal.unit() + "/h", signal.query()),
            new Finding.Evidence("level", level, signal.unit(), signal.query())),
        Map.of(Strategy.DETAIL, Strategy.PROACTIVE.name(), "signal", signal.name()),
        complete);
  }
}
