package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.layer.database.advisor.Watch;
import dev.hone.loop.Design;
import dev.hone.loop.Finding;
import dev.hone.loop.Ids;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobFactory;
import dev.hone.loop.Layer;
import dev.hone.loop.Recommendation;
import dev.hone.loop.Technique;
import dev.hone.metrics.MemoryStore;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DropIndexTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATER = START.plusSeconds(700);

  private final MemoryStore store = new MemoryStore(10_000, 900);
  private Instant now = START;
  private Layer layer;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    LiveDatabase.server();
    LiveDatabase.execute(
        "CREATE INDEX short_one ON orders (customer_id) WITH (fillfactor = 80);"
            + " CREATE INDEX long_one ON orders (customer_id, created_at);"
            + " SELECT pg_stat_statements_reset()");
    layer =
        DatabaseLayer.watch(
                LiveDatabase.connection(),
                store,
                () -> now,
                new Ids(InstantSource.fixed(START), new Random(1)),
                new DatabaseLayer.Files(directory.resolve("twin"), directory.resolve("plans.json")),
                new DatabaseLayer.Advising(Runnable::run, Watch::once))
            .layer();
  }

  @AfterEach
  void close() throws Exception {
    layer.probes().getFirst().close();
    LiveDatabase.execute("DROP INDEX IF EXISTS short_one, long_one");
  }

  /** Twenty seconds of traffic, ten minutes after the start. */
  private List<Finding> found() throws Exception {
    var diagnosis =
        layer.diagnoses().stream()
            .filter(each -> each.name().equals(NeedlessIndexes.KIND))
            .findFirst()
            .orElseThrow();
    assertThat(diagnosis.examine(START)).isEmpty();
    for (int second = 0; second <= 20; second++) {
      LiveDatabase.work(5, 5);
      LiveDatabase.execute("UPDATE orders SET note = 'seen' WHERE id = " + (second + 1));
      LiveDatabase.execute("UPDATE orders SET note = 'seen' WHERE id = " + (second + 2));
      layer.probes().getFirst().sample(LATER.minusSeconds(20).plusSeconds(second));
    }
    now = LATER;
    return diagnosis.examine(LATER);
  }

  private Recommendation recommended(Finding finding) throws Exception {
    Technique technique =
        layer.techniques().stream()
            .filter(each -> each.answers().equals(NeedlessIndexes.KIND))
            .findFirst()
            .orElseThrow();
    return technique.recommend(finding, Optional.empty(), LATER).getFirst();
  }

  @Test
  void anIndexThatAnotherOneCoversIsFoundAndGoesWithAnUndoThatBringsItBackAsItWas()
      throws Exception {
    Finding finding = found().getFirst();
    assertThat(finding.summary())
        .startsWith("Index `short_one` on `orders` of database shop takes")
        .contains("`long_one` begins with the same columns");

    Recommendation proposal = recommended(finding);
    assertThat(proposal.hindrance()).isEmpty();
    assertThat(proposal.appliable()).isTrue();
    assertThat(proposal.to()).isEqualTo("absent");
    assertThat(proposal.design()).isInstanceOf(Design.NonInferiority.class);
    assertThat(proposal.primary().name()).isEqualTo("buffers per write to orders");
    assertThat(proposal.guardrails()).isNotEmpty();
    assertThat(proposal.explanation().applyCommand())
        .isEqualTo("DROP INDEX CONCURRENTLY public.short_one;");

    String before = LiveDatabase.ask("SELECT pg_get_indexdef('short_one'::regclass)");
    KnobFactory knobs = layer.knobs().getFirst();
    Knob knob = knobs.open(proposal.knob(), knobs.settings(proposal.knob()));
    knob.write(proposal.from(), proposal.to());
    assertThat(LiveDatabase.ask("SELECT to_regclass('short_one') IS NULL")).isEqualTo("t");
    knob.undo(proposal.from(), proposal.to());
    assertThat(LiveDatabase.ask("SELECT pg_get_indexdef('short_one'::regclass)")).isEqualTo(before);
    assertThat(
            LiveDatabase.ask("SELECT obj_description('short_one'::regclass, 'pg_class') IS NULL"))
        .isEqualTo("t");
  }

  @Test
  void whatItsDefinitionDoesNotBringBackIsLeftToAPerson() throws Exception {
    LiveDatabase.execute("COMMENT ON INDEX short_one IS 'ask Ada first'");
    Recommendation proposal = recommended(found().getFirst());
    assertThat(proposal.appliable()).isFalse();
    assertThat(proposal.hindrance())
        .isEqualTo(
            "it has a comment, which its definition does not bring back. The command: DROP INDEX"
                + " CONCURRENTLY public.short_one");
  }

  @Test
  void somethingThatCameToRestOnItMeanwhileKeepsIt() throws Exception {
    Recommendation proposal = recommended(found().getFirst());
    LiveDatabase.execute("ALTER TABLE orders CLUSTER ON short_one");
    KnobFactory knobs = layer.knobs().getFirst();
    Knob knob = knobs.open(proposal.knob(), knobs.settings(proposal.knob()));
    assertThatThrownBy(() -> knob.write(proposal.from(), proposal.to()))
        .isInstanceOf(KnobException.class)
        .hasMessage(
            "index `public.short_one` was not dropped: the order of its table rests on it.");
    LiveDatabase.execute("ALTER TABLE orders SET WITHOUT CLUSTER");
  }
}
