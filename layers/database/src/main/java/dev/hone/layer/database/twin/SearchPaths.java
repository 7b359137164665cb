package dev.hone.layer.database.twin;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Where the roles of a database look up names that have no schema, as it is set for them on the
 * server; what a session has set for itself nobody can see. It makes a difference only for
 * statements with a name that relations of several schemas have.
 */
public final class SearchPaths {
  private static final String NAMESAKES =
      """
      SELECT /* hone */ c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_'
        AND n.nspname <> 'information_schema'
      GROUP BY c.relname HAVING count(*) > 1
      """;

  /**
   * The setting of a role in this database comes first, then the role's, then the database's, then
   * the server's. Hone's session shows the server's unless its own role has another.
   */
  private static final String PATHS =
      """
      WITH told AS (
        SELECT s.setrole, s.setdatabase, substr(entry, length('search_path=') + 1) AS path
        FROM pg_db_role_setting s, unnest(s.setconfig) AS entry
        WHERE entry LIKE 'search\\_path=%' AND s.setdatabase IN (0,
          (SELECT oid FROM pg_database WHERE datname = current_database()))
      )
      SELECT /* hone */ r.oid, regexp_replace(coalesce(
          (SELECT path FROM told WHERE setrole IN (r.oid, 0)
            ORDER BY setrole = r.oid DESC, setdatabase <> 0 DESC LIMIT 1),
          (SELECT CASE WHEN EXISTS (SELECT FROM told JOIN pg_roles own ON own.oid = setrole
              WHERE own.rolname = session_user) THEN boot_val ELSE reset_val END
            FROM pg_settings WHERE name = 'search_path')),
        '(^|, *)"?\\$user"? *(?=,|$)',
        '\\1' || replace(quote_ident(r.rolname), '\\', '\\\\'), 'g')
      FROM pg_roles r
      """;

  private final Set<String> namesakes;
  private final Map<Long, String> byRole;
  private final String others;

  private SearchPaths(Set<String> namesakes, Map<Long, String> byRole, String others) {
    this.namesakes = namesakes;
    this.byRole = byRole;
    this.others = others;
  }

  /** Those of nobody. */
  public static SearchPaths none() {
    return new SearchPaths(Set.of(), Map.of(), "");
  }

  /** Reads them. */
  public static SearchPaths read(Connection connection) throws SQLException {
    var namesakes = new HashSet<String>();
    var byRole = new HashMap<Long, String>();
    try (Statement sql = connection.createStatement()) {
      sql.setEscapeProcessing(false);
      try (ResultSet rows = sql.executeQuery(NAMESAKES)) {
        while (rows.next()) {
          namesakes.add(rows.getString(1));
        }
      }
      if (!namesakes.isEmpty()) {
        try (ResultSet rows = sql.executeQuery(PATHS)) {
          while (rows.next()) {
            byRole.put(rows.getLong(1), rows.getString(2));
          }
        }
      }
    }
    return new SearchPaths(namesakes, byRole, PlannerSettings.searchPath(connection));
  }

  /** Whether any name is one that relations of several schemas have. */
  public boolean matter() {
    return !namesakes.isEmpty();
  }

  /**
   * The path of a role, and all other schemas behind it; empty where it makes no difference or is
   * not known.
   *
   * @param role its oid
   */
  public String of(long role, String statement) {
    String path = byRole.get(role);
    boolean matters = RelationNames.words(statement).stream().anyMatch(namesakes::contains);
    return path == null || !matters ? "" : path.isBlank() ? others : path + ", " + others;
  }
}
