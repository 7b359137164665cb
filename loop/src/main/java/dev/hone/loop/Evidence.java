package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long a plan may be acted on. A person takes longer to decide than evidence stays fresh, so
 * that it is as fresh as the last time that the fault was seen; what was decided is begun within
 * the same time after the decision.
 */
final class Evidence {
  private static final Duration REMEMBERED = Duration.ofHours(1);

  private final Instant begin;

  /** When a fault was seen last, by its key. */
  private final Map<String, Instant> seen = new ConcurrentHashMap<>();

  /**
   * The evidence of loops.
   *
   * @param begin since when faults are looked for; an earlier proposal is looked at again first
   */
  Evidence(Instant begin) {
    this.begin = begin;
  }

  /** Takes what is wrong now. */
  void see(Collection<Finding> findings, Instant now) {
    findings.forEach(finding -> seen.put(finding.key(), now));
    seen.values().removeIf(at -> at.plus(REMEMBERED).isBefore(now));
  }

  /** Whether a plan that is not begun must not be begun any more. */
  boolean isTooOld(LoopRecord loop, Instant now) {
    Instant expiry = loop.recommendation().expiresAt();
    Duration life = Duration.between(loop.history().getFirst().at(), expiry);
    LoopRecord.Approval approval = loop.approval();
    Instant fresh =
        approval == null ? seen.getOrDefault(loop.finding().key(), begin) : approval.at();
    return expiry.isBefore(now) && fresh.plus(life).isBefore(now);
  }
}
