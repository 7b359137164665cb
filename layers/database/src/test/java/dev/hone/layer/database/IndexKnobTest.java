package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.view.IndexBuilds;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobException.Reason;
import dev.hone.loop.KnobRef;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IndexKnobTest {
  private static final String NAME = "hone_orders_amount";
  private static final String DDL =
      "CREATE INDEX CONCURRENTLY hone_orders_amount ON public.orders USING btree (amount)";
  private static final KnobRef REF = IndexKnobs.ref("shop", "public", "orders", NAME, DDL);

  private IndexKnobs factory;
  private Knob knob;

  @BeforeEach
  void open() throws Exception {
    LiveDatabase.execute("DROP INDEX IF EXISTS " + NAME);
    factory = new IndexKnobs(List.of(LiveDatabase.connection()));
    knob = factory.open(REF, factory.settings(REF));
  }

  @AfterEach
  void close() throws Exception {
    factory.close();
    LiveDatabase.execute("DROP INDEX IF EXISTS " + NAME);
  }

  private static Reason reasonOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    var failure = new AtomicReference<KnobException>();
    assertThatThrownBy(call).isInstanceOfSatisfying(KnobException.class, failure::set);
    return failure.get().reason();
  }

  @Test
  void theIndexIsMadeReadBackAndDroppedAgainAndDoingItTwiceIsHarmless() throws Exception {
    assertThat(knob.probe().appliable()).isTrue();
    assertThat(knob.read()).isEqualTo("absent");
    knob.write("absent", DDL);
    assertThat(knob.read()).isEqualTo(DDL);
    knob.write("absent", DDL);
    knob.undo("absent", DDL);
    assertThat(knob.read()).isEqualTo("absent");
    knob.undo("absent", DDL);
  }

  @Test
  void somebodyElsesIndexOfThatNameStays() throws Exception {
    LiveDatabase.execute("CREATE INDEX " + NAME + " ON orders (status)");
    assertThat(knob.read()).contains("(status)");
    assertThat(reasonOf(() -> knob.write("absent", DDL))).isEqualTo(Reason.DRIFT);
    assertThat(reasonOf(() -> knob.undo("absent", DDL))).isEqualTo(Reason.DRIFT);
    assertThat(knob.read()).contains("(status)");
  }

  @Test
  void aHalfBuiltIndexIsRemovedByUndoAndReplacedByWrite() throws Exception {
    leaveInvalid();
    assertThat(knob.read()).isEqualTo("invalid");
    knob.undo("absent", DDL);
    assertThat(knob.read()).isEqualTo("absent");
    leaveInvalid();
    knob.write("absent", DDL);
    assertThat(knob.read()).isEqualTo(DDL);
  }

  private static void leaveInvalid() throws Exception {
    LiveDatabase.execute(DDL.replace(" CONCURRENTLY", ""));
    LiveDatabase.execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '" + NAME + "'::regclass");
  }

  @Test
  void anInterruptCancelsTheBuildAndLeavesNothingBehind() throws Exception {
    try (Connection holder = LiveDatabase.raw()) {
      holdLock(holder);
      var outcome = new AtomicReference<Throwable>();
      Thread builder = building(outcome);
      awaitBuilder();
      try (Connection looking = LiveDatabase.connection().connect("hone", 10)) {
        assertThat(IndexBuilds.read(looking))
            .singleElement()
            .satisfies(
                build -> {
                  assertThat(build.index()).isEqualTo(NAME);
                  assertThat(build.table()).isEqualTo("public.orders");
                  assertThat(build.line()).startsWith("waiting for ").contains(", pid ");
                });
      }
      builder.interrupt();
      builder.join(10_000);
      assertThat(builder.isAlive()).isFalse();
      assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
      holder.rollback();
    }
    knob.undo("absent", DDL);
    assertThat(knob.read()).isEqualTo("absent");
  }

  @Test
  void undoEndsABuildThatAKilledHoneLeftRunning() throws Exception {
    try (Connection holder = LiveDatabase.raw();
        Connection orphan = LiveDatabase.connection().connect("hone index " + NAME, 0)) {
      holdLock(holder);
      Thread builder =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (Statement sql = orphan.createStatement()) {
                      sql.execute(DDL);
                    } catch (java.sql.SQLException e) {
                      // It is terminated, as it should be.
                    }
                  });
      awaitBuilder();
      Thread releaser =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      builder.join();
                      holder.rollback();
                    } catch (InterruptedException | java.sql.SQLException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      knob.undo("absent", DDL);
      releaser.join();
      assertThat(knob.read()).isEqualTo("absent");
    }
  }

  private Thread building(AtomicReference<Throwable> outcome) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                knob.write("absent", DDL);
              } catch (KnobException | InterruptedException e) {
                outcome.set(e);
              }
            });
  }

  private static final String BUILDER =
      "SELECT %s FROM pg_stat_activity WHERE application_name = 'hone index " + NAME + "'";

  /** A transaction that a concurrent build has to wait for. */
  private static void holdLock(Connection holder) throws Exception {
    holder.setAutoCommit(false);
    try (Statement sql = holder.createStatement()) {
      sql.execute("UPDATE orders SET note = note WHERE id = 1");
    }
  }

  private static void awaitBuilder() throws Exception {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (LiveDatabase.ask(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hone index "
                + NAME
                + "' AND wait_event_type = 'Lock'")
        .equals("0")) {
      assertThat(System.nanoTime()).as("waiting for the build").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void nothingIsBuiltBesideAnotherBuild() throws Exception {
    try (Connection holder = LiveDatabase.raw();
        Connection other = LiveDatabase.connection().connect("hone index " + NAME, 0)) {
      holdLock(holder);
      Thread builder =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (Statement sql = other.createStatement()) {
                      sql.execute("CREATE INDEX CONCURRENTLY another ON public.orders (note)");
                    } catch (java.sql.SQLException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      awaitBuilder();
      assertThatThrownBy(() -> knob.write("absent", DDL))
          .isInstanceOf(KnobException.class)
          .hasMessageContaining("another index is being built on public.orders");
      holder.rollback();
      builder.join();
      LiveDatabase.execute("DROP INDEX another");
      assertThat(knob.read()).isEqualTo("absent");
    }
  }

  @Test
  void whatAnAttemptCouldNotRemoveIsRemovedByTheNext() throws Exception {
    try (Connection holder = LiveDatabase.raw()) {
      holdLock(holder);
      var outcome = new AtomicReference<Throwable>();
      Thread builder = building(outcome);
      awaitBuilder();
      String first = LiveDatabase.ask(BUILDER.formatted("pid"));
      String next = first;
      while (builder.isAlive() && (next == null || next.equals(first))) {
        next = LiveDatabase.ask(BUILDER.formatted("max(pid)"));
        Thread.onSpinWait();
      }
      holder.rollback();
      builder.join();
      assertThat(outcome.get()).isNull();
      assertThat(knob.read()).isEqualTo(DDL);
    }
  }

  @Test
  void aBuildThatFailsLeavesNoInvalidIndex() throws Exception {
    String ddl =
        "CREATE INDEX CONCURRENTLY hone_orders_odd ON public.orders USING btree (((1 / (id - id))))";
    var recommended =
        new Advice.Recommended(
            Advice.Kind.CREATE_INDEX,
            "public",
            "orders",
            "hone_orders_odd",
            "Index",
            ddl,
            "DROP INDEX CONCURRENTLY public.hone_orders_odd",
            0,
            0,
            0,
            List.of(),
            List.of());
    try (var indexes = new IndexBuilder(LiveDatabase.connection())) {
      assertThatThrownBy(() -> indexes.carryOut(recommended))
          .isInstanceOf(KnobException.class)
          .hasMessageContaining("division by zero");
    }
    assertThat(LiveDatabase.ask("SELECT count(*) FROM pg_class WHERE relname = 'hone_orders_odd'"))
        .isEqualTo("0");
  }

  @Test
  void undoWorksAfterTheConnectionWasLost() throws Exception {
    knob.write("absent", DDL);
    LiveDatabase.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hone'");
    knob.undo("absent", DDL);
    assertThat(knob.read()).isEqualTo("absent");
  }

  @Test
  void aRoleThatMayNotIsToldWhatWouldHelp() throws Exception {
    LiveDatabase.execute("CREATE ROLE reader LOGIN");
    try {
      var weak = new DatabaseConnection("shop", LiveDatabase.connection().jdbcUrl(), "reader", "");
      try (var weakFactory = new IndexKnobs(List.of(weak))) {
        Knob closed = weakFactory.open(REF, weakFactory.settings(REF));
        assertThat(closed.probe().appliable()).isFalse();
        assertThat(closed.probe().why()).contains("does not own").contains("GRANT");
        assertThat(reasonOf(() -> closed.write("absent", DDL))).isEqualTo(Reason.DENIED);
      }
    } finally {
      LiveDatabase.execute("DROP ROLE reader");
    }
  }

  @Test
  void anIndexThatExecutesSomebodysCodeDoesNotStay() throws Exception {
    LiveDatabase.execute(
        "CREATE FUNCTION public.twice(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN"
            + " 2 * $1; END'");
    try {
      String ddl =
          "CREATE INDEX CONCURRENTLY "
              + NAME
              + " ON public.orders USING btree (public.twice(customer_id))";
      KnobRef ref = IndexKnobs.ref("shop", "public", "orders", NAME, ddl);
      Knob foreign = factory.open(ref, factory.settings(ref));
      assertThatThrownBy(() -> foreign.write("absent", ddl))
          .isInstanceOf(KnobException.class)
          .hasMessageContaining("was dropped again")
          .hasMessageContaining("twice(integer)");
      assertThat(foreign.read()).isEqualTo("absent");
    } finally {
      LiveDatabase.execute("DROP FUNCTION public.twice(int)");
    }
  }

  @Test
  void whatAnExtensionBroughtAlongIsNobodysCode() throws Exception {
    LiveDatabase.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm");
    String ddl =
        "CREATE INDEX CONCURRENTLY "
            + NAME
            + " ON public.orders USING gin (note public.gin_trgm_ops)";
    KnobRef ref = IndexKnobs.ref("shop", "public", "orders", NAME, ddl);
    Knob trigrams = factory.open(ref, factory.settings(ref));
    trigrams.write("absent", ddl);
    assertThat(trigrams.read()).contains("gin_trgm_ops");
  }

  @Test
  void theOneDatabaseIsMeantByAnOldJournalsName() throws Exception {
    KnobRef old = IndexKnobs.ref("postgres", "public", "orders", NAME, DDL);
    assertThat(factory.settings(old)).containsEntry("url", LiveDatabase.connection().jdbcUrl());
    var other = new DatabaseConnection("books", LiveDatabase.connection().jdbcUrl(), "hone", "");
    try (var two = new IndexKnobs(List.of(LiveDatabase.connection(), other))) {
      assertThat(reasonOf(() -> two.settings(old))).isEqualTo(Reason.UNREACHABLE);
    }
  }

  @Test
  void anUnknownDatabaseHasNoSettingsAndAnUnreachableOneDoesNotOpen() {
    try (var empty = new IndexKnobs(List.of())) {
      assertThat(reasonOf(() -> empty.settings(REF))).isEqualTo(Reason.UNREACHABLE);
      Map<String, String> nowhere =
          Map.of("url", "jdbc:postgresql://127.0.0.1:1/x", "user", "a", "password", "hush");
      assertThat(reasonOf(() -> empty.open(REF, nowhere))).isEqualTo(Reason.UNREACHABLE);
      assertThatThrownBy(() -> empty.open(REF, nowhere)).hasMessageNotContaining("hush");
    }
  }
}
