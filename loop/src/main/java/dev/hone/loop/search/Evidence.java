package dev.hone.loop.search;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The observations that a model is fitted to, with the variance each is worth now. Systems change,
 * so the variance doubles every 60 days, reckoned back from the newest observation; beyond {@value
 * #MOST} observations those of greatest variance are left out.
 */
final class Evidence {
  static final int MOST = 60;
  private static final Duration HALF_LIFE = Duration.ofDays(60);

  /** An interval computed from a few blocks is never narrower than this, in log units. */
  private static final double LEAST_ERROR = 0.003;

  /** With so large an error an observation says nothing. */
  private static final double MOST_ERROR = 10;

  private Evidence() {}

  /**
   * An observation and its worth.
   *
   * @param observation what was seen
   * @param variance of its noise and age together; a guardrail reading without an effect has the
   *     least noise
   */
  record Item(Observation observation, double variance) {}

  /** In order of time. */
  static List<Item> of(List<Observation> history, Predicate<Observation> wanted) {
    Instant newest =
        history.stream().map(Observation::at).max(Comparator.naturalOrder()).orElse(Instant.EPOCH);
    return history.stream()
        .filter(wanted)
        .map(o -> new Item(o, variance(o, newest)))
        .sorted(
            Comparator.comparingDouble(Item::variance)
                .thenComparing(i -> i.observation().at(), Comparator.reverseOrder()))
        .limit(MOST)
        .sorted(Comparator.comparing(i -> i.observation().at()))
        .toList();
  }

  private static double variance(Observation o, Instant newest) {
    double age = Duration.between(o.at(), newest).toMillis() / (double) HALF_LIFE.toMillis();
    double error =
        Double.isFinite(o.error()) ? Math.clamp(o.error(), LEAST_ERROR, MOST_ERROR) : LEAST_ERROR;
    return error * error * Math.pow(2, Math.min(age, 100));
  }
}
