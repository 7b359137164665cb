package dev.hone.layer.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;

class FakeDatabaseTest {
  @Test
  void countsEachConnectionOnceHoweverOftenItIsClosed() throws Exception {
    var database = new FakeDatabase();
    var connection = database.getConnection();
    assertThat(database.open()).isEqualTo(1);
    assertThat(connection.isValid(1)).isTrue();
    connection.close();
    connection.close();
    assertThat(database.open()).isZero();
    assertThat(connection.isClosed()).isTrue();
  }

  @Test
  void servesARealPool() throws Exception {
    var database = new FakeDatabase();
    var config = new HikariConfig();
    config.setDataSource(database);
    config.setMaximumPoolSize(1);
    try (var pool = new HikariDataSource(config)) {
      try (var connection = pool.getConnection()) {
        assertThat(connection.getAutoCommit()).isTrue();
      }
      assertThat(database.open()).isEqualTo(1);
    }
    assertThat(database.open()).isZero();
  }
}
