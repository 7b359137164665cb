package dev.hone.layer.database.twin;

import dev.hone.layer.database.DatabaseConnection;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

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

  /** SQLSTATEs of a session that has no or a wrong password; the first is the driver's own. */
  private static final Set<String> REFUSED = Set.of("08004", "28P01", "28000");

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
    String password = password();
    Path file = LocalPostgres.passwordFile(data, password);
    try {
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setDataDirectory(data)
              .setOverrideWorkingDirectory(programs.toFile())
              .setLocaleConfig("pwfile", file.toString())
              .setLocaleConfig("auth-local", LocalPostgres.AUTHENTICATION)
              .setLocaleConfig("auth-host", LocalPostgres.AUTHENTICATION)
              .setConnectConfig("password", password)
              .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
              .setOutputRedirector(ProcessBuilder.Redirect.DISCARD);
      settings().forEach(builder::setServerConfig);
      EmbeddedPostgres started = builder.start();
      return locked(EMBEDDED, started.getPort(), password, started);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** A server of this machine's packages. */
  static TwinProcess local(int major, Path data) throws IOException, SQLException {
    Path programs =
        LocalPostgres.programs(major)
            .orElseThrow(() -> new IOException("there are no programs of PostgreSQL " + major));
    String password = password();
    try {
      LocalPostgres started = LocalPostgres.start(programs, data, password, settings());
      return locked(major, started.port(), password, started);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while it started", e);
    }
  }

  /** One that cannot be guessed. */
  static String password() {
    var bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Makes sure that a session without the password is refused. */
  private static TwinProcess locked(int major, int port, String password, AutoCloseable server)
      throws SQLException {
    String url = "jdbc:postgresql://localhost:" + port + "/postgres";
    var process =
        new TwinProcess(
            major, new DatabaseConnection("planner twin", url, "postgres", password), server);
    try (Connection open =
        new DatabaseConnection("planner twin", url, "postgres", "").connect("hone", 10)) {
      process.close();
      throw new SQLException(
          "the planner twin lets anybody in: " + open.getMetaData().getDatabaseProductVersion());
    } catch (SQLException e) {
      if (REFUSED.contains(String.valueOf(e.getSQLState()))) {
        return process;
      }
      process.close();
      throw e;
    }
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
