package dev.hone.bench.loop;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/** A recorded series of a positive quantity, in the order of time. */
final class Series {
  /** A series with a smaller share of positive values says nothing about a logarithm. */
  static final double LEAST_POSITIVE = 0.9;

  private final double[] values;
  private final int badLines;

  /**
   * A series.
   *
   * @param values finite ones
   * @param badLines how many lines held none
   */
  Series(double[] values, int badLines) {
    this.values = values.clone();
    this.badLines = badLines;
  }

  int length() {
    return values.length;
  }

  /** How many lines held no value. */
  int badLines() {
    return badLines;
  }

  /** Reads lines {@code timestamp,value}; the first may be a heading. */
  static Series parse(BufferedReader lines) throws IOException {
    DoubleStream.Builder values = DoubleStream.builder();
    int bad = 0;
    boolean first = true;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      OptionalDouble value = value(line);
      if (value.isPresent()) {
        values.add(value.getAsDouble());
      } else if (!first && !line.isBlank()) {
        bad++;
      }
      first = false;
    }
    return new Series(values.build().toArray(), bad);
  }

  private static OptionalDouble value(String line) {
    int comma = line.indexOf(',');
    if (comma < 0) {
      return OptionalDouble.empty();
    }
    try {
      double value = Double.parseDouble(line.substring(comma + 1).strip());
      return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  /** Whether it is long enough for {@code samples} and nearly always positive. */
  boolean isUsable(int samples) {
    return values.length >= samples && positive() >= LEAST_POSITIVE;
  }

  /** The share of positive values; 0 of none. */
  double positive() {
    return Arrays.stream(values).map(v -> v > 0 ? 1 : 0).average().orElse(0);
  }

  /** The logs of the values; one that is not positive counts as the one before it. */
  double[] logs() {
    var logs = new double[values.length];
    double last = Arrays.stream(values).filter(v -> v > 0).findFirst().orElse(1);
    for (int i = 0; i < logs.length; i++) {
      last = values[i] > 0 ? values[i] : last;
      logs[i] = Math.log(last);
    }
    return logs;
  }

  /** Sums of {@code count} values each; what is left over is dropped. */
  Series sums(int count) {
    var sums = new double[values.length / count];
    for (int i = 0; i < sums.length * count; i++) {
      sums[i / count] += values[i];
    }
    return new Series(sums, badLines);
  }
}
