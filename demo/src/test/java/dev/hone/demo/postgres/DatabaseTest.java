package dev.hone.demo.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.hone.demo.DemoException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  private static final String PASSWORD = "secret0secret0";
  @TempDir static Path directory;
  private static @Nullable Cluster started;

  @BeforeAll
  static void startTheServer() {
    Cluster cluster = new Cluster(directory.resolve("pg"), 0, PASSWORD);
    try {
      cluster.start();
      started = cluster;
    } catch (DemoException e) {
      cluster.close();
      assumeThat(e).as("PostgreSQL cannot start here: %s", e.getMessage()).isNull();
    }
  }

  @AfterAll
  static void stopTheServer() {
    if (started != null) {
      started.close();
      assertThat(directory.resolve("pg")).doesNotExist();
      assertThat(ProcessHandle.of(started.pid())).isEmpty();
    }
  }

  private static Cluster cluster() {
    assertThat(started).isNotNull();
    return java.util.Objects.requireNonNull(started);
  }

  private final Loader loader = new Loader(() -> cluster().connect("postgres"));

  @BeforeEach
  void makeRoles() throws SQLException {
    loader.roles(PASSWORD, PASSWORD);
  }

  @AfterEach
  void dropEverything() {
    loader.drop();
  }

  private void reload(long seed) throws SQLException {
    loader.drop();
    loader.roles(PASSWORD, PASSWORD);
    loader.load(new DataSet(5_000, seed), false);
  }

  private List<String> column(String user, String sql) throws SQLException {
    try (var connection = DriverManager.getConnection(cluster().url("postgres"), user, PASSWORD);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }

  private void execute(String user, String sql) throws SQLException {
    try (var connection = DriverManager.getConnection(cluster().url("postgres"), user, PASSWORD);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void theSameSeedGivesTheSameRowsAndAnotherSeedOthers() throws SQLException {
    reload(1);
    long one = loader.checksum();
    reload(1);
    long again = loader.checksum();
    reload(2);
    assertThat(again).isEqualTo(one);
    assertThat(loader.checksum()).isNotEqualTo(one);
  }

  @Test
  void theIndexOfTheOrderHistoryIsThereUnlessItsAbsenceIsPlanted() throws SQLException {
    String indexes = "select indexdef from pg_indexes where tablename = 'orders'";
    loader.load(new DataSet(2_000, 1), true);
    assertThat(column("hone", indexes)).anyMatch(index -> index.endsWith("(customer_id)"));
    reload(1);
    assertThat(column("hone", indexes)).noneMatch(index -> index.endsWith("(customer_id)"));
  }

  @Test
  void honeMayReadStatisticsAndMakeAndDropAnIndexOfTheShop() throws SQLException {
    loader.load(new DataSet(2_000, 1), false);
    execute("shop", "select count(*) from orders where customer_id = 5");
    execute("hone", "create index concurrently mine on shop.orders (customer_id)");
    execute("hone", "drop index concurrently shop.mine");
    assertThat(column("hone", "select query from pg_stat_statements"))
        .anyMatch(query -> query.contains("from orders where customer_id = $1"));
  }

  @Test
  void noOneEntersWithoutAPassword() {
    assertThatThrownBy(
            () -> DriverManager.getConnection(cluster().url("postgres"), "hone", "wrong"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("password");
  }

  @Test
  void aPortInUseIsToldInOneSentence() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> new Cluster(directory.resolve("x"), port, PASSWORD))
          .isInstanceOf(DemoException.class)
          .hasMessageContaining("Port " + port)
          .hasMessageContaining("free it or choose another one");
    }
  }

  @Test
  void aDirectoryThatCannotBeMadeIsToldInOneSentence() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    Cluster cluster = new Cluster(file.resolve("pg"), 0, PASSWORD);
    assertThatThrownBy(cluster::start)
        .isInstanceOf(DemoException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("choose another directory");
  }
}
