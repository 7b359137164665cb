package dev.hone.bench;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Compares what a server gives back with what was sent, time and bits of every sample. */
final class ReadBack {
  private final DataSet.Shape shape;
  private final DataSet data;
  private @Nullable String first;

  ReadBack(DataSet.Shape shape) {
    this.shape = shape;
    data = new DataSet(shape);
  }

  /** How many samples are the same; may be asked once. */
  long exact(Connection connection) throws IOException {
    long range = (shape.end() - shape.start()) / 1000 + 3600;
    long exact = 0;
    for (int metric = 0; metric < shape.metrics(); metric++) {
      String query = DataSet.metric(metric) + "[" + range + "s]";
      String time = Load.seconds(shape.end() + 1000);
      String path = "/api/v1/query?query=" + Connection.escape(query) + "&time=" + time;
      Answer answer = Answer.of(connection.get(path).accepted());
      Map<SortedMap<String, String>, Answer.Series> found = new HashMap<>();
      answer.series().forEach(series -> found.put(series.labels(), series));
      int from = metric * shape.perMetric();
      for (int i = from; i < Math.min(shape.series(), from + shape.perMetric()); i++) {
        exact += exact(i, found.get(shape.labels(i)));
      }
    }
    return exact;
  }

  /** The first sample that differs. */
  Optional<String> first() {
    return Optional.ofNullable(first);
  }

  private long exact(int series, Answer.@Nullable Series found) {
    int at = 0;
    long exact = 0;
    for (int sample = 0; sample < shape.samples(); sample++) {
      long time = data.time(series, sample);
      double sent = data.next(series);
      while (found != null && at < found.times().length && found.times()[at] < time) {
        differs("a sample that was not sent", series, found.times()[at]);
        at++;
      }
      if (found == null || at == found.times().length || found.times()[at] != time) {
        differs("a sample is missing", series, time);
      } else if (Double.doubleToRawLongBits(found.values()[at])
          != Double.doubleToRawLongBits(sent)) {
        differs(sent + " came back as " + found.values()[at], series, time);
        at++;
      } else {
        exact++;
        at++;
      }
    }
    return exact;
  }

  private void differs(String what, int series, long time) {
    if (first == null) {
      first = what + ": " + shape.labels(series) + " at " + time;
    }
  }
}
