package dev.hone.layer.database.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.LiveDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExistingIndexReaderTest {
  @BeforeEach
  void makeAnInvalidIndex() throws SQLException {
    LiveDatabase.execute("CREATE TABLE quays (id int); CREATE INDEX quays_id ON quays (id)");
    LiveDatabase.execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'quays_id'::regclass");
    LiveDatabase.execute("CREATE ROLE quays_looker LOGIN");
  }

  @AfterEach
  void drop() throws SQLException {
    LiveDatabase.execute("DROP TABLE quays; DROP ROLE quays_looker");
  }

  /** Whether it seems to be being built to a role that does not see what other sessions do. */
  private static boolean isBuilding() throws SQLException {
    String url = "jdbc:postgresql://localhost:" + LiveDatabase.port() + "/postgres";
    try (Connection connection = DriverManager.getConnection(url, "quays_looker", "")) {
      return ExistingIndexReader.read(connection, 180_000, Map.of()).stream()
          .filter(index -> index.name().equals("quays_id"))
          .findFirst()
          .orElseThrow()
          .building();
    }
  }

  @Test
  void aBuildIsKnownByItsLockToARoleThatDoesNotSeeIt() throws SQLException {
    assertThat(isBuilding()).isFalse();
    try (Connection builder = LiveDatabase.raw();
        Statement sql = builder.createStatement()) {
      builder.setAutoCommit(false);
      sql.execute("LOCK TABLE quays IN SHARE UPDATE EXCLUSIVE MODE");
      assertThat(isBuilding()).isTrue();
      builder.rollback();
    }
    assertThat(isBuilding()).isFalse();
  }
}
