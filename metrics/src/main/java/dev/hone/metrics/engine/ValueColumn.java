package dev.hone.metrics.engine;

/**
 * Values in a column, bit for bit: one value for all; or decimal numbers scaled to whole ones, with
 * the distance of each value from the double nearest to its decimal in units in the last place
 * (which stays small when a counter has added up decimals); or exclusive ors of neighbours; or the
 * bit patterns as whole numbers. Values that do not fit a decimal column (NaN of any payload,
 * infinities, negative zero) are listed beside it.
 *
 * <p>The scaling follows Afroozeh, Kuffó and Boncz, "ALP: Adaptive Lossless floating-Point
 * Compression", SIGMOD 2023; the correction in units of the last place is our own.
 */
final class ValueColumn {
  private static final int CONSTANT = 0;
  private static final int DECIMAL = 1;
  private static final int CORRECTED = 2;
  private static final int XOR = 3;
  private static final int BITS = 4;
  private static final int MAX_EXPONENT = 15;
  private static final int TRIED = 48;
  private static final long MAX_CORRECTION = 1L << 24;
  private static final double MAX_WHOLE = 1L << 53;
  private static final double[] POWER = new double[MAX_EXPONENT + 1];

  static {
    double power = 1;
    for (int i = 0; i <= MAX_EXPONENT; i++) {
      POWER[i] = power;
      power *= 10;
    }
  }

  private ValueColumn() {}

  static void write(
      double[] values, int from, int count, TimeColumn.Scratch scratch, ByteSink out) {
    long firstBits = Double.doubleToRawLongBits(values[from]);
    boolean constant = true;
    for (int i = 1; i < count && constant; i++) {
      constant = Double.doubleToRawLongBits(values[from + i]) == firstBits;
    }
    if (constant) {
      out.put(CONSTANT);
      out.putLong(firstBits);
      return;
    }
    int start = out.length;
    int exponent = bestExponent(values, from, count, scratch);
    if (exponent >= 0 && writeDecimal(values, from, count, exponent, scratch, out)) {
      if (out.length - start <= count * 3) {
        return;
      }
    } else {
      out.length = start;
      writeXor(values, from, count, out);
    }
    byte[] first = java.util.Arrays.copyOfRange(out.bytes, start, out.length);
    out.length = start;
    writeBits(values, from, count, scratch, out);
    if (out.length - start > first.length) {
      out.length = start;
      out.put(first);
    }
  }

  /** The bit patterns as whole numbers: neighbours of one exponent differ by little. */
  private static void writeBits(
      double[] values, int from, int count, TimeColumn.Scratch scratch, ByteSink out) {
    for (int i = 0; i < count; i++) {
      scratch.first[i] = Double.doubleToRawLongBits(values[from + i]);
    }
    out.put(XOR | BITS);
    IntColumn.write(scratch.first, count, scratch.third, out);
  }

  /** The exponent of ten with the shortest column over a part of the values, or -1. */
  private static int bestExponent(
      double[] values, int from, int count, TimeColumn.Scratch scratch) {
    int tried = Math.min(count, TRIED);
    int begin = from + (count - tried) / 2;
    int best = -1;
    long least = 60L * tried;
    for (int exponent = 0; exponent <= MAX_EXPONENT; exponent++) {
      int used = split(values, begin, tried, exponent, scratch.first, scratch.second);
      int exceptions = tried - used;
      if (exceptions > tried / 4) {
        continue;
      }
      long cost =
          IntColumn.cost(scratch.first, used, scratch.third)
              + IntColumn.cost(scratch.second, used, scratch.third)
              + exceptions * 80L;
      if (cost < least) {
        least = cost;
        best = exponent;
      }
    }
    return best;
  }

  /** Splits the values that fit into whole numbers and corrections; returns how many fit. */
  private static int split(
      double[] values, int from, int count, int exponent, long[] whole, long[] corrections) {
    double power = POWER[exponent];
    int used = 0;
    for (int i = from; i < from + count; i++) {
      double value = values[i];
      double scaled = Math.rint(value * power);
      if (Math.abs(scaled) < MAX_WHOLE) {
        long correction =
            Double.doubleToRawLongBits(value)
                - Double.doubleToRawLongBits((double) (long) scaled / power);
        if (Math.abs(correction) <= MAX_CORRECTION) {
          whole[used] = (long) scaled;
          corrections[used++] = correction;
        }
      }
    }
    return used;
  }

  private static boolean writeDecimal(
      double[] values,
      int from,
      int count,
      int exponent,
      TimeColumn.Scratch scratch,
      ByteSink out) {
    int used = split(values, from, count, exponent, scratch.first, scratch.second);
    int exceptions = count - used;
    if (exceptions > count / 4) {
      return false;
    }
    boolean corrected = false;
    for (int i = 0; i < used && !corrected; i++) {
      corrected = scratch.second[i] != 0;
    }
    out.put((corrected ? CORRECTED : DECIMAL) | exponent << 2);
    out.putVar(exceptions);
    if (exceptions > 0) {
      writeExceptions(values, from, count, exponent, out);
    }
    IntColumn.write(scratch.first, used, scratch.third, out);
    if (corrected) {
      IntColumn.write(scratch.second, used, scratch.third, out);
    }
    return true;
  }

  private static void writeExceptions(
      double[] values, int from, int count, int exponent, ByteSink out) {
    var whole = new long[1];
    var correction = new long[1];
    int previous = 0;
    for (int i = 0; i < count; i++) {
      if (split(values, from + i, 1, exponent, whole, correction) == 0) {
        out.putVar(i - previous);
        out.putLong(Double.doubleToRawLongBits(values[from + i]));
        previous = i;
      }
    }
  }

  private static void writeXor(double[] values, int from, int count, ByteSink out) {
    var writer = new ChunkWriter();
    for (int i = 0; i < count; i++) {
      writer.append(i, Double.doubleToRawLongBits(values[from + i]));
    }
    byte[] data = writer.finish(null).data();
    out.put(XOR);
    out.putVar(data.length);
    out.put(data);
  }

  static void read(PackedBytes in, int count, long[] scratch, double[] into, int at) {
    int header = in.get();
    switch (header & 3) {
      case CONSTANT ->
          java.util.Arrays.fill(into, at, at + count, Double.longBitsToDouble(in.getLong()));
      case XOR -> {
        if ((header & BITS) != 0) {
          IntColumn.read(in, count, scratch);
          for (int i = 0; i < count; i++) {
            into[at + i] = Double.longBitsToDouble(scratch[i]);
          }
          return;
        }
        int length = (int) in.getVar();
        var reader = new ChunkReader();
        reader.open(in.get(length), length, 0, 0, 0, count);
        for (int i = at; reader.next(); i++) {
          into[i] = Double.longBitsToDouble(reader.bits());
        }
      }
      default -> readDecimal(in, count, header, scratch, into, at);
    }
  }

  private static void readDecimal(
      PackedBytes in, int count, int header, long[] scratch, double[] into, int at) {
    double power = POWER[header >> 2 & 15];
    int exceptions = (int) in.getVar();
    if (exceptions < 0 || exceptions > count) {
      throw new CorruptException("a column lists " + exceptions + " exceptions");
    }
    var places = new int[exceptions];
    var bits = new long[exceptions];
    int previous = 0;
    for (int i = 0; i < exceptions; i++) {
      previous += (int) in.getVar();
      places[i] = previous;
      bits[i] = in.getLong();
    }
    int used = count - exceptions;
    IntColumn.read(in, used, scratch);
    for (int i = 0; i < used; i++) {
      into[at + i] = scratch[i] / power;
    }
    if ((header & 3) == CORRECTED) {
      IntColumn.read(in, used, scratch);
      for (int i = 0; i < used; i++) {
        into[at + i] =
            Double.longBitsToDouble(Double.doubleToRawLongBits(into[at + i]) + scratch[i]);
      }
    }
    if (exceptions > 0) {
      int source = used - 1;
      int exception = exceptions - 1;
      for (int i = count - 1; exception >= 0; i--) {
        if (places[exception] == i) {
          into[at + i] = Double.longBitsToDouble(bits[exception--]);
        } else {
          into[at + i] = into[at + source--];
        }
      }
    }
  }
}
