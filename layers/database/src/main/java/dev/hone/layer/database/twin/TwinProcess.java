package dev.hone.layer.database.twin;

import dev.hone.layer.database.DatabaseConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A running server of a planner twin, which lets nobody in without a password that only this
 * process knows.
 *
 * @param major its release
 * @param address of its database {@code postgres}, as superuser
 */
record TwinProcess(int major, DatabaseConnection address, AutoCloseable server)
    implements AutoCloseable {
  /** SQLSTATE too_many_connections. */
  private static final String TOO_MANY_CONNECTIONS = "53300";

  private static final int TRIES = 40;
  private static final long BETWEEN_TRIES = 250_000_000;

  private static Map<String, String> settings() {
    var settings = new LinkedHashMap<String, String>();
    settings.put("shared_buffers", "16MB");
    // More than Hone needs: any user of the machine can take some for a moment.
    settings.put("max_connections", "100");
    settings.put("authentication_timeout", "5s");
    settings.put("temp_file_limit", "256MB");
    settings.put("ignore_checksum_failure", "on");
    settings.put("log_min_messages", "fatal");
    settings.put("autovacuum", "off");
    settings.put("wal_level", "minimal");
    // Otherwise the pages of small new files are read into memory at commit, and files that are
    // changed afterwards would not be noticed.
    settings.put("wal_skip_threshold", "0");
    settings.put("max_wal_senders", "0");
    return settings;
  }

  /**
   * A new server, which nobody else can get into: it asks for the password from its first moment
   * on, and it is talked to when the port is known to be its own.
   *
   * @param programs of its release
   */
  static TwinProcess start(int major, Path programs, Path data) throws IOException {
    String password = password();
    try {
      LocalPostgres started = LocalPostgres.start(programs, data, password, settings());
      String url =
          "jdbc:postgresql://127.0.0.1:"
              + started.port()
              + "/postgres?requireAuth="
              + LocalPostgres.AUTHENTICATION;
      return new TwinProcess(
          major, new DatabaseConnection("planner twin", url, "postgres", password), started);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while it started", e);
    }
  }

  /**
   * A connection as superuser; waited for where others have taken all for a moment.
   *
   * @param database of this server
   */
  Connection connect(DatabaseConnection database) throws SQLException {
    for (int tries = 1; ; tries++) {
      try {
        return database.connect("hone", 60);
      } catch (SQLException e) {
        if (!TOO_MANY_CONNECTIONS.equals(e.getSQLState()) || tries == TRIES) {
          throw e;
        }
        LockSupport.parkNanos(BETWEEN_TRIES);
      }
    }
  }

  /** One that cannot be guessed. */
  static String password() {
    var bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (Exception e) {
      // It is of no use any more and its files are removed.
    }
  }
}
