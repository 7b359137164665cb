package dev.hone.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one writer sends in one life of a server: requests of ten samples of each of its series,
 * whose times and values can be made again to compare.
 *
 * @param start the time of the first sample
 */
record KillStream(int life, int writer, long start) {
  static final int SERIES = 500;

  /** Samples of a series in one request. */
  static final int DEPTH = 10;

  /** Requests that a writer sends at most, so that no sample lies in the future. */
  static final int LONGEST = 1_500;

  private static final long STEP = 100;

  /** What was found of a stream. */
  record Found(long exact, long missing, long wrong) {
    Found plus(Found other) {
      return new Found(exact + other.exact, missing + other.missing, wrong + other.wrong);
    }
  }

  /** A request; the next one has the samples that follow. */
  byte[] request(RemoteWrite encoder, int number) {
    var times = new long[DEPTH];
    var values = new double[DEPTH];
    // Not within the loop over the series: there, C2 of JDK 25 with the serial collector loses
    // these
    // stores for the first series.
    for (int k = 0; k < DEPTH; k++) {
      times[k] = start + STEP * (number * DEPTH + k);
    }
    for (int i = 0; i < SERIES; i++) {
      for (int k = 0; k < DEPTH; k++) {
        values[k] = value(i, number * DEPTH + k);
      }
      encoder.add(labels(i), times, values, 0, DEPTH);
    }
    return encoder.take();
  }

  /** Compares what a server holds; {@code acknowledged} requests must be there in full. */
  Found check(Connection connection, int acknowledged) throws IOException {
    String query = "hb_kill_" + life + "{writer=\"" + writer + "\"}[3h]";
    String time = Load.seconds(start + STEP * DEPTH * (LONGEST + 10));
    String path = "/api/v1/query?query=" + Connection.escape(query) + "&time=" + time;
    Answer answer = Answer.of(connection.get(path).accepted());
    Map<String, Answer.Series> found = new HashMap<>();
    answer.series().forEach(s -> found.put(s.labels().getOrDefault("series", ""), s));
    var total = new Found(0, 0, 0);
    for (int i = 0; i < SERIES; i++) {
      total = total.plus(check(i, found.remove("s" + i), acknowledged * DEPTH));
    }
    for (Answer.Series unknown : found.values()) {
      total = total.plus(new Found(0, 0, unknown.times().length));
    }
    return total;
  }

  private Found check(int series, Answer.@Nullable Series got, int due) {
    if (got == null) {
      return new Found(0, due, 0);
    }
    long exact = 0;
    long wrong = 0;
    for (int i = 0; i < got.times().length; i++) {
      long since = got.times()[i] - start;
      long sample = since / STEP;
      boolean same =
          since >= 0
              && since % STEP == 0
              && Double.doubleToRawLongBits(got.values()[i])
                  == Double.doubleToRawLongBits(value(series, sample));
      wrong += same ? 0 : 1;
      exact += same && sample < due ? 1 : 0;
    }
    return new Found(exact, due - exact, wrong);
  }

  private byte[] labels(int series) {
    var labels = new TreeMap<String, String>();
    labels.put("__name__", "hb_kill_" + life);
    labels.put("series", "s" + series);
    labels.put("writer", "" + writer);
    return RemoteWrite.labels(labels);
  }

  private double value(int series, long sample) {
    long seed = Arrays.hashCode(new long[] {life, writer, series, sample});
    return switch (series % 3) {
      case 0 -> sample * (series + 1);
      case 1 -> Math.floorMod(seed * 0x9E3779B97F4A7C15L, 10_000L) / 100.0;
      default -> seed * 0x1p-40 + 1.0 / (sample + 3);
    };
  }
}
