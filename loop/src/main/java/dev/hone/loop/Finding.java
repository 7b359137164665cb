package dev.hone.loop;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Something that is wrong in the running system.
 *
 * @param id sortable and unique, see {@link Ids}
 * @param layer the layer that found it: {@code host}, {@code database}, {@code jvm} …
 * @param kind the rule that found it, for example {@code cpu-contention}
 * @param target where it is
 * @param summary one sentence
 * @param since when it began, as far as the data shows
 * @param at when it was found
 * @param evidence the measured facts it rests on
 * @param details facts for the techniques, for example pid or statement
 * @param completeness the share of the needed data that was there, 0 to 1
 */
public record Finding(
    String id,
    String layer,
    String kind,
    Target target,
    String summary,
    Instant since,
    Instant at,
    List<Evidence> evidence,
    Map<String, String> details,
    double completeness) {
  public Finding {
    evidence = List.copyOf(evidence);
    details = Map.copyOf(details);
  }

  /** What made Hone look. */
  public Strategy strategy() {
    try {
      return Strategy.valueOf(details.getOrDefault(Strategy.DETAIL, Strategy.REACTIVE.name()));
    } catch (IllegalArgumentException e) {
      return Strategy.REACTIVE;
    }
  }

  /** Findings with the same key are the same fault seen again. */
  public String key() {
    return layer + "/" + kind + "/" + target;
  }

  /**
   * One measured fact.
   *
   * @param name what was measured
   * @param value the number
   * @param unit its unit
   * @param query where it comes from: a store query, a file under /proc, a statement
   */
  public record Evidence(String name, double value, String unit, String query) {}
}
