package dev.hone.metrics.promql;

/**
 * Keeps the best values of those offered, the worst of them on top: a binary heap that moves its
 * elements as Go's {@code container/heap} does, so that of equal values the same ones stay as in
 * Prometheus. NaN is the worst.
 */
final class BestHeap {
  private final int limit;
  private final boolean largest;
  private final int[] rows;
  private final double[] values;
  private int size;

  BestHeap(int limit, boolean largest) {
    this.limit = limit;
    this.largest = largest;
    this.rows = new int[limit];
    this.values = new double[limit];
  }

  void offer(int row, double value) {
    if (size < limit) {
      rows[size] = row;
      values[size] = value;
      up(size++);
    } else if ((largest ? values[0] < value : values[0] > value)
        || (Double.isNaN(values[0]) && !Double.isNaN(value))) {
      rows[0] = row;
      values[0] = value;
      if (limit > 1) {
        down();
      }
    }
  }

  private boolean worse(int i, int j) {
    return Double.isNaN(values[i]) || (largest ? values[i] < values[j] : values[i] > values[j]);
  }

  private void swap(int i, int j) {
    int row = rows[i];
    rows[i] = rows[j];
    rows[j] = row;
    double value = values[i];
    values[i] = values[j];
    values[j] = value;
  }

  private void up(int from) {
    int j = from;
    while (true) {
      int i = (j - 1) / 2;
      if (i == j || !worse(j, i)) {
        return;
      }
      swap(i, j);
      j = i;
    }
  }

  private void down() {
    int i = 0;
    while (true) {
      int j = 2 * i + 1;
      if (j >= size) {
        return;
      }
      if (j + 1 < size && worse(j + 1, j)) {
        j++;
      }
      if (!worse(j, i)) {
        return;
      }
      swap(i, j);
      i = j;
    }
  }

  /** The rows of the values kept, best first. */
  int[] bestFirst() {
    var order = new Integer[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    java.util.Arrays.sort(
        order, (a, b) -> Aggregations.Gathering.compare(values[a], values[b], largest));
    var best = new int[size];
    for (int i = 0; i < size; i++) {
      best[i] = rows[order[i]];
    }
    return best;
  }
}
