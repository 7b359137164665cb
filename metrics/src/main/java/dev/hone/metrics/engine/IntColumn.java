package dev.hone.metrics.engine;

/**
 * Whole numbers in a column: runs of equal ones, or the numbers themselves, their differences or
 * the differences of those, whichever is shortest; the last three in groups of 32 to 1,024 with a
 * base and a width in bits each (frame of reference; Lemire and Boytsov, "Decoding billions of
 * integers per second through vectorization", 2015, section 3; Parquet's DELTA_BINARY_PACKED is
 * alike).
 */
final class IntColumn {
  /** Small groups bear outliers, large ones save bases; the shorter column decides. */
  private static final int[] GROUPS = {64, 32, 256, 1024};

  private static final int GROUP_SHIFT = 4;
  private static final int MAX_ORDER = 2;
  private static final int EQUAL = 4;
  private static final int RUNS = 8;

  private IntColumn() {}

  /** The size of a column in bits, about, without writing it. */
  static long cost(long[] numbers, int count, long[] scratch) {
    long best = runCost(numbers, count);
    for (int order = 0; order <= MAX_ORDER; order++) {
      best =
          Math.min(best, cost(difference(numbers, count, order, scratch), count, order, GROUPS[0]));
    }
    return best;
  }

  /** The size of the runs in bits, about. */
  private static long runCost(long[] numbers, int count) {
    long bits = 16;
    for (int i = 1; i < count; i++) {
      if (numbers[i] != numbers[i - 1]) {
        long change = Math.abs(numbers[i] - numbers[i - 1]);
        bits += 16 + 8L * ((64 - Long.numberOfLeadingZeros(change)) / 7);
      }
    }
    return bits;
  }

  private static long cost(long[] numbers, int count, int order, int group) {
    if (allEqual(numbers, Math.min(order, count), count)) {
      return 32;
    }
    long bits = 0;
    for (int from = Math.min(order, count); from < count; from += group) {
      int to = Math.min(count, from + group);
      long base = base(numbers, from, to);
      int baseBytes = 1 + (63 - Long.numberOfLeadingZeros((base << 1 ^ base >> 63) | 1)) / 7;
      bits += 8 + 8L * baseBytes + (long) (to - from) * width(numbers, from, to, base);
    }
    return bits + 64L * order;
  }

  /** What is taken off the numbers of a group: nothing where their least would save no bit. */
  private static long base(long[] numbers, int from, int to) {
    long min = numbers[from];
    long max = min;
    for (int i = from + 1; i < to; i++) {
      min = Math.min(min, numbers[i]);
      max = Math.max(max, numbers[i]);
    }
    boolean useless =
        min > 0 && Long.numberOfLeadingZeros(max) == Long.numberOfLeadingZeros(max - min);
    return useless ? 0 : min;
  }

  private static int width(long[] numbers, int from, int to, long base) {
    long all = 0;
    for (int i = from; i < to; i++) {
      all |= numbers[i] - base;
    }
    return 64 - Long.numberOfLeadingZeros(all);
  }

  private static boolean allEqual(long[] numbers, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (numbers[i] != numbers[from]) {
        return false;
      }
    }
    return true;
  }

  /** Numbers with the first {@code order} kept and the rest replaced by differences. */
  private static long[] difference(long[] numbers, int count, int order, long[] into) {
    System.arraycopy(numbers, 0, into, 0, count);
    for (int round = 1; round <= order; round++) {
      for (int i = count - 1; i >= round; i--) {
        into[i] -= into[i - 1];
      }
    }
    return into;
  }

  /** Writes a column. {@code scratch} must have room for {@code count} numbers. */
  static void write(long[] numbers, int count, long[] scratch, ByteSink out) {
    int best = 0;
    int bestGroup = 0;
    long least = Long.MAX_VALUE;
    for (int order = 0; order <= MAX_ORDER; order++) {
      difference(numbers, count, order, scratch);
      for (int group = 0; group < GROUPS.length; group++) {
        long cost = cost(scratch, count, order, GROUPS[group]);
        if (cost < least) {
          least = cost;
          best = order;
          bestGroup = group;
        }
      }
    }
    if (count > 1 && runCost(numbers, count) < least) {
      writeRuns(numbers, count, out);
      return;
    }
    difference(numbers, count, best, scratch);
    int kept = Math.min(best, count);
    boolean equal = allEqual(scratch, kept, count);
    out.put(best | (equal ? EQUAL : 0) | bestGroup << GROUP_SHIFT);
    for (int i = 0; i < kept; i++) {
      out.putSigned(scratch[i]);
    }
    if (equal) {
      out.putSigned(kept < count ? scratch[kept] : 0);
      return;
    }
    int group = GROUPS[bestGroup];
    for (int from = kept; from < count; from += group) {
      writeGroup(scratch, from, Math.min(count, from + group), out);
    }
  }

  private static void writeRuns(long[] numbers, int count, ByteSink out) {
    out.put(RUNS);
    long previous = 0;
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && numbers[to] == numbers[from]) {
        to++;
      }
      out.putVar(to - from);
      out.putSigned(numbers[from] - previous);
      previous = numbers[from];
      from = to;
    }
  }

  private static void readRuns(PackedBytes in, int count, long[] into) {
    long number = 0;
    for (int from = 0; from < count; ) {
      long length = in.getVar();
      if (length < 1 || length > count - from) {
        throw new CorruptException("a run of " + length + " where " + (count - from) + " are left");
      }
      number += in.getSigned();
      java.util.Arrays.fill(into, from, from + (int) length, number);
      from += (int) length;
    }
  }

  private static void writeGroup(long[] numbers, int from, int to, ByteSink out) {
    long base = base(numbers, from, to);
    int width = width(numbers, from, to, base);
    out.putSigned(base);
    out.put(width);
    int bytes = ((to - from) * width + 7) / 8;
    out.ensure(bytes + 16);
    java.util.Arrays.fill(out.bytes, out.length, out.length + bytes + 16, (byte) 0);
    long bit = 0;
    for (int i = from; i < to && width > 0; i++, bit += width) {
      long number = numbers[i] - base;
      int at = out.length + (int) (bit >>> 3);
      int shift = (int) bit & 7;
      long word = (long) ByteSink.LONG.get(out.bytes, at);
      ByteSink.LONG.set(out.bytes, at, word | number << shift);
      if (shift + width > 64) {
        out.bytes[at + 8] |= (byte) (number >>> (64 - shift));
      }
    }
    out.length += bytes;
  }

  /** Reads a column; the source's array must have 16 bytes after its end. */
  static void read(PackedBytes in, int count, long[] into) {
    int header = in.get();
    if (header == RUNS) {
      readRuns(in, count, into);
      return;
    }
    int order = header & 3;
    int kept = Math.min(order, count);
    for (int i = 0; i < kept; i++) {
      into[i] = in.getSigned();
    }
    if ((header & EQUAL) != 0) {
      java.util.Arrays.fill(into, kept, count, in.getSigned());
    } else {
      int group = GROUPS[header >> GROUP_SHIFT & 3];
      for (int from = kept; from < count; from += group) {
        long base = in.getSigned();
        in.unpack(into, from, Math.min(count, from + group), base, in.get());
      }
    }
    for (int round = order; round >= 1; round--) {
      long previous = round <= count ? into[round - 1] : 0;
      for (int i = round; i < count; i++) {
        previous += into[i];
        into[i] = previous;
      }
    }
  }
}
