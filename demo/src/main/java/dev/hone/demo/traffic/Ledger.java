package dev.hone.demo.traffic;

import java.time.Duration;
import org.HdrHistogram.IntCountsHistogram;

/**
 * The latencies of the last {@value #SECONDS} seconds, one histogram a second, filed under the
 * second in which a request ended. Bounded: it keeps 2 significant digits up to one minute.
 */
final class Ledger {
  static final int SECONDS = 900;
  private static final long HIGHEST_MICROS = Duration.ofSeconds(60).toNanos() / 1_000;
  private static final int DIGITS = 2;

  private final Slot[] slots = new Slot[SECONDS];

  private static final class Slot {
    private final IntCountsHistogram micros = new IntCountsHistogram(HIGHEST_MICROS, DIGITS);
    private long second = Long.MIN_VALUE;
    private long errors;
  }

  /**
   * What happened in a span.
   *
   * @param requests requests that ended, errors included
   * @param errors those without a good answer in time
   * @param p50Ms median latency in milliseconds; like the rest 0 when there were no requests
   */
  record Summary(
      long requests, long errors, double p50Ms, double p95Ms, double p99Ms, double meanMs) {
    String json() {
      return String.format(
          java.util.Locale.ROOT,
          "{\"requests\":%d,\"errors\":%d,\"p50Ms\":%.3f,\"p95Ms\":%.3f,\"p99Ms\":%.3f,"
              + "\"meanMs\":%.3f}",
          requests,
          errors,
          p50Ms,
          p95Ms,
          p99Ms,
          meanMs);
    }
  }

  /**
   * Files a request.
   *
   * @param endNanos when it ended, on a clock that starts at 0
   * @param latencyNanos time from its intended start to its end
   * @param error whether it failed
   */
  synchronized void add(long endNanos, long latencyNanos, boolean error) {
    long second = endNanos / 1_000_000_000L;
    int place = (int) (second % SECONDS);
    Slot slot = slots[place];
    if (slot == null) {
      slot = slots[place] = new Slot();
    }
    if (slot.second != second) {
      slot.micros.reset();
      slot.errors = 0;
      slot.second = second;
    }
    slot.micros.recordValue(Math.clamp(latencyNanos / 1_000, 0, HIGHEST_MICROS));
    if (error) {
      slot.errors++;
    }
  }

  /**
   * Sums up the last whole seconds.
   *
   * @param nowNanos the present, on the clock of {@link #add}
   * @param seconds how many seconds, 1 to {@value #SECONDS}
   */
  synchronized Summary last(long nowNanos, int seconds) {
    long now = nowNanos / 1_000_000_000L;
    var sum = new IntCountsHistogram(HIGHEST_MICROS, DIGITS);
    long errors = 0;
    for (Slot slot : slots) {
      if (slot != null && slot.second < now && slot.second >= now - seconds) {
        sum.add(slot.micros);
        errors += slot.errors;
      }
    }
    if (sum.getTotalCount() == 0) {
      return new Summary(0, 0, 0, 0, 0, 0);
    }
    return new Summary(
        sum.getTotalCount(),
        errors,
        sum.getValueAtPercentile(50) / 1e3,
        sum.getValueAtPercentile(95) / 1e3,
        sum.getValueAtPercentile(99) / 1e3,
        sum.getMean() / 1e3);
  }
}
