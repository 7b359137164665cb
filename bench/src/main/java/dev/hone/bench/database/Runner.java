package dev.hone.bench.database;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Runs statements on a connection and takes the time. */
final class Runner {
  private static final String CANCELED = "57014";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Connection connection;

  Runner(Connection connection) throws SQLException {
    this.connection = connection;
    try (Statement sql = connection.createStatement()) {
      sql.execute("SET statement_timeout = " + (int) (Timings.CAP_SECONDS * 1000));
    }
  }

  /** Has the catalogue read and the plan made, so that neither counts. */
  void prepare(String statement) throws SQLException {
    try (Statement sql = connection.createStatement()) {
      sql.execute("EXPLAIN " + statement);
    }
  }

  /** Seconds until the last row is here; the cap when it is stopped before. */
  double seconds(String statement) throws SQLException {
    long began = System.nanoTime();
    try (Statement sql = connection.createStatement()) {
      sql.execute(statement);
    } catch (SQLException e) {
      if (CANCELED.equals(e.getSQLState())) {
        return Timings.CAP_SECONDS;
      }
      throw e;
    }
    return (System.nanoTime() - began) / 1e9;
  }

  /** Pages that its execution looks at; NaN when it is stopped before it ends. */
  double pages(String statement) throws SQLException, IOException {
    try (Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery("EXPLAIN (ANALYZE, BUFFERS, TIMING off, FORMAT json) " + statement)) {
      row.next();
      JsonNode plan = JSON.readTree(row.getString(1)).path(0).path("Plan");
      return plan.path("Shared Hit Blocks").asDouble() + plan.path("Shared Read Blocks").asDouble();
    } catch (SQLException e) {
      if (CANCELED.equals(e.getSQLState())) {
        return Double.NaN;
      }
      throw e;
    }
  }
}
