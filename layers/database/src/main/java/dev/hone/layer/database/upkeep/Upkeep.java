package dev.hone.layer.database.upkeep;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a database is set up and kept, as its catalogues and counters tell.
 *
 * @param database its name, quoted as it stands in SQL
 * @param settings by name, each in the setting's own unit; what is set for this database alone also
 *     as it was written, with {@code database:} before its name
 * @param tables the largest ones and those with most dead rows
 * @param spills statements that wrote temporary files, the most first
 * @param extended columns that have statistics together, by {@code schema.table}
 * @param holders what keeps vacuum from removing rows, or the log from being removed
 */
public record Upkeep(
    String database,
    Map<String, String> settings,
    List<Table> tables,
    Counters counters,
    List<Spill> spills,
    Map<String, List<Set<String>>> extended,
    List<Holder> holders) {
  /** Bytes of a block. */
  static final long BLOCK = 8192;

  private static final int READ_OFTEN = 10;

  /**
   * A table.
   *
   * @param quoted schema and name as they stand in SQL
   * @param rows as the planner knows them; −1 when it was never analysed
   * @param options storage parameters that differ from the settings
   * @param freezeAge transactions since its oldest row was frozen
   * @param dead rows that no transaction sees any more
   * @param changed rows inserted, updated or deleted since it was analysed
   * @param updated rows updated or deleted since the counters began
   */
  public record Table(
      String schema,
      String name,
      String quoted,
      double rows,
      long pages,
      Map<String, String> options,
      double freezeAge,
      double dead,
      double changed,
      double updated) {}

  /**
   * What the server has counted; 0 where it does not count.
   *
   * @param hits blocks found in the server's memory
   * @param reads blocks that were not
   * @param timedCheckpoints that began because it was time
   * @param requestedCheckpoints that began because the log was full, or somebody asked
   * @param checkpointSeconds how long those were counted
   * @param logBytes written to the log meanwhile
   * @param jitSeconds spent on compiling statements
   * @param statementSeconds spent on all statements
   */
  public record Counters(
      double hits,
      double reads,
      double timedCheckpoints,
      double requestedCheckpoints,
      double checkpointSeconds,
      double logBytes,
      double jitSeconds,
      double statementSeconds) {
    /** Share of the blocks that were found in memory; 0 where none was counted. */
    public double inMemory() {
      return hits + reads > 0 ? hits / (hits + reads) : 0;
    }
  }

  /** What holds on to the past. */
  public enum Hold {
    /** A session with an open transaction in which it executes nothing. */
    IDLE_SESSION,
    /** A transaction of two-phase commit that nobody finishes. */
    PREPARED,
    /** A replication slot that nobody reads. */
    SLOT
  }

  /**
   * One that holds on to the past.
   *
   * @param name process number, global identifier or name of the slot
   * @param who role and application, or owner; empty for a slot
   * @param seconds for how long; NaN for a slot
   * @param bytes of the log that a slot keeps; else 0
   */
  public record Holder(Hold hold, String name, String who, double seconds, double bytes) {}

  /**
   * A statement that wrote temporary files.
   *
   * @param blocks written over all calls
   */
  public record Spill(String queryid, double calls, double blocks) {
    double bytesPerCall() {
      return blocks * BLOCK / Math.max(1, calls);
    }
  }

  public Upkeep {
    settings = Map.copyOf(settings);
    tables = List.copyOf(tables);
    spills = List.copyOf(spills);
    extended = Map.copyOf(extended);
    holders = List.copyOf(holders);
  }

  boolean isOff(String setting) {
    return "off".equals(settings.get(setting));
  }

  /** Sets something for the database. */
  String set(String setting, String value) {
    return "ALTER DATABASE " + database + " SET " + setting + " = " + value;
  }

  /** Takes that back: the value that the database had for itself, or none. */
  String unset(String setting) {
    String own = settings.get("database:" + setting);
    return own == null
        ? "ALTER DATABASE " + database + " RESET " + setting
        : set(setting, "'" + own.replace("'", "''") + "'");
  }

  /**
   * Share of the tables' pages that statements find in memory, from 0 to 1. What was counted tells
   * it once each page can have been read {@value #READ_OFTEN} times; before, tables that fit into
   * what the planner takes for the cache will be there.
   *
   * @param pages of all tables
   */
  public double inMemory(double pages) {
    double found = counters.inMemory();
    double cache = number("effective_cache_size");
    return counters.hits() + counters.reads() >= READ_OFTEN * pages || Double.isNaN(cache)
        ? found
        : Math.max(found, Math.min(1, cache / Math.max(1, pages)));
  }

  /** A setting as a number; NaN when the server does not have it. */
  double number(String setting) {
    String text = settings.get(setting);
    return text == null ? Double.NaN : Double.parseDouble(text);
  }

  /** What holds for a table: its own storage parameter, or else the setting. */
  double number(Table table, String setting) {
    String own = table.options().get(setting);
    return own == null ? number(setting) : Double.parseDouble(own);
  }
}
