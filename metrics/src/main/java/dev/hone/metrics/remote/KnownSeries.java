package dev.hone.metrics.remote;

import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The series that came lately, with what is needed to sift their next samples. For one thread. */
final class KnownSeries {
  private final int most;
  private final Map<Labels, One> byLabels = new HashMap<>();

  /** By number; a number is never given out twice, for who scrapes remembers it. */
  private final Map<Integer, One> byNumber = new HashMap<>();

  private int next;
  private volatile int count;

  /** A series. */
  static final class One {
    final int number;
    final Labels labels;

    /** Its newest sample; {@link Long#MIN_VALUE} when none came. */
    long lastTime = Long.MIN_VALUE;

    long lastBits;

    /** Whether somebody holds its number for good. */
    boolean kept;

    One(int number, Labels labels) {
      this.number = number;
      this.labels = labels;
    }
  }

  KnownSeries(int most) {
    this.most = most;
  }

  int count() {
    return count;
  }

  /** The series of a number that was given out. */
  One get(int number) {
    One one = find(number);
    if (one == null) {
      throw new IllegalArgumentException("there is no series of number " + number);
    }
    return one;
  }

  /** The series of a number, unless it was forgotten. */
  @Nullable One find(int number) {
    return byNumber.get(number);
  }

  /**
   * The series of these labels, made when it is new.
   *
   * @throws MetricStore.LimitException when there are as many as may be
   */
  One of(Labels labels) {
    One known = byLabels.get(labels);
    if (known != null) {
      return known;
    }
    if (byLabels.size() >= most) {
      throw new MetricStore.LimitException(
          "series `%s` refused: %d series came within the hour, the maximum; raise `metrics.maxSeries` or drop a label with many values"
              .formatted(labels, most));
    }
    var one = new One(next++, labels);
    byNumber.put(one.number, one);
    byLabels.put(labels, one);
    count = byLabels.size();
    return one;
  }

  /** Whether no further one has room. */
  boolean full() {
    return byLabels.size() >= most;
  }

  /** Forgets series without a sample since a time. */
  void forgetBefore(long time, IntConsumer forgotten) {
    byLabels
        .values()
        .removeIf(
            one -> {
              boolean gone = !one.kept && one.lastTime < time;
              if (gone) {
                byNumber.remove(one.number);
                forgotten.accept(one.number);
              }
              return gone;
            });
    count = byLabels.size();
  }
}
