package dev.hone.layer.database.twin;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How long statements may be planned. A plan takes milliseconds; one that takes much longer
 * executes somebody's function, and is asked for again with every set of indexes.
 */
final class Patience {
  /** What takes less is a usual plan and is not counted. */
  private static final Duration USUAL = Duration.ofMillis(300);

  /** Of unusual plans, for one statement, and for all together. */
  private static final Duration EACH = Duration.ofSeconds(20);

  private static final Duration ALL = Duration.ofSeconds(90);

  private final Map<String, Duration> spent = new HashMap<>();
  private final Set<String> usual = new HashSet<>();
  private final Set<String> ended = new HashSet<>();
  private final InstantSource clock;
  private Duration total = Duration.ZERO;

  Patience(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Whether a statement is not planned any more. When all together took too long, only those go on
   * of which usual plans are known.
   */
  boolean isOver(String statement) {
    return ended.contains(statement) || (total.compareTo(ALL) > 0 && !usual.contains(statement));
  }

  /** No more plans of it. */
  void end(String statement) {
    ended.add(statement);
  }

  /** When it is. */
  Instant now() {
    return clock.instant();
  }

  /** That planning it took from then until now. */
  void since(String statement, Instant begin) {
    took(statement, Duration.between(begin, clock.instant()));
  }

  /** That planning it took so long. */
  void took(String statement, Duration time) {
    if (time.compareTo(USUAL) < 0) {
      usual.add(statement);
      return;
    }
    total = total.plus(time);
    Duration own = spent.merge(statement, time, Duration::plus);
    if (own.compareTo(EACH) > 0 || total.compareTo(ALL) > 0) {
      ended.add(statement);
    }
  }
}
