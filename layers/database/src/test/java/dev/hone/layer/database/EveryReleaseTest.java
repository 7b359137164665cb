package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.twin.InstalledRelease;
import dev.hone.layer.database.upkeep.Upkeep;
import dev.hone.layer.database.upkeep.UpkeepReader;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MemoryStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views differ from release to release; what is asked must be there in each. */
class EveryReleaseTest {
  @TempDir private Path directory;

  @Test
  void theProbeAndTheUpkeepAreReadOnEveryInstalledRelease() throws Exception {
    for (int major : InstalledRelease.majors()) {
      try (var release = InstalledRelease.start(major, directory.resolve("pg" + major))) {
        DatabaseConnection target = release.connection();
        try (Connection connection = target.connect("test", 60)) {
          connection.createStatement().execute("CREATE EXTENSION pg_stat_statements SCHEMA public");
          Upkeep upkeep =
              UpkeepReader.read(connection, release.version(), "public.pg_stat_statements");
          assertThat(upkeep.settings()).containsKeys("autovacuum", "max_wal_size", "jit");
          assertThat(upkeep.counters().checkpointSeconds()).isPositive();
        }
        var store = new MemoryStore(10_000, 100);
        try (var probe = new DatabaseProbe(target, store, Duration.ofSeconds(1), List.of())) {
          probe.sample(Instant.parse("2026-01-01T00:00:00Z"));
        }
        for (String metric : List.of("pg_statement_calls_total", "pg_checkpoints_timed_total")) {
          assertThat(store.select(List.of(Matcher.equal("__name__", metric)), 0, Long.MAX_VALUE))
              .as("%s on PostgreSQL %d", metric, major)
              .isNotEmpty();
        }
      }
    }
  }
}
