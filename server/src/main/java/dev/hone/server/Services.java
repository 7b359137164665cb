package dev.hone.server;

import dev.hone.layer.database.DatabaseConnection;
import dev.hone.layer.host.ProtectedProcess;
import dev.hone.layer.jvm.WatchedJvm;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Which processes of this host serve users and must not wait for the processor: JVMs that hold a
 * connection pool, and the PostgreSQL that is watched when it runs here.
 */
final class Services {
  private static final long LOOK_BACK_MILLIS = 60_000;

  private final MetricStore store;
  private final Supplier<List<WatchedJvm>> jvms;
  private final Optional<ProtectedProcess> postgres;

  Services(
      MetricStore store, Supplier<List<WatchedJvm>> jvms, Optional<DatabaseConnection> database) {
    this.store = store;
    this.jvms = jvms;
    this.postgres = database.flatMap(Services::postmaster);
  }

  List<ProtectedProcess> protectedProcesses() {
    Set<String> withPool = new HashSet<>();
    long now = System.currentTimeMillis();
    var matcher = Matcher.equal(Labels.NAME, "hikaricp_connections_max");
    for (var series : store.select(List.of(matcher), now - LOOK_BACK_MILLIS, now)) {
      String pid = series.labels().get("pid");
      if (pid != null) {
        withPool.add(pid);
      }
    }
    var found = new ArrayList<ProtectedProcess>();
    for (WatchedJvm jvm : jvms.get()) {
      if (withPool.contains(String.valueOf(jvm.pid()))) {
        found.add(new ProtectedProcess(jvm.pid(), jvm.name(), false));
      }
    }
    postgres.ifPresent(found::add);
    return found;
  }

  /** The main process of a PostgreSQL on this host: the parent of the session's own backend. */
  private static Optional<ProtectedProcess> postmaster(DatabaseConnection database) {
    if (!database.jdbcUrl().contains("//localhost") && !database.jdbcUrl().contains("//127.")) {
      return Optional.empty();
    }
    try (var connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT pg_backend_pid()")) {
      rows.next();
      Path stat = Path.of("/proc", rows.getString(1), "stat");
      String line = Files.readString(stat);
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
      boolean isPostgres = line.contains("(postgres)");
      return isPostgres
          ? Optional.of(new ProtectedProcess(Long.parseLong(fields[1]), "postgres", true))
          : Optional.empty();
    } catch (SQLException | IOException e) {
      return Optional.empty();
    }
  }
}
