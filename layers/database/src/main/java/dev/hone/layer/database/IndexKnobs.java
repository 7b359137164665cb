package dev.hone.layer.database;

import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobException.Reason;
import dev.hone.loop.KnobFactory;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Target;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Opens indexes as knobs. All knobs of one database share one connection, which is made by {@link
 * #open} and made again when it breaks.
 */
public final class IndexKnobs implements KnobFactory, DatabaseProbe.Companion {
  /** The kind of its knobs. */
  public static final String KIND = "postgresql-index";

  /** The parameter of knobs whose statement must be the server's to the letter. */
  static final String EXACT = "exact";

  /** What the one database was called in older journals, whatever its name. */
  private static final String FORMER = "postgres";

  private final List<DatabaseConnection> configured;
  private final Map<DatabaseConnection, Session> sessions = new HashMap<>();

  /**
   * A factory.
   *
   * @param configured the databases it knows; none in the guard, which gets all it needs as
   *     settings
   */
  public IndexKnobs(List<DatabaseConnection> configured) {
    this.configured = List.copyOf(configured);
  }

  /** The address of an index that is to be made: its statement is compared but for spelling. */
  static KnobRef ref(String database, String schema, String table, String index, String ddl) {
    return ref(database, schema, table, index, ddl, false);
  }

  /** The address of an index that is there, whose statement the server itself wrote. */
  static KnobRef existing(String database, String schema, String table, String index, String ddl) {
    return ref(database, schema, table, index, ddl, true);
  }

  private static KnobRef ref(
      String database, String schema, String table, String index, String ddl, boolean exact) {
    var parameters =
        new HashMap<>(
            Map.of(
                "database",
                database,
                "schema",
                schema,
                "table",
                table,
                "index",
                index,
                "ddl",
                ddl));
    if (exact) {
      parameters.put(EXACT, "true");
    }
    var target = new Target("table", database + "/" + schema + "." + table);
    return new KnobRef(KIND, target, parameters);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Map<String, String> settings(KnobRef ref) throws KnobException {
    String name = ref.parameter("database");
    for (DatabaseConnection database : configured) {
      if (database.name().equals(name) || (configured.size() == 1 && name.equals(FORMER))) {
        return Map.of(
            "name", name,
            "url", database.jdbcUrl(),
            "user", database.user(),
            "password", database.password());
      }
    }
    throw new KnobException(
        Reason.UNREACHABLE,
        "index `"
            + ref.parameter("index")
            + "` belongs to database `"
            + name
            + "`, which is not configured here; start Hone with --postgres and its address.");
  }

  @Override
  public Knob open(KnobRef ref, Map<String, String> settings) throws KnobException {
    var target =
        new DatabaseConnection(
            settings.getOrDefault("name", ref.parameter("database")),
            settings.getOrDefault("url", ""),
            settings.getOrDefault("user", ""),
            settings.getOrDefault("password", ""));
    Session session = session(target);
    try {
      session.ask((connection, server) -> server.version());
    } catch (SQLException e) {
      throw new KnobException(Reason.UNREACHABLE, target.sentence(e), e);
    }
    return new IndexKnob(ref, session);
  }

  private synchronized Session session(DatabaseConnection target) {
    return sessions.computeIfAbsent(target, t -> new Session(t, Session.Purpose.CHANGE));
  }

  @Override
  public synchronized void close() {
    sessions.values().forEach(Session::close);
    sessions.clear();
  }
}
