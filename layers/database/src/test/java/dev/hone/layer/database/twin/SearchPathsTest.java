package dev.hone.layer.database.twin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.LiveDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SearchPathsTest {
  private static final String STATEMENT = "SELECT count(*) FROM crates WHERE id = $1";
  private static final String DAMAGED = "\"da\\1m\"\"aged\"";

  @BeforeAll
  static void makeNamesakes() throws SQLException {
    for (String schema : List.of("depot_a", "depot_b")) {
      LiveDatabase.execute("CREATE SCHEMA " + schema);
      LiveDatabase.execute("CREATE TABLE " + schema + ".crates (id int)");
    }
    LiveDatabase.execute("CREATE ROLE stacker");
    LiveDatabase.execute("CREATE ROLE " + DAMAGED);
    LiveDatabase.execute("CREATE ROLE depot_looker LOGIN");
  }

  @AfterAll
  static void dropThem() throws SQLException {
    LiveDatabase.execute("DROP SCHEMA depot_a CASCADE; DROP SCHEMA depot_b CASCADE");
    LiveDatabase.execute("DROP ROLE stacker; DROP ROLE depot_looker; DROP ROLE " + DAMAGED);
  }

  /** What a session's settings go back to is the configuration's unless the client names one. */
  private static String pathOf(String role, String configured) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", "depot_looker");
    properties.setProperty("options", "-c search_path=" + configured.replace(" ", "\\ "));
    String url = "jdbc:postgresql://localhost:" + LiveDatabase.port() + "/postgres";
    try (Connection connection = DriverManager.getConnection(url, properties);
        Statement sql = connection.createStatement()) {
      sql.execute("SET search_path = pg_catalog, pg_temp");
      long oid;
      try (ResultSet row =
          sql.executeQuery(
              "SELECT oid FROM pg_roles WHERE quote_ident(rolname) = '" + role + "'")) {
        row.next();
        oid = row.getLong(1);
      }
      return SearchPaths.read(connection).of(oid, STATEMENT);
    }
  }

  @Test
  void withoutASettingForTheRoleTheServersCounts() throws SQLException {
    assertThat(pathOf("stacker", "depot_b, public")).startsWith("depot_b, public");
    assertThat(pathOf("stacker", "\"$user\", depot_b")).startsWith("stacker, depot_b");
    assertThat(pathOf("stacker", "depot_a,$user,depot_b")).startsWith("depot_a,stacker,depot_b");
    assertThat(pathOf("stacker", "\"my$user\"")).startsWith("\"my$user\"");
    assertThat(pathOf(DAMAGED, "depot_a, \"$user\"")).startsWith("depot_a, " + DAMAGED);
  }

  @Test
  void aSettingForHonesOwnRoleIsNotTheServers() throws SQLException {
    LiveDatabase.execute("ALTER ROLE depot_looker SET search_path = depot_a");
    try {
      assertThat(pathOf("stacker", "depot_b")).startsWith("stacker, public");
      assertThat(pathOf("depot_looker", "depot_b")).startsWith("depot_a");
    } finally {
      LiveDatabase.execute("ALTER ROLE depot_looker RESET search_path");
    }
  }
}
