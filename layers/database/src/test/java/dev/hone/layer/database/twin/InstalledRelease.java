package dev.hone.layer.database.twin;

import dev.hone.layer.database.DatabaseConnection;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.opentest4j.TestAbortedException;

/** A server of a release before 18, from the packages of this machine. */
public final class InstalledRelease implements AutoCloseable {
  private final LocalPostgres server;
  private final int major;

  private InstalledRelease(LocalPostgres server, int major) {
    this.server = server;
    this.major = major;
  }

  /** The releases that are installed; aborts the test with the reason where none is. */
  public static List<Integer> majors() {
    List<Integer> majors =
        IntStream.rangeClosed(13, 17)
            .filter(major -> LocalPostgres.programs(major).isPresent())
            .boxed()
            .toList();
    if (majors.isEmpty()) {
      throw new TestAbortedException(
          "no packages of PostgreSQL 13 to 17 are installed here (Debian: postgresql)");
    }
    return majors;
  }

  /** Of its superuser. */
  private static final String PASSWORD = "released";

  /** Starts one with pg_stat_statements. */
  public static InstalledRelease start(int major, Path directory) throws Exception {
    return new InstalledRelease(
        LocalPostgres.start(
            LocalPostgres.programs(major).orElseThrow(),
            directory,
            PASSWORD,
            Map.of("shared_preload_libraries", "pg_stat_statements")),
        major);
  }

  /** As in {@code server_version_num}. */
  public int version() {
    return major * 10_000;
  }

  public DatabaseConnection connection() {
    return new DatabaseConnection(
        "release " + major,
        "jdbc:postgresql://localhost:" + server.port() + "/postgres",
        "postgres",
        PASSWORD);
  }

  @Override
  public void close() {
    server.close();
  }
}
