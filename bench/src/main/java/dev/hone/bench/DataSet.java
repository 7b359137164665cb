package dev.hone.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Samples of a made-up but realistic system, the same for the same shape. A quarter of the metrics
 * are gauges that seldom change, a quarter integer counters, a quarter random walks with two
 * decimals, a quarter counters that add up fractions. There are up to a hundred metrics, of at
 * least a hundred series each (or four, when there are few series): 20 instances or more with 5
 * paths each.
 */
final class DataSet {
  private static final List<String> KINDS =
      List.of("hb_queue_depth_", "hb_requests_total_", "hb_celsius_", "hb_busy_seconds_total_");
  private static final List<String> PATHS =
      List.of("/", "/api/v1/orders", "/api/v1/products", "/cart", "/login");

  private final Shape shape;
  private final byte[][] labels;
  private final long[] random;
  private final double[] value;
  private int next;

  /**
   * What is made.
   *
   * @param end the time of the last sample in milliseconds, before jitter
   * @param jittered whether an instance's samples lie beside the grid, as they do when they are
   *     scraped: at an offset of its own, mostly within 3 ms, one in a hundred within 200 ms
   */
  record Shape(int series, int samples, Duration step, long end, boolean jittered, long seed) {
    long start() {
      return end - (samples - 1) * step.toMillis();
    }

    long total() {
      return (long) series * samples;
    }

    /** Series of one metric. */
    int perMetric() {
      return series < 400 ? Math.ceilDiv(series, KINDS.size()) : Math.max(100, series / 100);
    }

    int metrics() {
      return Math.ceilDiv(series, perMetric());
    }

    /** The labels of a series. */
    SortedMap<String, String> labels(int index) {
      int metric = index / perMetric();
      int instance = instance(index);
      var labels = new TreeMap<String, String>();
      labels.put("__name__", metric(metric));
      labels.put(
          "instance", "10.0." + (4 + instance / 100) + "." + (10 + instance % 100) + ":9100");
      labels.put("job", "shop-" + metric % 10);
      labels.put("path", PATHS.get(index % perMetric() % PATHS.size()));
      labels.put("zone", "zone-" + instance % 3);
      return labels;
    }

    private int kind(int index) {
      return index / perMetric() % KINDS.size();
    }

    private int instance(int index) {
      return index % perMetric() / PATHS.size();
    }

    /** The same data with another end. */
    Shape until(long otherEnd) {
      return new Shape(series, samples, step, otherEnd, jittered, seed);
    }
  }

  DataSet(Shape shape) {
    this.shape = shape;
    labels = new byte[shape.series()][];
    random = new long[shape.series()];
    value = new double[shape.series()];
    for (int i = 0; i < shape.series(); i++) {
      labels[i] = RemoteWrite.labels(shape.labels(i));
      random[i] = mix(shape.seed() * 0x9E3779B97F4A7C15L + i);
      value[i] = shape.kind(i) == 2 ? 20 + i % 30 : shape.kind(i) == 0 ? 1 + i % 64 : 0;
    }
  }

  static String metric(int metric) {
    return KINDS.get(metric % KINDS.size()) + String.format("%03d", metric / KINDS.size());
  }

  /** The time of a sample. */
  long time(int series, int sample) {
    long time = shape.start() + sample * shape.step().toMillis();
    if (!shape.jittered()) {
      return time;
    }
    int instance = shape.instance(series);
    long offset = Long.remainderUnsigned(mix(shape.seed() + instance), shape.step().toMillis());
    long noise = mix(shape.seed() ^ ((long) sample << 20 | instance));
    long late = noise % 100 == 0 ? 200 : 4;
    return time - offset + Long.remainderUnsigned(noise >>> 8, late);
  }

  /** The next value of a series; each call goes one sample on. */
  double next(int series) {
    random[series] += 0x9E3779B97F4A7C15L;
    long bits = mix(random[series]);
    double unit = (bits >>> 11) * 0x1p-53;
    double now = value[series];
    value[series] =
        switch (shape.kind(series)) {
          case 0 -> bits % 100 == 0 ? 1 + Long.remainderUnsigned(bits >>> 8, 64) : now;
          case 1 -> now + Long.remainderUnsigned(bits, 1 + series % 50);
          case 2 -> Math.rint((now + unit - 0.5) * 100) / 100;
          default -> now + unit * 0.1;
        };
    return value[series];
  }

  /** Whether {@link #request} has anything left. */
  boolean hasNext() {
    return next < Math.ceilDiv(shape.series(), REQUEST) * shape.samples();
  }

  /** Samples of one request at most. */
  private static final int REQUEST = 10_000;

  /** The next request: one sample of each of up to 10,000 series. */
  byte[] request(RemoteWrite encoder) {
    int parts = Math.ceilDiv(shape.series(), REQUEST);
    int sample = next / parts;
    int from = next % parts * REQUEST;
    int to = Math.min(shape.series(), from + REQUEST);
    for (int i = from; i < to; i++) {
      encoder.add(labels[i], time(i, sample), next(i));
    }
    next++;
    return encoder.take();
  }

  /** A request with the next samples of every series, each series' together. */
  byte[] request(RemoteWrite encoder, int samples) {
    int from = next;
    int to = Math.min(shape.samples(), from + samples);
    var times = new long[to - from];
    var values = new double[to - from];
    for (int i = 0; i < shape.series(); i++) {
      for (int k = from; k < to; k++) {
        times[k - from] = time(i, k);
        values[k - from] = next(i);
      }
      encoder.add(labels[i], times, values, 0, to - from);
    }
    next = to;
    return encoder.take();
  }

  /** All requests. */
  List<byte[]> requests() {
    var requests = new ArrayList<byte[]>();
    var encoder = new RemoteWrite();
    while (hasNext()) {
      requests.add(request(encoder));
    }
    return requests;
  }

  /**
   * The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Numbers, 2014).
   */
  private static long mix(long seed) {
    long z = (seed ^ seed >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
