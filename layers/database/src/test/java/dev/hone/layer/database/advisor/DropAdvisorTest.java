package dev.hone.layer.database.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.LiveDatabase;
import dev.hone.layer.database.twin.SchemaReader;
import dev.hone.layer.database.twin.Twin;
import dev.hone.layer.database.twin.TwinServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DropAdvisorTest {
  private static final String STATEMENT =
      "SELECT count(*) FROM jobs j JOIN runs r ON r.job = j.id WHERE lower(j.state) = 'done'"
          + " AND r.batch = 5";

  @TempDir private Path directory;

  @Test
  void anIndexWhoseStatisticsAStatementIsPlannedWithStays() throws Exception {
    LiveDatabase.execute(
        "CREATE TABLE jobs AS SELECT i AS id, CASE WHEN i % 50 = 0 THEN 'Open' ELSE 'Done' END AS"
            + " state FROM generate_series(1, 60000) i");
    LiveDatabase.execute(
        "CREATE TABLE runs AS SELECT i AS job, i % 100 AS batch FROM generate_series(1, 60000) i");
    LiveDatabase.execute("CREATE INDEX jobs_id ON jobs (id)");
    LiveDatabase.execute("CREATE INDEX jobs_state ON jobs (lower(state))");
    LiveDatabase.execute("CREATE INDEX jobs_idle ON jobs (lower(state || 'x'))");
    LiveDatabase.execute("ANALYZE jobs, runs");
    var server = new TwinServer(directory, InstantSource.fixed(Instant.EPOCH));
    try (Connection connection = LiveDatabase.raw();
        Twin twin = Twin.of(server, SchemaReader.read(connection, 180_000, List.of(STATEMENT)))) {
      List<DropRules.Drop> drops =
          ExistingIndexReader.read(connection, 180_000, Map.of()).stream()
              .filter(index -> index.name().matches("jobs_state|jobs_idle"))
              .map(i -> new DropRules.Drop(i, DropRules.Reason.UNUSED, "", "No query used it."))
              .toList();
      var workload =
          new Workload(
              "test", List.of(new Workload.Statement("1", STATEMENT, 10, 1, 10)), List.of());
      var notices = new ArrayList<String>();
      assertThat(new DropAdvisor(twin, workload).advise(drops, notices))
          .extracting(Advice.Recommended::index)
          .containsExactly("jobs_idle");
      assertThat(notices)
          .singleElement()
          .satisfies(
              notice ->
                  assertThat(notice)
                      .contains("index `jobs_state` stays")
                      .contains("estimated by the index's statistics"));
    } finally {
      LiveDatabase.execute("DROP TABLE jobs, runs");
      server.close();
    }
  }
}
