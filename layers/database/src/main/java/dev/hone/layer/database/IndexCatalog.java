package dev.hone.layer.database;

import dev.hone.layer.database.advisor.ExistingIndexReader;
import dev.hone.layer.database.twin.ForeignCode;
import dev.hone.layer.database.twin.Identifiers;
import dev.hone.loop.Knob.Capability;
import dev.hone.loop.KnobRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the server's catalogue says of one index that is there or not.
 *
 * @param schema of the table and the index
 * @param ddl the statement that makes the index
 * @param exact whether the server wrote that statement itself, so that another spelling is another
 *     index
 */
record IndexCatalog(String schema, String table, String index, String ddl, boolean exact) {
  /** The value of an index that does not exist. */
  static final String ABSENT = "absent";

  /** A literal, a cast, a name in quotes, and what only separates. */
  private static final Pattern SPELLING =
      Pattern.compile(
          "('(?:[^']|'')*')"
              + "|::(?:[\\w.]|\"[^\"]*\"| (?:varying|precision|with(?:out)? time zone))+(?:\\(\\d+(?:,\\d+)?\\))?(?:\\[\\])*"
              + "|\"((?:[^\"]|\"\")*)\""
              + "|[()\\s]");

  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_$]*");

  /** The value of an index that is half built. */
  static final String INVALID = "invalid";

  static IndexCatalog of(KnobRef ref) {
    return new IndexCatalog(
        ref.parameter("schema"),
        ref.parameter("table"),
        ref.parameter("index"),
        ref.parameter("ddl"),
        ref.parameters().containsKey(IndexKnobs.EXACT));
  }

  /** What this role can do with it. */
  Capability capability(Connection connection, String user) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT /* hone */ pg_has_role(c.relowner, 'USAGE'), pg_get_userbyid(c.relowner),
              has_schema_privilege(n.oid, 'CREATE'), pg_is_in_recovery(), c.relkind = 'r',
              (SELECT rolsuper FROM pg_roles WHERE oid = c.relowner)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ?
            """)) {
      query.setString(1, schema);
      query.setString(2, table);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          return Capability.none("there is no table `" + schema + "." + table + "`");
        }
        String why = "";
        if (row.getBoolean(4)) {
          why = "the server is a replica; make the index on its primary";
        } else if (!row.getBoolean(5)) {
          why = "`" + schema + "." + table + "` is no plain table";
        } else if (!row.getBoolean(1)) {
          String owner = row.getString(2);
          why =
              "role `%s` does not own `%s.%s`; run the command as `%s`"
                  .formatted(user, schema, table, owner);
          if (!row.getBoolean(6)) {
            why +=
                ", or: GRANT %s TO %s"
                    .formatted(Identifiers.quoted(owner), Identifiers.quoted(user));
          }
        } else if (!row.getBoolean(3)) {
          why =
              "role `%s` may not create in schema `%s`; run: GRANT CREATE ON SCHEMA %s TO %s"
                  .formatted(user, schema, Identifiers.quoted(schema), Identifiers.quoted(user));
        }
        return why.isEmpty() ? Capability.FULL : new Capability(true, false, false, true, why);
      }
    }
  }

  /** The value in force. */
  String value(Connection connection) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT /* hone */ coalesce(DEFINITION,
                'no index but a relation of kind ' || c.relkind::text), coalesce(i.indisvalid, true)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              LEFT JOIN pg_index i ON i.indexrelid = c.oid
            WHERE n.nspname = ? AND c.relname = ?
            """
                .replace(
                    "DEFINITION",
                    ExistingIndexReader.definition("i.indexrelid", "c.reltablespace")))) {
      query.setString(1, schema);
      query.setString(2, index);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          return ABSENT;
        }
        String definition =
            row.getString(1)
                .replaceFirst("^CREATE (UNIQUE )?INDEX ", "CREATE $1INDEX CONCURRENTLY ");
        if (exact ? !definition.equals(ddl) : !alike(definition, ddl)) {
          return definition;
        }
        return row.getBoolean(2) ? ddl : INVALID;
      }
    }
  }

  /**
   * Whether two definitions of an index of one name say the same. A server spells what it was told
   * with casts, brackets and quotes of its own, which differ from release to release, with its
   * settings, and where the copy that the statement is from has another type for a domain.
   */
  static boolean alike(String definition, String other) {
    return skeleton(definition).equals(skeleton(other));
  }

  /** Literals and names that need their quotes stay as they are. */
  private static String skeleton(String definition) {
    return SPELLING
        .matcher(definition)
        .replaceAll(
            found -> {
              String name = found.group(2);
              String kept =
                  found.group(1) != null
                      ? found.group(1)
                      : name == null ? "" : PLAIN.matcher(name).matches() ? name : found.group();
              return Matcher.quoteReplacement(kept);
            });
  }

  /** Whether it is on an expression, which has no statistics before the next ANALYZE. */
  boolean hasExpression(Connection connection) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT /* hone */ indexprs IS NOT NULL FROM pg_index WHERE indexrelid ="
                + " ?::text::regclass")) {
      query.setString(1, qualifiedName(connection));
      try (ResultSet row = query.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /** What rests on it, so that it must not go; empty when nothing does. */
  String restsOnIt(Connection connection) throws SQLException {
    return told(
        connection,
        """
        SELECT /* hone */ concat_ws(', ',
          CASE WHEN i.indisunique AND NOT EXISTS (SELECT 1 FROM pg_index o
            WHERE o.indrelid = i.indrelid AND o.indexrelid <> i.indexrelid
              AND o.indisunique AND o.indimmediate AND o.indisvalid AND o.indisready
              AND o.indnkeyatts = i.indnkeyatts AND o.indkey::text = i.indkey::text
              AND o.indclass = i.indclass AND o.indcollation = i.indcollation
              AND coalesce(pg_get_expr(o.indexprs, o.indrelid), '')
                = coalesce(pg_get_expr(i.indexprs, i.indrelid), '')
              AND coalesce(pg_get_expr(o.indpred, o.indrelid), '')
                = coalesce(pg_get_expr(i.indpred, i.indrelid), '')
              AND coalesce(to_jsonb(o) ->> 'indnullsnotdistinct', 'false')
                = coalesce(to_jsonb(i) ->> 'indnullsnotdistinct', 'false'))
            THEN 'uniqueness' END,
          CASE WHEN i.indisexclusion OR EXISTS (SELECT 1 FROM pg_constraint
            WHERE conindid = i.indexrelid) THEN 'a constraint' END,
          CASE WHEN i.indisreplident THEN 'the replica identity of its table' END,
          CASE WHEN i.indisclustered THEN 'the order of its table' END,
          CASE WHEN c.relispartition THEN 'a partitioned index' END)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indexrelid = to_regclass(?::text)
        """);
  }

  /** What it has that its definition does not tell; empty when there is nothing. */
  String peculiarity(Connection connection) throws SQLException {
    return told(
        connection,
        """
        SELECT /* hone */ concat_ws(', ',
          CASE WHEN obj_description(c.oid, 'pg_class') <> 'created by Hone' THEN 'a comment' END,
          CASE WHEN EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = c.oid
            AND coalesce(attstattarget, -1) >= 0) THEN 'a statistics target' END,
          CASE WHEN EXISTS (SELECT 1 FROM pg_depend WHERE objid = c.oid
            AND classid = 'pg_class'::regclass AND deptype = 'x') THEN 'an extension' END)
        FROM pg_class c WHERE c.oid = to_regclass(?::text)
        """);
  }

  /** A relation of the same name in another schema; empty when there is none. */
  String namesake(Connection connection) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT /* hone */ c.oid::regclass::text FROM pg_class c
              JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relname = ? AND n.nspname <> ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            LIMIT 1
            """)) {
      query.setString(1, table);
      query.setString(2, schema);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? row.getString(1) : "";
      }
    }
  }

  private String told(Connection connection, String query) throws SQLException {
    try (PreparedStatement asked = connection.prepareStatement(query)) {
      asked.setString(1, qualifiedName(connection));
      try (ResultSet row = asked.executeQuery()) {
        return row.next() ? String.valueOf(row.getString(1)) : "";
      }
    }
  }

  /** Drops it, in one attempt under the session's lock_timeout. */
  boolean drop(Connection connection) throws SQLException {
    try (Statement drop = connection.createStatement()) {
      return drop.execute("DROP INDEX CONCURRENTLY IF EXISTS " + qualifiedName(connection));
    }
  }

  /** {@code schema.index}, quoted where needed. */
  String qualifiedName(Connection connection) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT /* hone */ format('%I.%I', ?::text, ?::text)")) {
      query.setString(1, schema);
      query.setString(2, index);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  /** Age of the oldest transaction that a build would wait for. */
  static double oldestTransactionSeconds(Connection connection) throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery(
                """
                SELECT /* hone */ coalesce(
                  max(extract(epoch FROM clock_timestamp() - xact_start)), 0)
                FROM pg_stat_activity WHERE datname = current_database()
                  AND pid <> pg_backend_pid() AND backend_type = 'client backend'
                """)) {
      row.next();
      return row.getDouble(1);
    }
  }

  /** Who keeps the oldest transaction open that a build would wait for; empty when nobody does. */
  static String oldestTransaction(Connection connection) throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery(
                """
                SELECT /* hone */ pid, application_name,
                  extract(epoch FROM clock_timestamp() - xact_start)
                FROM pg_stat_activity WHERE datname = current_database()
                  AND pid <> pg_backend_pid() AND backend_type = 'client backend'
                  AND xact_start IS NOT NULL ORDER BY xact_start LIMIT 1
                """)) {
      return row.next()
          ? String.format(
              Locale.ROOT,
              "the oldest is of pid %d, `%s`, open for %.0f s",
              row.getInt(1),
              row.getString(2),
              row.getDouble(3))
          : "";
    }
  }

  /** By how much the slowest replica lags behind; 0 without replicas. */
  static double replicaLagSeconds(Connection connection) throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery(
                """
                SELECT /* hone */ coalesce(max(extract(epoch FROM replay_lag)), 0)
                FROM pg_stat_replication WHERE state IN ('streaming', 'catchup')
                """)) {
      row.next();
      return row.getDouble(1);
    }
  }

  /** The table on which another session builds an index in this database; empty when none does. */
  static String otherBuild(Connection connection) throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery(
                """
                SELECT /* hone */ relid::regclass::text FROM pg_stat_progress_create_index
                WHERE datname = current_database() LIMIT 1
                """)) {
      return row.next() ? row.getString(1) : "";
    }
  }

  /** Size of the table without its indexes. */
  long tableBytes(Connection connection) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT /* hone */ pg_relation_size(to_regclass(format('%I.%I', ?::text,"
                + " ?::text)))")) {
      query.setString(1, schema);
      query.setString(2, table);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** What of somebody's code the index executes, or nothing; see {@link ForeignCode}. */
  String foreignCode(Connection connection) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT /* hone */ c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = ? AND c.relname = ?")) {
      query.setString(1, schema);
      query.setString(2, index);
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? ForeignCode.of(connection, row.getLong(1), ForeignCode.FIRST_OF_USERS)
            : "";
      }
    }
  }

  /** Free bytes where the database keeps its data, or -1 when that cannot be known from here. */
  static long freeBytes(DatabaseConnection target, Connection connection) throws SQLException {
    if (!target.local()) {
      return -1;
    }
    try (Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery(
                "SELECT /* hone */ coalesce(nullif(pg_tablespace_location(dattablespace), ''),"
                    + " current_setting('data_directory', true), '') FROM pg_database"
                    + " WHERE datname = current_database()")) {
      row.next();
      return Files.getFileStore(Path.of(row.getString(1))).getUsableSpace();
    } catch (IOException e) {
      return -1;
    } catch (SQLException e) {
      if (connection.isValid(1)) {
        return -1;
      }
      throw e;
    }
  }
}
