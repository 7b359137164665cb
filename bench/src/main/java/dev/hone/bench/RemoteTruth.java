package dev.hone.bench;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.Series;
import dev.hone.metrics.wire.RemoteRead;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares what each backend holds with what was written. */
final class RemoteTruth {
  private static final String MARK = "hone_slot";
  private static final List<Matcher> ALL =
      List.of(new Matcher(Labels.NAME, Matcher.Operator.REGEX, RemoteData.PREFIX + ".*"));
  private static final String HEADERS =
      """
      Content-Type: application/x-protobuf\r
      Content-Encoding: snappy\r
      X-Prometheus-Remote-Read-Version: 0.1.0\r
      """;

  /**
   * What was found.
   *
   * @param exact copies of samples that are there, bit for bit
   * @param missing copies that are not there
   * @param wrong samples with another value, or that nobody wrote
   * @param misplaced series that lie on another number of backends than they should
   */
  record Found(long exact, long missing, long wrong, long misplaced) {}

  private final Map<Labels, Series> written = new HashMap<>();
  private final Map<Labels, Integer> places = new HashMap<>();
  private long exact;
  private long missing;
  private long wrong;

  private RemoteTruth() {}

  /** Reads every sample of every backend. */
  static Found check(MetricStore truth, List<Server> backends, int copies, long from, long to)
      throws IOException {
    var check = new RemoteTruth();
    for (Series series : truth.select(ALL, from, to)) {
      check.written.put(series.labels(), series);
    }
    for (Server backend : backends) {
      try (Connection connection = backend.connect()) {
        byte[] body =
            connection
                .post("/api/v1/read", HEADERS, RemoteRead.request(ALL, from + 1, to))
                .accepted()
                .bytes();
        RemoteRead.response(body, 1 << 30, check::see);
      }
    }
    long misplaced = 0;
    for (Map.Entry<Labels, Series> one : check.written.entrySet()) {
      int found = check.places.getOrDefault(one.getKey(), 0);
      check.missing += (long) Math.max(0, copies - found) * one.getValue().size();
      misplaced += found == copies ? 0 : 1;
    }
    return new Found(check.exact, check.missing, check.wrong, misplaced);
  }

  private void see(Labels labels, long[] times, double[] values, int count) {
    Labels own = labels.with(MARK, "");
    Series expected = written.get(own);
    if (expected == null || own.size() == labels.size()) {
      wrong += count;
      return;
    }
    places.merge(own, 1, Integer::sum);
    int at = 0;
    for (int i = 0; i < count; i++) {
      while (at < expected.size() && expected.times()[at] < times[i]) {
        at++;
        missing++;
      }
      boolean same =
          at < expected.size()
              && expected.times()[at] == times[i]
              && Double.doubleToRawLongBits(expected.values()[at])
                  == Double.doubleToRawLongBits(values[i]);
      if (same) {
        exact++;
      } else {
        wrong++;
      }
      if (at < expected.size() && expected.times()[at] == times[i]) {
        at++;
      }
    }
    missing += expected.size() - at;
  }
}
