package dev.hone.metrics.wire;

import dev.hone.metrics.Labels;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Adds up what is sent as differences (delta temporality), so that counters keep counting. What a
 * request adds counts only once the store has taken it: a request that failed can be sent again.
 */
public final class OtlpSums {
  private final Map<Labels, Double> sums;
  private final ReentrantLock lock = new ReentrantLock();

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
          protected boolean removeEldestEntry(Map.Entry<Labels, Double> eldest) {
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
    private final Map<Labels, Double> added = new HashMap<>();

    double add(Labels labels, double difference) {
      double before = added.getOrDefault(labels, sums.getOrDefault(labels, 0.0));
      added.put(labels, before + difference);
      return before + difference;
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
