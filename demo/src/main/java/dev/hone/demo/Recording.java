package dev.hone.demo;

import dev.hone.metrics.MetricStore;
import dev.hone.metrics.WindowQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * Writes what the shop did as traces that {@code hone bench loop --data DIR} replays: {@code
 * DIR/traces/NAME.csv} with a line {@code timestamp,value} for each ten seconds, {@code NaN} where
 * there are no data.
 *
 * @param directory DIR
 * @param queries what is recorded, by name
 */
public record Recording(Path directory, Map<String, String> queries) {
  /** The interval of the bench's samples. */
  private static final Duration STEP = Duration.ofSeconds(10);

  public Recording {
    queries = Map.copyOf(queries);
  }

  private Path traces() {
    return directory.resolve("traces");
  }

  /** Makes the folder, so that it is told early when it cannot be written. */
  public void prepare() throws IOException {
    Files.createDirectories(traces());
    Files.delete(Files.createTempFile(traces(), "probe", null));
  }

  /** Writes the time between two moments, in whole steps. */
  public void write(MetricStore store, Instant from, Instant to) throws IOException {
    for (var each : queries.entrySet()) {
      WindowQuery query = WindowQuery.parse(each.getValue());
      try (var csv = Files.newBufferedWriter(traces().resolve(each.getKey() + ".csv"))) {
        csv.write("timestamp,value\n");
        Instant start = from.truncatedTo(ChronoUnit.SECONDS);
        for (Instant end = start.plus(STEP); !end.isAfter(to); end = end.plus(STEP)) {
          double value =
              query.evaluate(store, end.minus(STEP).toEpochMilli(), end.toEpochMilli()).value();
          csv.write(end + "," + value + "\n");
        }
      }
    }
  }
}
