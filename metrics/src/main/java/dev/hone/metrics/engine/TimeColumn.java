package dev.hone.metrics.engine;

/**
 * Times of samples: the first, and the distance of each from an even grid ({@link IntColumn}). A
 * scrape that wobbles around its interval costs the bits of the wobble once, not twice as with
 * differences of differences.
 */
final class TimeColumn {
  private TimeColumn() {}

  static void write(long[] times, int from, int count, Scratch scratch, ByteSink out) {
    long first = times[from];
    long step = count < 2 ? 0 : typicalStep(times, from, count, scratch.first);
    long[] offsets = scratch.first;
    for (int i = 0; i < count; i++) {
      offsets[i] = times[from + i] - first - i * step;
    }
    out.putSigned(first);
    out.putVar(step);
    IntColumn.write(offsets, count, scratch.second, out);
  }

  private static long typicalStep(long[] times, int from, int count, long[] scratch) {
    int steps = Math.min(count - 1, 63);
    for (int i = 0; i < steps; i++) {
      scratch[i] = times[from + i + 1] - times[from + i];
    }
    java.util.Arrays.sort(scratch, 0, steps);
    long median = scratch[steps / 2];
    long mean = Math.round((times[from + count - 1] - times[from]) / (double) (count - 1));
    return Math.abs(mean - median) <= median / 50 ? mean : median;
  }

  static void read(PackedBytes in, int count, long[] into) {
    long first = in.getSigned();
    long step = in.getVar();
    IntColumn.read(in, count, into);
    for (int i = 0; i < count; i++) {
      into[i] += first + i * step;
    }
  }

  /** Room for the numbers of one column while it is written. */
  static final class Scratch {
    final long[] first;
    final long[] second;
    final long[] third;
    final long[] fourth;

    Scratch(int capacity) {
      first = new long[capacity];
      second = new long[capacity];
      third = new long[capacity];
      fourth = new long[capacity];
    }
  }
}
