package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.advisor.Watch;
import dev.hone.layer.database.twin.TwinServer;
import dev.hone.layer.database.view.PlanChange;
import dev.hone.loop.Design;
import dev.hone.loop.Finding;
import dev.hone.loop.Ids;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobFactory;
import dev.hone.loop.Layer;
import dev.hone.loop.Recommendation;
import dev.hone.metrics.MemoryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MissingIndexTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final String DDL =
      "CREATE INDEX CONCURRENTLY hone_orders_customer_id ON public.orders USING btree"
          + " (customer_id)";

  private final MemoryStore store = new MemoryStore(10_000, 200);
  private Instant now = START;

  private Layer layer(DatabaseConnection connection, Path directory) {
    return DatabaseLayer.watch(
            connection,
            store,
            () -> now,
            new Ids(InstantSource.fixed(START), new Random(1)),
            new DatabaseLayer.Files(directory, directory.resolveSibling("plans.json")),
            new DatabaseLayer.Advising(Runnable::run, Watch::once))
        .layer();
  }

  /** Twenty seconds of traffic, and what is found in them. */
  private static List<Finding> watch(Layer layer, int from) throws Exception {
    for (int second = from; second <= from + 20; second++) {
      LiveDatabase.work(3, 12);
      LiveDatabase.execute("UPDATE orders SET note = 'seen' WHERE id = " + (second + 1));
      layer.probes().getFirst().sample(START.plusSeconds(second));
    }
    return layer.diagnoses().getFirst().examine(START.plusSeconds(from + 20));
  }

  @Test
  void theMissingIndexIsFoundTestedOnTheTwinMadeAndFeltByTheStatement(@TempDir Path directory)
      throws Exception {
    LiveDatabase.server();
    LiveDatabase.execute("SELECT pg_stat_statements_reset()");
    Layer layer = layer(LiveDatabase.connection(), directory);
    try {
      Finding finding = watch(layer, 0).getFirst();
      Recommendation proposal = recommend(layer, finding, START.plusSeconds(20)).getFirst();

      assertThat(proposal.to()).isEqualTo(DDL);
      assertThat(proposal.from()).isEqualTo("absent");
      assertThat(proposal.appliable()).as(proposal.hindrance()).isTrue();
      assertThat(proposal.expected().low()).isLessThan(-0.9);
      assertThat(proposal.expected().high()).isBetween(proposal.expected().low(), -0.1);
      assertThat(proposal.cost())
          .containsPattern("about 1[.][4-7] MiB")
          .contains("rows written a second");
      assertThat(proposal.explanation().facts()).anyMatch(fact -> fact.startsWith("planner twin"));
      PlanChange change = Inspector.change(finding, proposal).orElseThrow();
      assertThat(change.by()).startsWith("planner twin");
      assertThat(change.costAfter()).isLessThan(change.costBefore() / 2);
      assertThat(change.before().toString()).contains("Seq Scan");
      assertThat(String.valueOf(change.after())).contains("hone_orders_customer_id");
      assertThat(proposal.explanation().applyCommand()).isEqualTo(DDL + ";");
      assertThat(proposal.explanation().undoCommand())
          .isEqualTo("DROP INDEX CONCURRENTLY IF EXISTS public.hone_orders_customer_id;");
      var design = (Design.DifferenceInDifferences) proposal.design();
      assertThat(design.controls()).hasSize(1);
      assertThat(design.proof().unit()).isEqualTo("buffers/call");
      assertThat(proposal.guardrails()).hasSize(1);

      KnobFactory knobs = layer.knobs().getFirst();
      Knob knob = knobs.open(proposal.knob(), knobs.settings(proposal.knob()));
      knob.write(proposal.from(), proposal.to());
      try {
        assertThat(watch(layer, 30)).isEmpty();
        String queryid = finding.details().getOrDefault("queryid", "");
        StatementLoad after =
            StatementLoad.over(
                    store,
                    "shop",
                    START.plusSeconds(30).toEpochMilli(),
                    START.plusSeconds(50).toEpochMilli())
                .stream()
                .filter(load -> load.queryid().equals(queryid))
                .findFirst()
                .orElseThrow();
        assertThat(after.buffersPerCall()).isLessThan(60);
        assertThat(recommend(layer, finding, START.plusSeconds(120))).isEmpty();
      } finally {
        knob.undo(proposal.from(), proposal.to());
      }
    } finally {
      layer.probes().getFirst().close();
    }
    assertThat(directory.resolve("data")).doesNotExist();
  }

  private List<Recommendation> recommend(Layer layer, Finding finding, Instant at)
      throws Exception {
    now = at;
    return layer.techniques().getFirst().recommend(finding, Optional.empty(), at);
  }

  @Test
  void withoutAnyWhatIfTheIndexIsShownAsACommandAndNotApplied(@TempDir Path directory)
      throws Exception {
    LiveDatabase.server();
    LiveDatabase.execute("SELECT pg_stat_statements_reset()");
    Path blocked = Files.writeString(directory.resolve("file"), "in the way");
    Layer layer = layer(LiveDatabase.connection(), blocked);
    try {
      Finding finding = watch(layer, 0).getFirst();
      Recommendation proposal = recommend(layer, finding, START.plusSeconds(20)).getFirst();
      assertThat(proposal.appliable()).isFalse();
      assertThat(proposal.hindrance())
          .contains("could not be tested beforehand")
          .contains("hypopg")
          .contains(DDL);
      assertThat(proposal.expected().high()).isZero();
    } finally {
      layer.probes().getFirst().close();
    }
  }

  @Test
  void aRoleThatDoesNotOwnTheTableGetsTheCommandInstead(@TempDir Path directory) throws Exception {
    LiveDatabase.server();
    LiveDatabase.execute("SELECT pg_stat_statements_reset()");
    LiveDatabase.execute("CREATE ROLE watcher LOGIN");
    LiveDatabase.execute("GRANT pg_monitor, pg_read_all_data TO watcher");
    var weak = new DatabaseConnection("shop", LiveDatabase.connection().jdbcUrl(), "watcher", "");
    Layer layer = layer(weak, directory);
    try {
      assertThat(weak.check()).isEmpty();
      Finding finding = watch(layer, 0).getFirst();
      Recommendation proposal = recommend(layer, finding, START.plusSeconds(20)).getFirst();
      assertThat(proposal.appliable()).isFalse();
      assertThat(proposal.hindrance()).contains("does not own").contains(DDL);
    } finally {
      layer.probes().getFirst().close();
      LiveDatabase.execute("DROP ROLE watcher");
    }
  }

  @Test
  void theTwinStopsWhenItIsIdle(@TempDir Path directory) throws Exception {
    LiveDatabase.server();
    var twin = new TwinServer(directory, InstantSource.fixed(START));
    twin.connect().close();
    twin.rest(START.plus(Duration.ofMinutes(5)));
    assertThat(twin.dataDirectory()).exists();
    twin.rest(START.plus(Duration.ofMinutes(11)));
    assertThat(twin.dataDirectory()).doesNotExist();
  }
}
