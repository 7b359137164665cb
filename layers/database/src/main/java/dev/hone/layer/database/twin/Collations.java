package dev.hone.layer.database.twin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The collations that users made, as {@code CREATE COLLATION} makes them again. */
final class Collations {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Releases name what they know of a collation differently. */
  private static final String USERS =
      """
      SELECT /* hone */ n.nspname, c.collname, to_jsonb(c)
      FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
      WHERE c.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend
        WHERE classid = 'pg_collation'::regclass AND objid = c.oid AND deptype = 'e')
      ORDER BY c.oid LIMIT 1000
      """;

  private Collations() {}

  static List<SchemaCopy.Defined> read(Connection connection) throws SQLException {
    var collations = new ArrayList<SchemaCopy.Defined>();
    try (Statement sql = connection.createStatement();
        ResultSet rows = sql.executeQuery(USERS)) {
      while (rows.next()) {
        String schema = rows.getString(1);
        String name = rows.getString(2);
        collations.add(
            new SchemaCopy.Defined(
                schema, name, ddl(schema, name, JSON.readTree(rows.getString(3)))));
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("pg_collation is no JSON: " + e.getOriginalMessage(), e);
    }
    return collations;
  }

  private static String ddl(String schema, String name, JsonNode collation) {
    String provider = collation.path("collprovider").asText();
    String collate = collation.path("collcollate").asText("");
    String locale =
        collation.path("colllocale").asText(collation.path("colliculocale").asText(collate));
    String options =
        switch (provider) {
          case "i" -> "provider = icu, locale = " + Sql.literal(locale) + rules(collation);
          case "b" -> "provider = builtin, locale = " + Sql.literal(locale);
          default ->
              "provider = libc, lc_collate = "
                  + Sql.literal(collate)
                  + ", lc_ctype = "
                  + Sql.literal(collation.path("collctype").asText(""));
        };
    return "CREATE COLLATION "
        + Sql.quoted(schema, name)
        + " ("
        + options
        + (collation.path("collisdeterministic").asBoolean(true) ? "" : ", deterministic = false")
        + ")";
  }

  private static String rules(JsonNode collation) {
    String rules = collation.path("collicurules").asText("");
    return rules.isEmpty() ? "" : ", rules = " + Sql.literal(rules);
  }
}
