package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.twin.TwinServer;
import dev.hone.loop.Finding;
import dev.hone.loop.Ids;
import dev.hone.metrics.MemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlowStatementsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path directory;
  private final MemoryStore store = new MemoryStore(10_000, 100);
  private DatabaseProbe probe;
  private SlowStatements diagnosis;
  private Session session;

  @BeforeEach
  void watchTheDatabase() throws Exception {
    DatabaseConnection target = LiveDatabase.connection();
    LiveDatabase.execute("SELECT pg_stat_statements_reset()");
    probe = new DatabaseProbe(target, store, Duration.ofSeconds(1), List.of());
    session = new Session(target);
    diagnosis =
        new SlowStatements(
            session,
            new Planning(new TwinServer(directory, InstantSource.fixed(START))),
            new StatementTexts(session),
            store,
            new Ids(InstantSource.fixed(START), new Random(1)),
            Duration.ofSeconds(1));
  }

  @AfterEach
  void close() {
    probe.close();
    session.close();
  }

  @Test
  void theStatementThatHoldsTheTimeIsFoundWithItsPlan() throws Exception {
    LiveDatabase.work(1, 1);
    for (int second = 0; second <= 20; second++) {
      LiveDatabase.work(10, 20);
      probe.sample(START.plusSeconds(second));
    }

    List<Finding> findings = diagnosis.examine(START.plusSeconds(20));

    assertThat(findings).hasSize(1);
    Finding finding = findings.getFirst();
    assertThat(finding.kind()).isEqualTo("slow-statement");
    assertThat(finding.details().get("statement")).contains("customer_id = $1");
    assertThat(finding.details().get("plan")).contains("Seq Scan on orders");
    assertThat(finding.completeness()).isGreaterThan(0.9);
    assertThat(finding.since()).isEqualTo(START);
    assertThat(evidence(finding, "share of statement time")).isGreaterThan(0.5);
    double pages = Double.parseDouble(LiveDatabase.ask("SELECT pg_relation_size('orders') / 8192"));
    assertThat(evidence(finding, "buffers per call")).isBetween(pages * 0.9, pages * 1.2);
    assertThat(evidence(finding, "calls")).isEqualTo(10.0);
  }

  @Test
  void anIdleDatabaseHasNoSlowStatement() throws Exception {
    for (int second = 0; second <= 20; second++) {
      LiveDatabase.work(0, 1);
      probe.sample(START.plusSeconds(second));
    }

    assertThat(diagnosis.examine(START.plusSeconds(20))).isEmpty();
  }

  private static double evidence(Finding finding, String name) {
    return finding.evidence().stream()
        .filter(e -> e.name().equals(name))
        .findFirst()
        .orElseThrow()
        .value();
  }
}
