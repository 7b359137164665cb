package dev.hone.layer.database.advisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.layer.database.LiveDatabase;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.SchemaReader;
import dev.hone.layer.database.twin.Twin;
import dev.hone.layer.database.twin.TwinServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanPriceTest {
  private static final String SCAN = "SELECT * FROM parcels";
  private static final int ROWS = 50_000;

  private static TwinServer server;
  private static Twin twin;
  @TempDir private static Path directory;

  @BeforeAll
  static void start() throws Exception {
    LiveDatabase.execute(
        "CREATE TABLE parcels AS SELECT i AS id, repeat('x', 100) AS note FROM generate_series(1, "
            + ROWS
            + ") i");
    LiveDatabase.execute("ANALYZE parcels");
    server = new TwinServer(directory, InstantSource.fixed(Instant.EPOCH));
    try (Connection connection = LiveDatabase.raw()) {
      twin = Twin.of(server, SchemaReader.read(connection, 180_000, List.of(SCAN)));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    twin.close();
    server.close();
    LiveDatabase.execute("DROP TABLE parcels");
  }

  private static double price(double inMemory, PlanNode plan, double stops) {
    var statement = new Workload.Statement("1", SCAN, 1, 1, 1);
    return new PlanPrice(twin, inMemory, 1).of(0, statement, plan, stops);
  }

  @Test
  void pagesInMemoryCostLessAndRowsTheSame() throws Exception {
    PlanNode plan = twin.plan(SCAN, "");
    double rows = 0.01 * ROWS;
    double pages = plan.cost() - rows;
    assertThat(pages).isGreaterThan(rows);
    assertThat(price(0, plan, 0)).isEqualTo(plan.cost());
    assertThat(price(1, plan, 0)).isCloseTo(rows + 0.16 * pages, within(0.01 * plan.cost()));
    assertThat(price(0.5, plan, 0)).isCloseTo(rows + 0.58 * pages, within(0.01 * plan.cost()));
  }

  @Test
  void whatAPlanRisksIsPricedAsThePlanIs() throws Exception {
    PlanNode plan = twin.plan(SCAN, "");
    assertThat(price(1, plan, 3 * plan.cost()))
        .isCloseTo(4 * price(1, plan, 0), within(1e-6 * plan.cost()));
  }

  @Test
  void aPlanThatTheTwinCannotMakeAgainHasThePlannersCost() throws Exception {
    PlanNode plan = twin.plan(SCAN, "");
    var nonsense = new Workload.Statement("2", "SELECT * FROM nowhere", 1, 1, 1);
    assertThat(new PlanPrice(twin, 1, 1).of(0, nonsense, plan, 0)).isEqualTo(plan.cost());
  }
}
