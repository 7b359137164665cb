package dev.hone.metrics.engine;

import java.util.Arrays;

/** Samples of one series while they are put together, times strictly increasing. Reusable. */
final class SampleBuffer {
  long[] times = new long[512];
  double[] values = new double[512];
  int size;

  void clear() {
    size = 0;
  }

  void ensure(int more) {
    if (size + more > times.length) {
      int capacity = Math.max(size + more, times.length * 2);
      times = Arrays.copyOf(times, capacity);
      values = Arrays.copyOf(values, capacity);
    }
  }

  void add(long time, double value) {
    ensure(1);
    times[size] = time;
    values[size++] = value;
  }

  /** The index of the first of {@code count} ascending times that is after {@code time}. */
  static int firstAfter(long[] times, int count, long time) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Adds samples of a chunk that lie in {@code (from, to]} and after those held. */
  void addAll(ChunkReader reader, long from, long to) {
    long after = size == 0 ? from : Math.max(from, times[size - 1]);
    while (reader.next()) {
      long time = reader.time();
      if (time > to) {
        return;
      }
      if (time > after) {
        add(time, Double.longBitsToDouble(reader.bits()));
      }
    }
  }

  /** Merges samples in; at equal times those held stay. */
  void merge(SampleBuffer other) {
    if (other.size == 0) {
      return;
    }
    if (size == 0 || times[size - 1] < other.times[0]) {
      ensure(other.size);
      System.arraycopy(other.times, 0, times, size, other.size);
      System.arraycopy(other.values, 0, values, size, other.size);
      size += other.size;
      return;
    }
    var bits = new long[other.size];
    Arrays.setAll(bits, i -> Double.doubleToRawLongBits(other.values[i]));
    merge(other.times, bits, 0, other.size);
  }

  /** Merges samples in; at equal times those held stay. */
  void merge(long[] otherTimes, long[] otherBits, int begin, int end) {
    int more = end - begin;
    ensure(more);
    int left = size - 1;
    int right = end - 1;
    int place = size + more - 1;
    while (right >= begin) {
      if (left >= 0 && times[left] >= otherTimes[right]) {
        if (times[left] == otherTimes[right]) {
          right--;
        }
        times[place] = times[left];
        values[place--] = values[left--];
      } else {
        times[place] = otherTimes[right];
        values[place--] = Double.longBitsToDouble(otherBits[right--]);
      }
    }
    int gap = place - left;
    if (gap > 0) {
      int rest = size + more - 1 - place;
      System.arraycopy(times, place + 1, times, left + 1, rest);
      System.arraycopy(values, place + 1, values, left + 1, rest);
    }
    size += more - gap;
  }
}
