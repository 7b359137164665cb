package dev.hone.bench.database;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Seconds of every statement of a workload with one set of indexes, in several rounds. */
final class Timings {
  private final double cap;
  private final double[][] seconds;

  /**
   * Nothing yet.
   *
   * @param cap seconds; a statement that takes longer is stopped and counts as this
   */
  Timings(int statements, int rounds, double cap) {
    this.cap = cap;
    seconds = new double[statements][rounds];
    for (double[] row : seconds) {
      Arrays.fill(row, Double.NaN);
    }
  }

  void record(int statement, int round, double value) {
    seconds[statement][round] = Math.min(value, cap);
  }

  /** Whether it was stopped in every round so far. */
  boolean capped(int statement) {
    return measured(statement).length > 0 && best(statement) >= cap;
  }

  private double[] measured(int statement) {
    return Arrays.stream(seconds[statement]).filter(s -> !Double.isNaN(s)).sorted().toArray();
  }

  double best(int statement) {
    double[] sorted = measured(statement);
    return sorted.length == 0 ? Double.NaN : sorted[0];
  }

  /** The median; the mean of the two in the middle when there are two. */
  double median(int statement) {
    double[] sorted = measured(statement);
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Sum over the statements of their best times. */
  double total() {
    return statements().mapToDouble(this::best).sum();
  }

  /** Sum over the statements of their median times. */
  double medianTotal() {
    return statements().mapToDouble(this::median).sum();
  }

  /** Geometric mean of the best times. */
  double geomean() {
    return geomean(this::best);
  }

  /** Geometric mean of the median times. */
  double medianGeomean() {
    return geomean(this::median);
  }

  private double geomean(IntToDoubleFunction time) {
    return Math.exp(
        statements()
            .mapToDouble(i -> Math.log(time.applyAsDouble(i)))
            .average()
            .orElse(Double.NaN));
  }

  /** Sum of the best times, each as often as its weight says. */
  double weighted(Workload workload) {
    return statements().mapToDouble(i -> workload.entries().get(i).weight() * best(i)).sum();
  }

  /** Sum of the median times, each as often as its weight says. */
  double medianWeighted(Workload workload) {
    return statements().mapToDouble(i -> workload.entries().get(i).weight() * median(i)).sum();
  }

  private IntStream statements() {
    return IntStream.range(0, seconds.length);
  }
}
