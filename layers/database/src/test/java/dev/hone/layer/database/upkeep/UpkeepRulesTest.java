package dev.hone.layer.database.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.advisor.Advice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UpkeepRulesTest {
  private static final Upkeep.Counters QUIET = new Upkeep.Counters(0, 0, 100, 1, 1e6, 1e9, 0, 1000);
  private static final Upkeep.Table LARGE = table(5e6, Map.of(), 1e6, 0, 0);

  /** PostgreSQL's own defaults, in the units of pg_settings. */
  private static Map<String, String> settings(String... changed) {
    var settings =
        new HashMap<>(
            Map.of(
                "autovacuum", "on",
                "track_counts", "on",
                "autovacuum_vacuum_scale_factor", "0.2",
                "autovacuum_vacuum_threshold", "50",
                "autovacuum_freeze_max_age", "200000000",
                "jit", "on",
                "effective_cache_size", "524288",
                "shared_buffers", "16384",
                "max_wal_size", "1024",
                "work_mem", "4096"));
    for (int i = 0; i < changed.length; i += 2) {
      settings.put(changed[i], changed[i + 1]);
    }
    return settings;
  }

  private static Upkeep.Table table(
      double rows, Map<String, String> options, double age, double dead, double changed) {
    return new Upkeep.Table(
        "shop", "orders", "shop.orders", rows, 10_000, options, age, dead, changed, 9);
  }

  private static List<Advice.Recommended> advise(
      Map<String, String> settings, Upkeep.Table table, Upkeep.Counters counters) {
    return UpkeepRules.of(
        new Upkeep("shop", settings, List.of(table), counters, List.of(), Map.of(), List.of()));
  }

  private static Advice.Recommended only(List<Advice.Recommended> recommended) {
    assertThat(recommended).hasSize(1);
    return recommended.getFirst();
  }

  private static double inMemory(double hits, double reads, String cache, double pages) {
    var counters = new Upkeep.Counters(hits, reads, 0, 0, 0, 0, 0, 0);
    return new Upkeep(
            "shop",
            settings("effective_cache_size", cache),
            List.of(),
            counters,
            List.of(),
            Map.of(),
            List.of())
        .inMemory(pages);
  }

  @Test
  void pagesThatFitIntoTheCacheAreInMemoryUntilEnoughWasCounted() {
    assertThat(inMemory(0, 0, "1000", 1000)).isEqualTo(1);
    assertThat(inMemory(10, 90, "1000", 2000)).isEqualTo(0.5);
    assertThat(inMemory(90, 10, "1000", 2000)).isEqualTo(0.9);
    assertThat(inMemory(2_000, 18_000, "1000", 2000)).isEqualTo(0.1);
  }

  @Test
  void aWellKeptDatabaseGetsNothing() {
    assertThat(advise(settings(), LARGE, QUIET)).isEmpty();
  }

  @Test
  void autovacuumThatIsOffIsTurnedOn() {
    Advice.Recommended on = only(advise(settings("autovacuum", "off"), LARGE, QUIET));
    assertThat(on.kind()).isEqualTo(Advice.Kind.VACUUM);
    assertThat(on.ddl()).isEqualTo("ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf()");
    assertThat(on.undo()).contains("autovacuum = off");
  }

  @Test
  void aTableThatAutovacuumPassesOverIsGivenBackToIt() {
    var off = table(1e5, Map.of("autovacuum_enabled", "false"), 0, 20_000, 0);
    Advice.Recommended given = only(advise(settings(), off, QUIET));
    assertThat(given.ddl()).isEqualTo("ALTER TABLE shop.orders RESET (autovacuum_enabled)");
    assertThat(given.undo()).isEqualTo("ALTER TABLE shop.orders SET (autovacuum_enabled = off)");
    var clean = table(1e5, Map.of("autovacuum_enabled", "off"), 0, 500, 0);
    assertThat(advise(settings(), clean, QUIET)).isEmpty();
  }

  @Test
  void aLargeTableWithManyDeadRowsIsVacuumedSooner() {
    var dead = table(5e6, Map.of(), 0, 500_000, 0);
    Advice.Recommended often = only(advise(settings(), dead, QUIET));
    assertThat(often.ddl()).contains("autovacuum_vacuum_scale_factor = 0.02");
    assertThat(often.undo())
        .isEqualTo("ALTER TABLE shop.orders RESET (autovacuum_vacuum_scale_factor)");
    assertThat(often.why().getFirst()).contains("10 %").contains("1000050");
    var own = table(5e6, Map.of("autovacuum_vacuum_scale_factor", "0.15"), 0, 500_000, 0);
    assertThat(only(advise(settings(), own, QUIET)).undo())
        .isEqualTo("ALTER TABLE shop.orders SET (autovacuum_vacuum_scale_factor = 0.15)");
    var fine = table(5e6, Map.of("autovacuum_vacuum_scale_factor", "0.01"), 0, 500_000, 0);
    assertThat(advise(settings(), fine, QUIET)).isEmpty();
    assertThat(advise(settings("autovacuum_vacuum_max_threshold", "100000"), dead, QUIET))
        .as("PostgreSQL 18 bounds the threshold itself")
        .isEmpty();
  }

  @Test
  void aTableNearTheEndOfTransactionsIsFrozen() {
    assertThat(only(advise(settings(), table(1e3, Map.of(), 1.5e9, 0, 0), QUIET)).ddl())
        .isEqualTo("VACUUM (FREEZE) shop.orders");
  }

  @Test
  void statisticsThatAreOldOrMissingAreTakenAnew() {
    assertThat(only(advise(settings(), table(1e5, Map.of(), 0, 0, 60_000), QUIET)).ddl())
        .isEqualTo("ANALYZE shop.orders");
    assertThat(only(advise(settings(), table(-1, Map.of(), 0, 0, 0), QUIET)).why().getFirst())
        .contains("never analysed");
    assertThat(advise(settings(), table(1e5, Map.of(), 0, 0, 20_000), QUIET)).isEmpty();
  }

  @Test
  void checkpointsThatComeBecauseTheLogIsFullGetMoreOfIt() {
    var forced = new Upkeep.Counters(0, 0, 5, 60, 3600, 60e9, 0, 1000);
    Advice.Recommended more = only(advise(settings(), LARGE, forced));
    assertThat(more.ddl()).contains("max_wal_size = '2048MB'");
    assertThat(more.undo()).contains("max_wal_size = '1024MB'");
    var rare = new Upkeep.Counters(0, 0, 5, 60, 1e6, 60e9, 0, 1000);
    assertThat(advise(settings(), LARGE, rare)).isEmpty();
    var askedFor = new Upkeep.Counters(0, 0, 5, 60, 3600, 1e9, 0, 1000);
    assertThat(advise(settings(), LARGE, askedFor))
        .as("a new database asks for two; the log was not full")
        .isEmpty();
  }

  @Test
  void compilingThatCostsMuchIsTurnedOff() {
    var compiled = new Upkeep.Counters(0, 0, 100, 1, 1e6, 1e9, 90, 1000);
    Advice.Recommended off = only(advise(settings(), LARGE, compiled));
    assertThat(off.ddl()).isEqualTo("ALTER DATABASE shop SET jit = off");
    assertThat(off.gainSeconds()).isEqualTo(90);
    assertThat(advise(settings("jit", "off"), LARGE, compiled)).isEmpty();
  }

  @Test
  void aCacheSmallerThanTheServersOwnIsCorrected() {
    Advice.Recommended cache = only(advise(settings("effective_cache_size", "8192"), LARGE, QUIET));
    assertThat(cache.ddl()).contains("effective_cache_size = '262144kB'");
  }

  @Test
  void memoryForAStatementFollowsWhatItWrites() {
    var spill = new Upkeep.Spill("1", 100, 100 * 2_000);
    assertThat(UpkeepRules.isLarge(spill)).isTrue();
    assertThat(UpkeepRules.workMem(spill)).isEqualTo(32L << 20);
    assertThat(UpkeepRules.isLarge(new Upkeep.Spill("1", 100, 1_000))).isFalse();
    assertThat(UpkeepRules.workMem(new Upkeep.Spill("1", 1, 1e9))).isEqualTo(256L << 20);
  }

  private static List<Advice.Recommended> held(Map<String, String> settings, Upkeep.Holder... by) {
    return UpkeepRules.of(
        new Upkeep("shop", settings, List.of(), QUIET, List.of(), Map.of(), List.of(by)));
  }

  @Test
  void whatHoldsOnToThePastIsNamedAndNotEnded() {
    var session =
        new Upkeep.Holder(Upkeep.Hold.IDLE_SESSION, "4711", "role app, application x", 8000, 0);
    var prepared = new Upkeep.Holder(Upkeep.Hold.PREPARED, "it's", "owner app", 600, 0);
    var slot = new Upkeep.Holder(Upkeep.Hold.SLOT, "gone", "", Double.NaN, 3.0 * (1L << 30));
    String timeout = "idle_in_transaction_session_timeout";
    List<Advice.Recommended> advised =
        held(settings(timeout, "0"), session, session, prepared, slot);
    assertThat(advised).hasSize(3);
    assertThat(advised.get(0).ddl()).isEqualTo("ALTER DATABASE shop SET " + timeout + " = '10min'");
    assertThat(advised.get(0).undo()).isEqualTo("ALTER DATABASE shop RESET " + timeout);
    assertThat(advised.get(0).why().getFirst()).contains("4711", "role app", "2.2 hours");
    assertThat(advised.get(1).ddl()).contains("ROLLBACK PREPARED 'it''s'");
    assertThat(advised.get(2).why().getFirst()).contains("`gone` keeps 3.0 GiB");
    assertThat(held(settings(timeout, "60000"), session)).as("it is limited already").isEmpty();
  }
}
