package dev.hone.layer.database.twin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.layer.database.LiveDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwinTest {
  private static final List<IndexSpec> INDEXES =
      List.of(
          IndexSpec.of("zoo", "events", List.of("device")),
          IndexSpec.of("zoo", "events", List.of("device", "at")),
          IndexSpec.of("zoo", "events", List.of("at")),
          IndexSpec.of("zoo", "events", List.of("kind")).including(List.of("value")),
          IndexSpec.of("zoo", "devices", List.of("owner")));

  private static final List<String> STATEMENTS =
      List.of(
          "SELECT sum(value) FROM events WHERE device = 5",
          "SELECT value FROM events WHERE device = 5 AND at >= '2025-03-01' ORDER BY at LIMIT 5",
          "SELECT count(*) FROM events WHERE at >= '2025-05-01' AND at < '2025-05-02'",
          "SELECT sum(value) FROM events WHERE kind = 3",
          "SELECT d.id, e.value FROM devices d JOIN events e ON e.device = d.id WHERE d.owner = 17",
          "SELECT d.owner, max(e.at) FROM devices d JOIN events e ON e.device = d.id"
              + " WHERE d.id BETWEEN 10 AND 12 GROUP BY d.owner",
          "SELECT * FROM recent WHERE device = 9",
          "SELECT * FROM parted WHERE at = '2025-02-03'",
          "SELECT count(*) FROM parted p JOIN devices d ON d.id = p.id WHERE d.owner = 3");

  private static TwinServer server;

  @BeforeAll
  static void start(@TempDir Path directory) throws SQLException {
    server = new TwinServer(directory, InstantSource.fixed(Instant.EPOCH));
    LiveDatabase.execute("CREATE SCHEMA zoo");
    LiveDatabase.execute("SET search_path = zoo; " + TABLES);
    LiveDatabase.execute("VACUUM ANALYZE zoo.devices, zoo.events, zoo.parted");
  }

  private static final String TABLES =
      """
      CREATE TABLE devices (id int PRIMARY KEY, owner int NOT NULL, name text);
      INSERT INTO devices SELECT i, i % 3000, 'device ' || i FROM generate_series(1, 20000) i;
      CREATE TABLE events (id bigint PRIMARY KEY, device int NOT NULL REFERENCES devices,
        kind smallint NOT NULL, at timestamptz NOT NULL, value double precision);
      INSERT INTO events SELECT i, 1 + (i * 7919::bigint) % 20000, i % 40,
        timestamptz '2025-01-01' + i * interval '30 seconds', (i % 991) / 7.0
        FROM generate_series(1, 400000) i;
      CREATE VIEW recent AS SELECT * FROM events WHERE at >= '2025-05-15';
      CREATE TABLE parted (id int, at date NOT NULL) PARTITION BY RANGE (at);
      CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
      CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
      INSERT INTO parted SELECT i, date '2025-01-01' + i % 59 FROM generate_series(1, 30000) i;
      """;

  @AfterAll
  static void stop() throws SQLException {
    server.close();
    LiveDatabase.execute("DROP SCHEMA zoo CASCADE");
  }

  private static Twin twin() throws SQLException, Unavailable {
    SchemaCopy schema;
    try (Connection connection = LiveDatabase.raw();
        Statement sql = connection.createStatement()) {
      sql.execute("SET search_path = zoo");
      schema = SchemaReader.read(connection, 180000, STATEMENTS);
    }
    return Twin.of(server, schema);
  }

  private static PlanNode real(Connection connection, String statement) throws SQLException {
    return Plans.explain(connection, 180000, statement);
  }

  @Test
  void itPlansAndCostsLikeTheServerWithEverySetOfReallyBuiltIndexes() throws Exception {
    try (Twin twin = twin();
        Connection connection = LiveDatabase.raw();
        Statement sql = connection.createStatement()) {
      sql.execute("SET search_path = zoo");
      assertThat(twin.notices()).isEmpty();
      List<Twin.Defined> defined = twin.define(INDEXES);
      assertThat(defined).hasSize(INDEXES.size());
      for (Twin.Defined index : defined) {
        sql.execute(index.ddl().replace(" CONCURRENTLY ", " "));
      }
      connection.setAutoCommit(false);
      int pairs = 0;
      int close = 0;
      var apart = new ArrayList<String>();
      for (int set = 0; set < 1 << INDEXES.size(); set++) {
        int chosen = set;
        List<Twin.Defined> shown =
            defined.stream().filter(index -> (chosen >> defined.indexOf(index) & 1) == 1).toList();
        for (Twin.Defined index : defined) {
          if (!shown.contains(index)) {
            sql.execute("DROP INDEX zoo." + index.spec().name());
          }
        }
        twin.show(shown.stream().map(index -> index.spec().name()).collect(Collectors.toSet()));
        for (String statement : STATEMENTS) {
          PlanNode expected = real(connection, statement);
          PlanNode plan = twin.plan(statement);
          String with = statement + " with " + shown;
          assertThat(plan.shape()).as(with).isEqualTo(expected.shape());
          double ratio = plan.cost() / expected.cost();
          assertThat(ratio).as(with).isCloseTo(1, within(0.1));
          pairs++;
          if (Math.abs(ratio - 1) <= 0.02) {
            close++;
          } else {
            apart.add(ratio + " " + with);
          }
        }
        connection.rollback();
      }
      for (Twin.Defined index : defined) {
        sql.execute("DROP INDEX zoo." + index.spec().name());
      }
      connection.commit();
      assertThat(close)
          .as(String.join("\n", apart))
          .isGreaterThanOrEqualTo((int) Math.ceil(0.95 * pairs));
    }
  }

  @Test
  void sizesAreThoseOfReallyBuiltIndexes() throws Exception {
    try (Twin twin = twin();
        Connection connection = LiveDatabase.raw();
        Statement sql = connection.createStatement()) {
      for (Twin.Defined index : twin.define(INDEXES)) {
        sql.execute(index.ddl().replace(" CONCURRENTLY ", " "));
        try (ResultSet row =
            sql.executeQuery("SELECT pg_relation_size('zoo." + index.spec().name() + "')")) {
          row.next();
          assertThat(index.bytes() / row.getDouble(1)).as(index.ddl()).isCloseTo(1, within(0.10));
        }
        sql.execute("DROP INDEX zoo." + index.spec().name());
      }
    }
  }

  @Test
  void anIndexThatExistsCanBeTakenAway() throws Exception {
    try (Twin twin = twin()) {
      String statement = "SELECT value FROM events WHERE id = 7";
      assertThat(twin.plan(statement).indexes()).containsExactly("events_pkey");
      long key = twin.schema().table("zoo", "events").orElseThrow().indexes().getFirst().oid();
      twin.takeAway(Set.of(key));
      assertThat(twin.plan(statement).indexes()).isEmpty();
      twin.takeAway(Set.of());
      assertThat(twin.plan(statement).indexes()).containsExactly("events_pkey");
    }
  }
}
