package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What a policy would have made of the recommendations of the last 30 days, each compared with what
 * the present policy makes of it. It answers who would have been asked and when it could have
 * started, not what the experiment would have shown.
 *
 * @param days how many days were looked at
 * @param recommendations how many there were
 * @param before how the present policy treats them
 * @param after how the other one would
 * @param changed those that are treated differently, newest first
 */
public record PolicyPreview(
    int days, int recommendations, Counts before, Counts after, List<Difference> changed) {
  private static final Duration SPAN = Duration.ofDays(30);
  private static final Duration LONGEST_WAIT = Duration.ofDays(7);

  public PolicyPreview {
    changed = List.copyOf(changed);
  }

  /** How a recommendation is treated, from the least to the most. */
  public enum Treatment {
    /** The layer is only observed. */
    NOT_PROPOSED,
    /** A command for a person to run. */
    SHOWN,
    /** Two people must agree. */
    ASKS_TWO,
    /** A person must agree. */
    ASKS,
    /** The policy agrees. */
    STARTS
  }

  /** How many of each, and how long they wait for a change window in all. */
  public record Counts(
      int notProposed, int shown, int asksTwo, int asks, int starts, long waitMinutes) {}

  /**
   * A recommendation that is treated differently.
   *
   * @param loop its id
   * @param title what was proposed
   * @param before how it is treated now
   * @param after how it would be
   * @param waits how long it would wait for a change window
   */
  public record Difference(
      String loop, String title, Treatment before, Treatment after, Duration waits) {}

  /** Compares two policies on the loops that were proposed until {@code now}. */
  public static PolicyPreview of(
      Policy present, Policy other, Registry registry, Collection<LoopRecord> loops, Instant now) {
    List<LoopRecord> recent =
        loops.stream()
            .filter(l -> proposedAt(l).isAfter(now.minus(SPAN)))
            .sorted(java.util.Comparator.comparing(LoopRecord::id).reversed())
            .toList();
    List<LoopSummary> record = loops.stream().map(LoopSummary::of).toList();
    var changed = new ArrayList<Difference>();
    var before = new int[Treatment.values().length];
    var after = new int[Treatment.values().length];
    long waitBefore = 0;
    long waitAfter = 0;
    for (LoopRecord loop : recent) {
      Treatment was = treatment(present, Trust.of(present, registry), loop, record);
      Treatment is = treatment(other, new Trust(other, now), loop, record);
      Duration waits = wait(other, loop);
      Duration waited = wait(present, loop);
      count(before, was);
      count(after, is);
      waitBefore += waited.toMinutes();
      waitAfter += waits.toMinutes();
      if (was != is || !waits.equals(waited)) {
        changed.add(new Difference(loop.id(), loop.recommendation().title(), was, is, waits));
      }
    }
    return new PolicyPreview(
        (int) SPAN.toDays(),
        recent.size(),
        counts(before, waitBefore),
        counts(after, waitAfter),
        changed);
  }

  private static void count(int[] counts, Treatment treatment) {
    counts[List.of(Treatment.values()).indexOf(treatment)]++;
  }

  private static Counts counts(int[] c, long wait) {
    return new Counts(c[0], c[1], c[2], c[3], c[4], wait);
  }

  private static Instant proposedAt(LoopRecord loop) {
    return loop.history().getFirst().at();
  }

  private static Treatment treatment(
      Policy policy, Trust trust, LoopRecord loop, Collection<LoopSummary> record) {
    Recommendation r = loop.recommendation();
    Target target = r.knob().target();
    Mode allowed = policy.mode(r.layer(), r.technique(), target);
    if (allowed == Mode.OBSERVE) {
      return Treatment.NOT_PROPOSED;
    }
    if (allowed == Mode.RECOMMEND || !r.appliable()) {
      return Treatment.SHOWN;
    }
    if (policy.limits().fourEyes().contains(r.risk())) {
      return Treatment.ASKS_TWO;
    }
    Mode mode = trust.standing(r.layer(), r.technique(), target, record).mode();
    Knob.Reversibility reversibility =
        loop.plan().design() instanceof Design.OneWay
            ? Knob.Reversibility.ONE_WAY
            : loop.plan().design() instanceof Design.RepeatedLoadTest
                ? Knob.Reversibility.RESTART
                : Knob.Reversibility.TOGGLE;
    return mode.approves(r.risk(), reversibility) && Decisions.isBounded(policy, r)
        ? Treatment.STARTS
        : Treatment.ASKS;
  }

  /** How long after its proposal the first change window opens, a week at the most. */
  private static Duration wait(Policy policy, LoopRecord loop) {
    Instant proposed = proposedAt(loop);
    String layer = loop.recommendation().layer();
    Instant time = proposed;
    while (Gate.window(policy, layer, time).isPresent()
        && time.isBefore(proposed.plus(LONGEST_WAIT))) {
      time = time.plus(15, ChronoUnit.MINUTES).truncatedTo(ChronoUnit.MINUTES);
    }
    return Duration.between(proposed, time);
  }
}
