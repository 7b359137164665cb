package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Notices when the offered load moves to another level and stays there. That is the case when the
 * median of the last five minutes is at least 1.5 times the median of the hour before, or at most
 * that over 1.5; when none of the five lies, in logs, nearer to the old level than to the new, so
 * that a peak of four minutes is no level; and when the step is larger than 2.5 times the swing of
 * the hour's minutes, the standard deviation of their logs as 1.4826 times the median absolute
 * deviation.
 *
 * <p>After a shift the new level is learnt from its own minutes, half an hour of them, and there is
 * none until the load has come within 1.25 times of it. What the load did at the same time of the
 * day before, give or take half an hour, is its daily rhythm and no shift; but after a shift that
 * the day before did not know, the way back is one too.
 */
public final class LoadDetector {
  private static final double SHIFT = 1.5;
  private static final double ARRIVED = 1.25;
  private static final double SWINGS = 2.5;
  private static final double NORMAL = 1.4826;
  private static final int RECENT = 5;
  private static final int LEAST_BASE = 30;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Samples of a minute are taken to be there when another has passed. */
  private static final Duration LATENESS = MINUTE;

  private static final Duration RECENTLY = MINUTE.multipliedBy(RECENT);
  private static final Duration BASE = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SLICE = Duration.ofMinutes(10);
  private static final int SLICES_EACH_WAY = 3;

  private final SignalRef load;
  private final Signals signals;
  private final TreeMap<Instant, Double> minutes = new TreeMap<>();
  private Instant levelSince = Instant.MIN;
  private boolean arrived = true;
  private @Nullable Instant unusualSince;

  /** What the day before says of a level. */
  private enum DayBefore {
    UNKNOWN,
    KNOWS_IT,
    KNOWS_IT_NOT
  }

  /**
   * A detector.
   *
   * @param load requests a second, or another measure of what is asked of the system
   * @param last the last shift that is known of
   */
  public LoadDetector(SignalRef load, Signals signals, Optional<Registry.LoadShift> last) {
    this.load = load;
    this.signals = signals;
    last.ifPresent(shift -> moved(shift.at(), shift.unusual()));
  }

  private void moved(Instant at, boolean unusual) {
    levelSince = at.minus(RECENTLY);
    arrived = false;
    unusualSince = unusual ? at : null;
  }

  /** What happened up to now; call it once a minute or more often. */
  public Optional<LoopEvent.LoadShifted> look(Instant now) {
    Instant end = now.minus(LATENESS).truncatedTo(ChronoUnit.MINUTES);
    if (!minutes.isEmpty() && !end.isAfter(minutes.lastKey())) {
      return Optional.empty();
    }
    read(end);
    double[] recent = sorted(end.minus(RECENTLY), end);
    double[] base = sorted(end.minus(RECENTLY).minus(BASE), end.minus(RECENTLY));
    if (recent.length < RECENT || base.length < LEAST_BASE) {
      return Optional.empty();
    }
    double before = base[base.length / 2];
    double after = recent[RECENT / 2];
    arrived |= isWithin(after, before, ARRIVED);
    if (!arrived || !isShift(recent, base)) {
      return Optional.empty();
    }
    DayBefore dayBefore = dayBefore(end, after);
    boolean unusualNow = unusualSince != null && unusualSince.plus(DAY).isAfter(end);
    if (dayBefore == DayBefore.KNOWS_IT && !unusualNow) {
      return Optional.empty();
    }
    boolean unusual = dayBefore == DayBefore.KNOWS_IT_NOT;
    moved(end, unusual);
    return Optional.of(new LoopEvent.LoadShifted(load.name(), load.unit(), before, after, unusual));
  }

  /** Reads the minutes of which nothing is known yet, and forgets those that are of no use. */
  private void read(Instant end) {
    Instant oldest = end.minus(RECENTLY).minus(BASE);
    minutes.headMap(oldest, true).clear();
    for (Instant minute = oldest.plus(MINUTE); !minute.isAfter(end); minute = minute.plus(MINUTE)) {
      if (Double.isNaN(minutes.getOrDefault(minute, Double.NaN))) {
        minutes.put(minute, signals.read(load, minute.minus(MINUTE), minute).value());
      }
    }
  }

  /** The values of the present level in a time, from the least to the greatest. */
  private double[] sorted(Instant after, Instant until) {
    Instant from = after.isAfter(levelSince) ? after : levelSince;
    return from.isBefore(until)
        ? minutes.subMap(from, false, until, true).values().stream()
            .mapToDouble(Double::doubleValue)
            .filter(Double::isFinite)
            .sorted()
            .toArray()
        : new double[0];
  }

  private static boolean isShift(double[] recent, double[] base) {
    double usual = base[base.length / 2];
    if (!(usual > 0 && recent[0] > 0)) {
      return false;
    }
    double step = Math.abs(Math.log(recent[RECENT / 2] / usual));
    double halfWay = Math.exp(step / 2);
    boolean away = recent[0] >= halfWay * usual || recent[recent.length - 1] <= usual / halfWay;
    return away && step >= Math.max(Math.log(SHIFT), SWINGS * swing(base, usual));
  }

  private static double swing(double[] base, double usual) {
    double[] logs = Arrays.stream(base).map(v -> Math.abs(Math.log(v / usual))).sorted().toArray();
    return NORMAL * logs[logs.length / 2];
  }

  private static boolean isWithin(double one, double other, double factor) {
    return one <= other * factor && other <= one * factor;
  }

  private DayBefore dayBefore(Instant end, double level) {
    var known = new double[2 * SLICES_EACH_WAY];
    Instant from = end.minus(DAY).minus(SLICE.multipliedBy(SLICES_EACH_WAY));
    for (int i = 0; i < known.length; i++) {
      known[i] = signals.read(load, from, from.plus(SLICE)).value();
      from = from.plus(SLICE);
    }
    if (Arrays.stream(known).anyMatch(value -> isWithin(value, level, SHIFT))) {
      return DayBefore.KNOWS_IT;
    }
    return Arrays.stream(known).anyMatch(Double::isFinite)
        ? DayBefore.KNOWS_IT_NOT
        : DayBefore.UNKNOWN;
  }
}
