package dev.hone.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Series with what makes PromQL hard: scrapes beside every grid and at times missing, counters that
 * start again, series that begin late, end early, pause, or end with a stale marker, negative
 * values, NaN and infinities, histograms with a missing, an unreadable or a shrinking bucket.
 */
final class PromqlData {
  /** Prometheus's marker of a series that has ended; a NaN with a payload of its own. */
  private static final double STALE = Double.longBitsToDouble(0x7ff0000000000002L);

  private static final long STEP = 15_000;
  private static final long SPAN = 90 * 60_000;
  private static final long SLICE = 5 * 60_000;
  private static final List<String> BUCKETS =
      List.of("0.005", "0.01", "0.025", "0.1", "0.25", "0.5", "1", "2.5", "10", "+Inf");

  private final long end;
  private final List<Series> series = new ArrayList<>();
  private final SplittableRandom random;

  /** Samples of one label set. */
  private static final class Series {
    private final byte[] labels;
    private long[] times = new long[0];
    private double[] values = new double[0];

    Series(byte[] labels) {
      this.labels = labels;
    }

    void add(long time, double value) {
      times = Arrays.copyOf(times, times.length + 1);
      values = Arrays.copyOf(values, values.length + 1);
      times[times.length - 1] = time;
      values[values.length - 1] = value;
    }
  }

  /** Gives the value of a scrape. */
  private interface Values {
    double at(int scrape, SplittableRandom random);
  }

  PromqlData(long end, long seed) {
    this.end = end;
    random = new SplittableRandom(seed);
    for (int instance = 0; instance < 4; instance++) {
      make(instance);
    }
  }

  long start() {
    return end - SPAN;
  }

  long end() {
    return end;
  }

  /** The same data with the series in the opposite order. */
  void reverse() {
    Collections.reverse(series);
  }

  /** Sends everything in the order of time. */
  void send(Connection connection) throws IOException {
    var encoder = new RemoteWrite();
    for (long from = start() - 2 * STEP; from <= end + 2 * STEP; from += SLICE) {
      for (Series one : series) {
        int first = atOrAfter(one.times, from);
        int last = atOrAfter(one.times, from + SLICE);
        if (first < last) {
          encoder.add(one.labels, one.times, one.values, first, last);
        }
      }
      if (encoder.size() > 0) {
        byte[] request = encoder.take();
        connection.post(RemoteWrite.PATH, RemoteWrite.HEADERS, request).accepted();
      }
    }
  }

  private static int atOrAfter(long[] times, long time) {
    int at = Arrays.binarySearch(times, time);
    return at < 0 ? -at - 1 : at;
  }

  private void make(int i) {
    for (String method : List.of("GET", "POST")) {
      for (String status : List.of("200", "404", "500")) {
        int reset = 60 + random.nextInt(200);
        make("demo_requests_total", i, Map.of("method", method, "status", status), counter(reset));
      }
    }
    for (String mode : List.of("idle", "user", "system")) {
      double[] sum = {random.nextInt(1000)};
      make(
          "demo_cpu_seconds_total",
          i,
          Map.of("mode", mode),
          (k, r) -> sum[0] += 15 * r.nextDouble());
    }
    for (String type : List.of("free", "used", "cached")) {
      long base = 1L << (30 + random.nextInt(3));
      make("demo_memory_bytes", i, Map.of("type", type), (k, r) -> base + r.nextInt(1 << 28));
    }
    for (String sensor : List.of("in", "out")) {
      double[] now = {sensor.equals("in") ? 20 : -5};
      make("demo_celsius", i, Map.of("sensor", sensor), (k, r) -> now[0] = walk(now[0], r));
    }
    for (String kind : List.of("nan", "inf", "mixed", "zero")) {
      make("demo_odd", i, Map.of("kind", kind), (k, r) -> odd(kind, r));
    }
    make("demo_flapping", i, Map.of(), (k, r) -> k / 40 % 2 == 0 ? r.nextInt(5) : -0.0);
    make("demo_up", i, Map.of(), (k, r) -> r.nextInt(20) == 0 ? 0 : 1);
    make("demo_replicas", i, Map.of(), (k, r) -> 3);
    double boot = (end - SPAN) / 1000.0 - 86400.0 * 37 * (i + 1);
    make("demo_boot_seconds", i, Map.of(), (k, r) -> boot);
    histogram(i, "/orders", BUCKETS);
    histogram(i, "/cart", i == 0 ? BUCKETS.subList(0, 9) : BUCKETS);
    histogram(i, "/odd", i == 1 ? List.of("+Inf") : List.of("0.1", "much", "1.0", "5e0", "+Inf"));
    pausing(i);
  }

  private void histogram(int i, String path, List<String> bounds) {
    int scrapes = (int) (SPAN / STEP);
    double[][] counts = new double[scrapes + 1][bounds.size()];
    double[] sums = new double[scrapes + 1];
    for (int k = 1; k <= scrapes; k++) {
      counts[k] = counts[k - 1].clone();
      sums[k] = sums[k - 1];
      for (int n = random.nextInt(20); n > 0; n--) {
        int bucket = Math.min(random.nextInt(bounds.size()), random.nextInt(bounds.size()));
        sums[k] += random.nextDouble() * (bucket + 1);
        for (int b = bucket; b < bounds.size(); b++) {
          counts[k][b]++;
        }
      }
      if (path.equals("/odd") && k % 50 == 0) {
        counts[k][bounds.size() - 1] -= 3;
      }
    }
    for (int b = 0; b < bounds.size(); b++) {
      int bucket = b;
      var labels = Map.of("path", path, "le", bounds.get(b));
      make("demo_latency_seconds_bucket", i, labels, (k, r) -> counts[k][bucket]);
    }
    int last = bounds.size() - 1;
    make("demo_latency_seconds_count", i, Map.of("path", path), (k, r) -> counts[k][last]);
    make("demo_latency_seconds_sum", i, Map.of("path", path), (k, r) -> sums[k]);
  }

  /** Releases that follow each other with stale markers, and a series with long pauses. */
  private void pausing(int i) {
    int scrapes = (int) (SPAN / STEP);
    int change = 100 + 40 * i;
    Series old = series("demo_info", i, Map.of("version", "1." + i));
    Series fresh = series("demo_info", i, Map.of("version", "2.0"));
    Series gaps = series("demo_gaps", i, Map.of("zone", i < 2 ? "a" : "b"));
    for (int k = 0; k < scrapes; k++) {
      long time = time(i, k);
      if (k < change) {
        old.add(time, 1);
      } else {
        fresh.add(time, 1);
      }
      if (k == change && i != 3) {
        old.add(time, STALE);
      }
      boolean paused = k % 90 > 50 - 10 * i;
      if (!paused) {
        gaps.add(time, k * (i - 1) / 4.0);
      } else if (i == 2 && k % 90 == 31) {
        gaps.add(time, STALE);
      }
    }
  }

  private void make(String name, int i, Map<String, String> labels, Values values) {
    Series one = series(name, i, labels);
    int scrapes = (int) (SPAN / STEP);
    boolean late = random.nextInt(12) == 0;
    boolean early = random.nextInt(12) == 0;
    for (int k = 0; k < scrapes; k++) {
      double value = values.at(k, random);
      boolean exists = !(late && k < scrapes / 3) && !(early && k > 2 * scrapes / 3);
      if (exists && random.nextInt(60) != 0) {
        one.add(time(i, k), value);
      }
    }
  }

  private Series series(String name, int i, Map<String, String> labels) {
    var all = new TreeMap<>(labels);
    all.put("__name__", name);
    all.put("instance", "demo" + i + ":8080");
    all.put("job", i < 3 ? "demo" : "other");
    var made = new Series(RemoteWrite.labels(all));
    series.add(made);
    return made;
  }

  /** All series of an instance share a scrape's time. */
  private long time(int instance, int scrape) {
    var noise = new SplittableRandom(instance * 100_003L + scrape);
    return start() + scrape * STEP + 3_217L * instance + 1_011 + noise.nextInt(700);
  }

  private static Values counter(int reset) {
    double[] now = {0};
    return (k, r) -> now[0] = k % reset == reset - 1 ? r.nextInt(3) : now[0] + r.nextInt(40);
  }

  private static double walk(double from, SplittableRandom r) {
    return Math.rint((from + r.nextDouble() - 0.5) * 100) / 100;
  }

  private static double odd(String kind, SplittableRandom r) {
    int dice = r.nextInt(10);
    return switch (kind) {
      case "nan" -> dice < 3 ? Double.NaN : r.nextInt(7);
      case "inf" ->
          dice == 0
              ? Double.POSITIVE_INFINITY
              : dice == 1 ? Double.NEGATIVE_INFINITY : r.nextDouble() - 0.5;
      case "zero" -> dice < 5 ? 0 : dice < 7 ? -0.0 : -r.nextInt(2);
      default ->
          dice == 0
              ? Double.NaN
              : dice == 1
                  ? Double.POSITIVE_INFINITY
                  : dice == 2 ? 1e-9 : dice == 3 ? -3e12 : r.nextDouble() * 100 - 50;
    };
  }
}
