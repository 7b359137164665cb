package dev.hone.metrics.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MemoryStore;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.promql.Limits;
import dev.hone.metrics.promql.Query;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend is added: older samples stay where they are and are found there. */
class AddedBackendTest {
  private static final long START = System.currentTimeMillis() / 10_000 * 10_000 - 1_200_000;

  @TempDir Path directory;

  private RemoteStore open(List<Prometheus> servers) throws IOException {
    var backends = new ArrayList<Backend>();
    for (int i = 0; i < servers.size(); i++) {
      backends.add(servers.get(i).backend("p" + i));
    }
    RemoteOptions usual = RemoteOptions.of(backends);
    return RemoteStore.open(
        directory.resolve("store"),
        new RemoteOptions(
            backends,
            1,
            RemoteOptions.Partial.REFUSE,
            usual.bufferBytes(),
            1_000,
            usual.outOfOrder(),
            new RemoteOptions.Pace(
                5_000,
                Duration.ofMillis(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(15),
                Duration.ofSeconds(30))),
        InstantSource.system(),
        new Random(1),
        notice -> {});
  }

  private static void write(List<MetricStore> stores, int from, int to) throws IOException {
    for (int step = from; step < to; step++) {
      for (MetricStore store : stores) {
        try (Appender appender = store.appender()) {
          for (int i = 0; i < 80; i++) {
            int series = appender.series(Labels.of("m", "i", "" + i, "g", "" + i % 3));
            long bits = Double.doubleToRawLongBits(step * (i + 1.0));
            appender.add(series, START + step * 10_000L, bits);
          }
          appender.commit();
        }
      }
    }
  }

  @Test
  void answersReachOverTheChange() throws Exception {
    var truth = new MemoryStore(1_000, 1_000);
    var servers = new ArrayList<Prometheus>();
    try {
      servers.add(Prometheus.start(directory.resolve("p0")));
      servers.add(Prometheus.start(directory.resolve("p1")));
      try (RemoteStore store = open(servers)) {
        write(List.of(truth, store), 0, 60);
        same(store, truth, 59);
      }
      servers.add(Prometheus.start(directory.resolve("p2")));
      try (RemoteStore store = open(servers)) {
        write(List.of(truth, store), 60, 90);
        same(store, truth, 70);
        same(store, truth, 89);
        assertThat(store.status()).allMatch(s -> s.sent() > 0);
      }
    } finally {
      servers.forEach(Prometheus::close);
    }
  }

  private static void same(MetricStore store, MetricStore truth, int step) {
    for (String text :
        List.of("sum by (g) (rate(m[5m]))", "count(m)", "max(m) - min(m)", "m{i=\"7\"}")) {
      assertThat(told(store, text, step)).as(text).isEqualTo(told(truth, text, step));
    }
  }

  private static TreeMap<String, String> told(MetricStore store, String text, int step) {
    long time = START + step * 10_000L;
    var lines = new TreeMap<String, String>();
    Query.parse(text)
        .range(store, time - 200_000, time, 50_000, Limits.STANDARD)
        .lines()
        .forEach(
            line -> {
              for (int i = 0; i < line.times().length; i++) {
                lines.put(
                    line.labels() + " " + line.times()[i], "%.9e".formatted(line.values()[i]));
              }
            });
    return lines;
  }
}
