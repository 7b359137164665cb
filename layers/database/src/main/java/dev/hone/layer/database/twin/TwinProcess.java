package dev.hone.layer.database.twin;

import dev.hone.layer.database.DatabaseConnection;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A running server of a planner twin, which lets nobody in without a password that only this
 * process knows.
 *
 * @param major its release
 * @param address of its database {@code postgres}, as superuser
 */
record TwinProcess(int major, DatabaseConnection address, AutoCloseable server)
    implements AutoCloseable {
  private static final int EMBEDDED = 18;

  private static Map<String, String> settings() {
    var settings = new LinkedHashMap<String, String>();
    settings.put("shared_buffers", "16MB");
    settings.put("max_connections", "20");
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
   * The server that Hone brings along.
   *
   * @param programs where its programs are unpacked
   */
  static TwinProcess embedded(Path data, Path programs) throws IOException, SQLException {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setOverrideWorkingDirectory(programs.toFile())
            .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
            .setOutputRedirector(ProcessBuilder.Redirect.DISCARD);
    settings().forEach(builder::setServerConfig);
    EmbeddedPostgres started = builder.start();
    return locked(EMBEDDED, started.getPort(), data, started);
  }

  /** A server of this machine's packages. */
  static TwinProcess local(int major, Path data) throws IOException, SQLException {
    Path programs =
        LocalPostgres.programs(major)
            .orElseThrow(() -> new IOException("there are no programs of PostgreSQL " + major));
    try {
      LocalPostgres started = LocalPostgres.start(programs, data, settings());
      return locked(major, started.port(), data, started);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while it started", e);
    }
  }

  private static TwinProcess locked(int major, int port, Path data, AutoCloseable server)
      throws SQLException, IOException {
    var bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    String password = HexFormat.of().formatHex(bytes);
    String url = "jdbc:postgresql://localhost:" + port + "/postgres";
    var open = new DatabaseConnection("planner twin", url, "postgres", "");
    try (Connection connection = open.connect("hone", 10);
        Statement sql = connection.createStatement()) {
      sql.execute("ALTER ROLE postgres PASSWORD '" + password + "'");
      sql.execute("CREATE ROLE " + TwinServer.PLANNER + " LOGIN PASSWORD '" + password + "'");
      Files.writeString(data.resolve("pg_hba.conf"), "host all all localhost scram-sha-256\n");
      sql.execute("SELECT pg_reload_conf()");
    } catch (SQLException | IOException e) {
      new TwinProcess(major, open, server).close();
      throw e;
    }
    var address = new DatabaseConnection("planner twin", url, "postgres", password);
    return new TwinProcess(major, address, server);
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
