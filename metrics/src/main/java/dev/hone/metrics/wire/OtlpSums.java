package dev.hone.metrics.wire;

import dev.hone.metrics.Labels;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Adds up what is sent as differences (delta temporality), so that counters keep counting. What a
 * request adds counts only once the store has taken it: a request that failed can be sent again.
 */
public final class OtlpSums {
  private final Map<Labels, Sum> sums;
  private static final Sum NONE = new Sum(0, Long.MIN_VALUE);

  private final ReentrantLock lock = new ReentrantLock();

  /**
   * What differences come to.
   *
   * @param millis the time of the last, ms since the epoch
   */
  private record Sum(double value, long millis) {}

  /**
   * No sums yet.
   *
   * @param maxSeries how many series are remembered; beyond, the one not seen for longest starts
   *     again at 0, which queries take for the reset of a counter
   */
  public OtlpSums(int maxSeries) {
    sums =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Labels, Sum> eldest) {
            return size() > maxSeries;
          }
        };
  }

  /**
   * Begins a request. One that has differences waits until the one before has been stored, so that
   * each adds to what is certain.
   *
   * @param differences whether it has any
   */
  Request begin(boolean differences) {
    if (differences) {
      lock.lock();
    }
    return new Request();
  }

  /** What one request adds. */
  final class Request implements AutoCloseable {
    private final Map<Labels, Sum> added = new HashMap<>();

    /**
     * Adds a difference; empty, and nothing added, when it is no number or not newer than the last
     * of its series: then it was sent twice, or comes too late.
     */
    OptionalDouble add(Labels labels, double difference, long millis) {
      Sum before = added.getOrDefault(labels, sums.getOrDefault(labels, NONE));
      if (!Double.isFinite(difference) || millis <= before.millis) {
        return OptionalDouble.empty();
      }
      double value = before.value + difference;
      added.put(labels, new Sum(value, millis));
      return OptionalDouble.of(value);
    }

    /** The store has taken the sums. */
    void commit() {
      sums.putAll(added);
    }

    @Override
    public void close() {
      if (lock.isHeldByCurrentThread()) {
        lock.unlock();
      }
    }
  }
}
