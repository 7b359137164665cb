package dev.hone.layer.database.upkeep;

import dev.hone.layer.database.advisor.Advice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What to change of vacuum and settings, where counters show that the present ones do not do: no
 * recipe is recommended that nothing measured speaks for.
 *
 * <p>Source: PostgreSQL's manual, "Routine Vacuuming", "Resource Consumption", "Write Ahead Log".
 */
public final class UpkeepRules {
  private static final double LARGE_ROWS = 1e6;

  /** With the usual fifth, a large table collects so many dead rows that scans feel it. */
  private static final double COARSE_FACTOR = 0.1;

  private static final String FINE_FACTOR = "0.02";
  private static final double DEAD_SHARE = 0.02;
  private static final double MANY_DEAD = 1e5;
  private static final double DEAD_WITHOUT_VACUUM = 0.1;
  private static final double CHANGED_SHARE = 0.5;
  private static final double MANY_CHANGED = 1e4;
  private static final long PAGES_WORTH_ANALYZING = 100;

  /** Half of the transactions after which PostgreSQL refuses to go on. */
  private static final double OLD = 1e9;

  private static final double JIT_SHARE = 0.05;
  private static final double JIT_SECONDS = 30;
  private static final double FEW_CHECKPOINTS = 10;
  private static final double OFTEN_SECONDS = 900;

  /**
   * A full log begins a checkpoint at about half of max_wal_size. Those that come after less were
   * asked for: by a backup, or a new database.
   */
  private static final double FULL_SHARE = 0.3;

  private static final double MEGABYTE = 1 << 20;
  private static final double SPILL_BYTES = 1 << 20;
  private static final double FEW_CALLS = 10;
  private static final long MOST_WORK_MEM = 256L << 20;

  private static final String RELOAD = "; SELECT pg_reload_conf()";

  private UpkeepRules() {}

  /** The recommendations, what is dangerous first. */
  public static List<Advice.Recommended> of(Upkeep upkeep) {
    var recommended = new ArrayList<Advice.Recommended>();
    off(upkeep, recommended);
    recommended.addAll(HolderRules.of(upkeep));
    for (Upkeep.Table table : upkeep.tables()) {
      vacuum(upkeep, table, recommended);
      analyze(table, recommended);
    }
    cache(upkeep, recommended);
    checkpoints(upkeep, recommended);
    jit(upkeep, recommended);
    return recommended;
  }

  private static void off(Upkeep upkeep, List<Advice.Recommended> recommended) {
    for (String setting : List.of("autovacuum", "track_counts")) {
      if (upkeep.isOff(setting)) {
        recommended.add(
            server(
                Advice.Kind.VACUUM,
                "Turn " + setting + " on",
                "ALTER SYSTEM SET " + setting + " = on" + RELOAD,
                "ALTER SYSTEM SET " + setting + " = off" + RELOAD,
                setting
                    + " is off: dead rows stay in every table, and the planner's statistics grow"
                    + " old."));
      }
    }
  }

  private static void vacuum(
      Upkeep upkeep, Upkeep.Table table, List<Advice.Recommended> recommended) {
    String option = table.options().get("autovacuum_enabled");
    boolean off = "false".equals(option) || "off".equals(option);
    double oldest = Math.max(OLD, 2 * upkeep.number("autovacuum_freeze_max_age"));
    if (table.freezeAge() > oldest) {
      recommended.add(
          table(
              Advice.Kind.VACUUM,
              table,
              "Freeze " + table.name(),
              "VACUUM (FREEZE) " + table.quoted(),
              "-- nothing to undo: rows that were frozen are the same rows",
              String.format(
                  Locale.ROOT,
                  "Its oldest row was frozen %.2f billion transactions ago; near 2.1 billion"
                      + " PostgreSQL refuses to write.",
                  table.freezeAge() / 1e9)));
    }
    boolean dirty =
        table.dead() >= MANY_CHANGED && table.dead() >= DEAD_WITHOUT_VACUUM * table.rows();
    boolean stale =
        table.changed() >= MANY_CHANGED && table.changed() >= DEAD_WITHOUT_VACUUM * table.rows();
    if (off && (dirty || stale)) {
      recommended.add(
          table(
              Advice.Kind.VACUUM,
              table,
              "Let autovacuum see to " + table.name(),
              "ALTER TABLE " + table.quoted() + " RESET (autovacuum_enabled)",
              "ALTER TABLE " + table.quoted() + " SET (autovacuum_enabled = off)",
              String.format(
                  Locale.ROOT,
                  dirty
                      ? "Autovacuum is off for it, and %.0f dead rows lie beside %.0f living ones."
                      : "Autovacuum is off for it, so that nothing analyses it: %.0f rows changed"
                          + " since, beside %.0f that the planner knows of.",
                  dirty ? table.dead() : table.changed(),
                  table.rows())));
      return;
    }
    double factor = upkeep.number(table, "autovacuum_vacuum_scale_factor");
    double start = upkeep.number(table, "autovacuum_vacuum_threshold") + factor * table.rows();
    boolean many = table.dead() >= MANY_DEAD && table.dead() >= DEAD_SHARE * table.rows();
    boolean bounded = upkeep.number("autovacuum_vacuum_max_threshold") < start;
    if (!off
        && !bounded
        && many
        && table.rows() >= LARGE_ROWS
        && factor >= COARSE_FACTOR
        && table.updated() > 0) {
      String own = table.options().get("autovacuum_vacuum_scale_factor");
      recommended.add(
          table(
              Advice.Kind.VACUUM,
              table,
              "Vacuum " + table.name() + " more often",
              "ALTER TABLE "
                  + table.quoted()
                  + " SET (autovacuum_vacuum_scale_factor = "
                  + FINE_FACTOR
                  + ")",
              "ALTER TABLE "
                  + table.quoted()
                  + (own == null
                      ? " RESET (autovacuum_vacuum_scale_factor)"
                      : " SET (autovacuum_vacuum_scale_factor = " + own + ")"),
              String.format(
                  Locale.ROOT,
                  "%.0f of its rows are dead (%.0f %%), and autovacuum waits for %.0f.",
                  table.dead(),
                  100 * table.dead() / table.rows(),
                  start)));
    }
  }

  private static void analyze(Upkeep.Table table, List<Advice.Recommended> recommended) {
    boolean never = table.rows() < 0 && table.pages() >= PAGES_WORTH_ANALYZING;
    boolean stale =
        table.rows() > 0
            && table.changed() >= MANY_CHANGED
            && table.changed() >= CHANGED_SHARE * table.rows();
    if (never || stale) {
      recommended.add(
          table(
              Advice.Kind.STATISTICS,
              table,
              "Analyze " + table.name(),
              "ANALYZE " + table.quoted(),
              "-- nothing to undo: only the planner's statistics are taken anew",
              never
                  ? "It was never analysed: the planner guesses how many rows it has."
                  : String.format(
                      Locale.ROOT,
                      "%.0f rows changed since it was analysed; the planner believes in %.0f.",
                      table.changed(),
                      table.rows())));
    }
  }

  private static void cache(Upkeep upkeep, List<Advice.Recommended> recommended) {
    double cache = upkeep.number("effective_cache_size");
    double shared = upkeep.number("shared_buffers");
    if (cache < shared) {
      recommended.add(
          server(
              Advice.Kind.SETTING,
              "Tell the planner of the server's whole cache",
              upkeep.set("effective_cache_size", "'" + kilobytes(2 * shared) + "kB'"),
              upkeep.unset("effective_cache_size"),
              String.format(
                  Locale.ROOT,
                  "effective_cache_size is %d MiB and shared_buffers alone %d MiB; it should count"
                      + " the operating system's cache too. New sessions take it up.",
                  kilobytes(cache) >> 10,
                  kilobytes(shared) >> 10)));
    }
  }

  private static long kilobytes(double blocks) {
    return Math.round(blocks * Upkeep.BLOCK / 1024);
  }

  private static void checkpoints(Upkeep upkeep, List<Advice.Recommended> recommended) {
    Upkeep.Counters counters = upkeep.counters();
    double requested = counters.requestedCheckpoints();
    if (requested >= FEW_CHECKPOINTS
        && requested > counters.timedCheckpoints()
        && counters.checkpointSeconds() / requested < OFTEN_SECONDS
        && counters.logBytes()
            >= requested * FULL_SHARE * upkeep.number("max_wal_size") * MEGABYTE) {
      long megabytes = Math.round(upkeep.number("max_wal_size"));
      recommended.add(
          server(
              Advice.Kind.SETTING,
              "Let checkpoints come by time",
              "ALTER SYSTEM SET max_wal_size = '" + 2 * megabytes + "MB'" + RELOAD,
              "ALTER SYSTEM SET max_wal_size = '" + megabytes + "MB'" + RELOAD,
              String.format(
                  Locale.ROOT,
                  "%.0f of %.0f checkpoints began because %d MiB of log were full, one in %.0f s;"
                      + " each makes the next write of every page a full one.",
                  requested,
                  requested + counters.timedCheckpoints(),
                  megabytes,
                  counters.checkpointSeconds() / requested)));
    }
  }

  private static void jit(Upkeep upkeep, List<Advice.Recommended> recommended) {
    Upkeep.Counters counters = upkeep.counters();
    if (!upkeep.isOff("jit")
        && counters.jitSeconds() >= JIT_SECONDS
        && counters.jitSeconds() >= JIT_SHARE * counters.statementSeconds()) {
      recommended.add(
          Advice.Recommended.of(
                  Advice.Kind.SETTING,
                  "Do not compile statements",
                  upkeep.set("jit", "off"),
                  upkeep.unset("jit"),
                  List.of(
                      String.format(
                          Locale.ROOT,
                          "%.0f %% of the statements' time went into compiling them, %.0f s; what it"
                              + " saved in executing them is not measured. An index that makes such a"
                              + " statement cheap ends that as well. New sessions take it up.",
                          100 * counters.jitSeconds() / counters.statementSeconds(),
                          counters.jitSeconds())))
              .gaining(counters.jitSeconds(), List.of()));
    }
  }

  /** How much memory a statement needs to keep its sorts and hashes; the next power of two. */
  static long workMem(Upkeep.Spill spill) {
    double wanted = Math.min(MOST_WORK_MEM, 2 * spill.bytesPerCall());
    return Math.max(8L << 20, Long.highestOneBit((long) wanted - 1) << 1);
  }

  /** Whether a statement writes so much that more memory is worth a word. */
  static boolean isLarge(Upkeep.Spill spill) {
    return spill.calls() >= FEW_CALLS && spill.bytesPerCall() >= SPILL_BYTES;
  }

  private static Advice.Recommended server(
      Advice.Kind kind, String title, String ddl, String undo, String why) {
    return Advice.Recommended.of(kind, title, ddl, undo, List.of(why));
  }

  private static Advice.Recommended table(
      Advice.Kind kind, Upkeep.Table table, String title, String ddl, String undo, String why) {
    return server(kind, title, ddl, undo, why).on(table.schema(), table.name());
  }
}
