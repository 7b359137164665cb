package dev.hone.layer.database.twin;

import dev.hone.layer.database.DatabaseConnection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The session in which the user's definitions are made and statements are planned, by a role that
 * has no rights elsewhere. Both execute the user's functions, which may end the session, cut its
 * connection or never come back: then another session takes its place, and what the first was doing
 * is ended from outside.
 */
final class PlannerSession implements AutoCloseable {
  /** More than any definition or plan is allowed to take by {@code statement_timeout}. */
  private static final int LONGEST_MILLIS = 5_000;

  /** For definitions that can execute nobody's function. */
  private static final int PATIENT_MILLIS = 120_000;

  private final DatabaseConnection address;
  private final Connection admin;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private Connection connection;
  private int backend;

  /**
   * Opens the session.
   *
   * @param admin a connection of the superuser to the same database
   */
  PlannerSession(DatabaseConnection address, Connection admin) throws SQLException {
    this.address = address;
    this.admin = admin;
    this.connection = address.connect("hone", 60);
    begin();
  }

  private void begin() throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      backend = row.getInt(1);
    }
    connection.setNetworkTimeout(Runnable::run, LONGEST_MILLIS);
  }

  /** The connection as it is now. */
  Connection connection() {
    return connection;
  }

  /** Whose session it is. */
  String role() {
    return address.user();
  }

  /** Sets what every later session in the place of this one is to have as well. */
  void set(Map<String, String> more) throws SQLException {
    settings.putAll(more);
    PlannerSettings.apply(connection, more);
  }

  /**
   * Executes a statement.
   *
   * @param patient whether it may take long, as it executes nobody's function
   */
  void execute(String statement, boolean patient) throws SQLException {
    Connection current = connection;
    try (Statement sql = current.createStatement()) {
      sql.setEscapeProcessing(false);
      if (patient) {
        current.setNetworkTimeout(Runnable::run, PATIENT_MILLIS);
      }
      sql.execute(statement);
    } finally {
      if (patient && !current.isClosed()) {
        current.setNetworkTimeout(Runnable::run, LONGEST_MILLIS);
      }
    }
  }

  /**
   * Whether the session goes on; when it does not, another one has taken its place.
   *
   * @throws TwinLost when there can be no other
   */
  boolean survived() {
    try {
      if (connection.isValid(2)) {
        return true;
      }
      end();
      open();
      connection = address.connect("hone", 60);
      begin();
      PlannerSettings.apply(connection, settings);
      return false;
    } catch (SQLException e) {
      throw new TwinLost(e);
    }
  }

  /** Opens the way for another session: the role may have locked itself out. */
  private void open() throws SQLException {
    String database = admin.getCatalog();
    try (Statement sql = admin.createStatement()) {
      String role = Sql.quoted(address.user());
      sql.execute("ALTER ROLE " + role + " RESET ALL");
      sql.execute("ALTER ROLE " + role + " PASSWORD " + Sql.literal(address.password()));
      sql.execute("ALTER DATABASE " + Sql.quoted(database) + " RESET ALL");
      sql.execute(
          "ALTER DATABASE "
              + Sql.quoted(database)
              + " WITH ALLOW_CONNECTIONS true CONNECTION LIMIT -1");
    }
  }

  /** Ends it, whatever it is doing. */
  void end() throws SQLException {
    try (PreparedStatement end = admin.prepareStatement("SELECT pg_terminate_backend(?)")) {
      end.setInt(1, backend);
      end.execute();
    }
    connection.close();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
