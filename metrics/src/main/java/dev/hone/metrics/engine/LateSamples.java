package dev.hone.metrics.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Samples of a series that came out of order, sorted by time; one a time. */
final class LateSamples {
  private long[] times = new long[4];
  private long[] bits = new long[4];
  private int size;

  /** Adds a sample; of two with the same time the one given first stays. */
  void add(long time, long value) {
    int at = size > 0 && times[size - 1] < time ? -size - 1 : search(time);
    if (at >= 0) {
      return;
    }
    int place = -at - 1;
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      bits = Arrays.copyOf(bits, size * 2);
    }
    System.arraycopy(times, place, times, place + 1, size - place);
    System.arraycopy(bits, place, bits, place + 1, size - place);
    times[place] = time;
    bits[place] = value;
    size++;
  }

  private int search(long time) {
    return Arrays.binarySearch(times, 0, size, time);
  }

  int size() {
    return size;
  }

  long time(int index) {
    return times[index];
  }

  long bits(int index) {
    return bits[index];
  }

  long firstTime() {
    return times[0];
  }

  /** The samples at or after a time, or null when there are none. */
  @Nullable LateSamples from(long time) {
    int at = search(time);
    int first = at >= 0 ? at : -at - 1;
    if (first == size) {
      return null;
    }
    var rest = new LateSamples();
    rest.times = Arrays.copyOfRange(times, first, size);
    rest.bits = Arrays.copyOfRange(bits, first, size);
    rest.size = size - first;
    return rest;
  }

  /** Adds the samples in {@code (from, to]} to a buffer, where those of equal time stay. */
  void mergeInto(SampleBuffer buffer, long from, long to) {
    int first = search(from);
    int begin = first >= 0 ? first + 1 : -first - 1;
    int last = search(to);
    int end = last >= 0 ? last + 1 : -last - 1;
    if (begin < end) {
      buffer.merge(times, bits, begin, end);
    }
  }
}
