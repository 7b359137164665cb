package dev.hone.bench;

import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Series of several sorts, a sample of each a step, into two stores alike. */
final class RemoteData {
  /** Time between two samples of a series, ms. */
  static final long STEP = 5_000;

  /** What the metrics are called. */
  static final String PREFIX = "bench_";

  private static final long STALE = 0x7FF0000000000002L;
  private static final String[] METRICS = {
    "bench_requests_total", "bench_seconds_total", "bench_temperature", "bench_connections"
  };

  private final List<Labels> series = new ArrayList<>();
  private final double[] values;
  private final SplittableRandom random;
  private final long start;
  private int steps;

  RemoteData(int count, long start, long seed) {
    this.start = start;
    this.random = new SplittableRandom(seed);
    this.values = new double[count];
    for (int i = 0; i < count; i++) {
      series.add(
          Labels.of(
              METRICS[i % METRICS.length],
              "instance",
              "host-" + i / 80,
              "job",
              "job-" + i / 4 % 5,
              "path",
              "/p/" + i / 20 % 4,
              "le",
              List.of("0.1", "0.5", "1", "+Inf").get(i / 4 % 4),
              "series",
              "" + i));
    }
  }

  /** The time of the newest samples, ms since the epoch. */
  long time() {
    return start + (steps - 1) * STEP;
  }

  long start() {
    return start;
  }

  long samples() {
    return (long) steps * series.size();
  }

  /** Writes the next sample of every series. */
  void write(List<MetricStore> stores) throws IOException {
    long time = start + steps * STEP;
    var bits = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = next(i);
      boolean ended = i % 97 == 5 && steps % 120 > 100;
      bits[i] = ended ? STALE : Double.doubleToRawLongBits(values[i]);
    }
    for (MetricStore store : stores) {
      try (Appender appender = store.appender()) {
        for (int i = 0; i < values.length; i++) {
          appender.add(appender.series(series.get(i)), time + i % 7 * 131L, bits[i]);
        }
        Appender.Outcome outcome = appender.commit();
        if (outcome.taken() != values.length) {
          throw new IOException("samples were refused: " + outcome);
        }
      }
    }
    steps++;
  }

  private double next(int i) {
    return switch (i % METRICS.length) {
      case 0 -> random.nextInt(400) == 0 ? 0 : values[i] + random.nextInt(20) + i / 100_000.0;
      case 1 -> values[i] + random.nextDouble();
      case 2 -> Math.rint((20 + 10 * random.nextDouble()) * 1_000_000) / 1_000_000;
      default -> values[i] == 0 ? i : values[i] + random.nextInt(3) - 1;
    };
  }
}
