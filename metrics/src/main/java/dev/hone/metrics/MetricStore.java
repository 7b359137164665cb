package dev.hone.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where samples are kept and looked up. Safe for use by several threads; appends to one series come
 * from one thread at a time.
 */
public interface MetricStore extends AutoCloseable {
  /**
   * The handle of a series, made when it is new. Handles are cheap to keep and valid as long as the
   * store is open; a handle of a series that was dropped for want of room accepts samples again.
   *
   * @throws LimitException when the store holds as many series as it may
   */
  long series(Labels labels);

  /**
   * Adds a sample. A sample that is not newer than the last of its series is refused.
   *
   * @param series a handle of {@link #series}
   * @param timeMillis milliseconds since the epoch
   * @return whether the sample was taken
   */
  boolean append(long series, long timeMillis, double value);

  /**
   * Copies of all series that fulfil every matcher, with their samples in {@code (fromMillis,
   * toMillis]}; series without a sample there are left out.
   */
  default List<Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
    var found = new ArrayList<Series>();
    scan(
        matchers,
        fromMillis,
        toMillis,
        false,
        (labels, times, values, count) ->
            found.add(
                new Series(labels, Arrays.copyOf(times, count), Arrays.copyOf(values, count))));
    return found;
  }

  /**
   * Shows all series that fulfil every matcher, with their samples in {@code (fromMillis,
   * toMillis]}; series without a sample there are left out.
   *
   * @param newestOnly whether the last of those samples is enough
   */
  default void scan(
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      boolean newestOnly,
      SeriesVisitor visitor) {
    for (Series series : select(matchers, fromMillis, toMillis)) {
      visitor.visit(series.labels(), series.times(), series.values(), series.size());
    }
  }

  /**
   * Shows the labels of all series that fulfil every matcher and have a sample in {@code
   * (fromMillis, toMillis]}; some may come twice.
   */
  default void series(
      List<Matcher> matchers, long fromMillis, long toMillis, Consumer<Labels> visitor) {
    scan(
        matchers,
        fromMillis,
        toMillis,
        true,
        (labels, times, values, count) -> visitor.accept(labels));
  }

  /**
   * This store for one who can be told what an answer lacks: the answer comes then, with a sentence
   * for each lack, where without it {@link UnavailableException} is thrown.
   */
  default MetricStore telling(Consumer<String> lacks) {
    return this;
  }

  /** Begins a batch of samples; waits while another is open. */
  Appender appender();

  /** All names of labels, sorted. */
  List<String> labelNames();

  /** All values of a label, sorted, without duplicates. */
  List<String> labelValues(String label);

  /** The tiers that are kept longer than samples, when there are any. */
  default Optional<SummaryStore> tiers() {
    return Optional.empty();
  }

  /** How many series are held. */
  int seriesCount();

  /** Adds a sample to the series of these labels; for callers that are not in a hot path. */
  default boolean append(Labels labels, long timeMillis, double value) {
    return append(series(labels), timeMillis, value);
  }

  @Override
  void close();

  /** The store's limit of series is reached. */
  final class LimitException extends RuntimeException {
    /** A sentence with value, place and remedy. */
    public LimitException(String message) {
      super(message);
    }
  }

  /** Samples that were stored cannot be read now, so an answer would be wrong. */
  final class UnavailableException extends RuntimeException {
    /** A sentence with value, place and remedy. */
    public UnavailableException(String message) {
      super(message);
    }
  }
}
