package dev.hone.layer.database.twin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.layer.database.DatabaseConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwinServerTest {
  private static TwinServer server;

  @BeforeAll
  static void start(@TempDir Path directory) {
    server = new TwinServer(directory, InstantSource.fixed(Instant.EPOCH));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void nobodyEntersTheTwinWithoutItsPassword() throws Exception {
    String url;
    try (Connection connection = server.connect()) {
      url = connection.getMetaData().getURL();
    }
    var guess = new DatabaseConnection("twin", url, "postgres", "wrong");
    assertThatThrownBy(guess::check)
        .isInstanceOf(DatabaseConnection.Refused.class)
        .hasMessageContaining("database `twin`")
        .hasMessageContaining("password authentication failed")
        .hasMessageContaining("check user and password")
        .hasMessageNotContaining("wrong");
  }

  @Test
  void aTwinThatAKilledHoneLeftBehindIsEndedAtTheNextStart(@TempDir Path place) throws Exception {
    var left = new TwinServer(place, InstantSource.fixed(Instant.EPOCH));
    left.connect().close();
    long pid = pid(left);
    var next = new TwinServer(place, InstantSource.fixed(Instant.EPOCH));
    try {
      next.connect().close();
      assertThat(pid(next)).isNotEqualTo(pid);
      assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    } finally {
      next.close();
      left.close();
    }
  }

  @Test
  void whatEndsLeavesNoSharedMemory(@TempDir Path place) throws Exception {
    var ended = new TwinServer(place, InstantSource.fixed(Instant.EPOCH));
    ended.connect().close();
    String segment =
        Files.readAllLines(ended.dataDirectory().resolve("postmaster.pid"))
            .get(6)
            .strip()
            .split(" +")[1];
    assertThat(segments()).contains(segment);
    ended.close();
    assertThat(segments()).doesNotContain(segment);
  }

  private static List<String> segments() throws Exception {
    return Files.readAllLines(Path.of("/proc/sysvipc/shm")).stream()
        .map(line -> line.strip().split(" +")[1])
        .toList();
  }

  @Test
  void aServerThatEndedIsNoStatementThatCannotBePlanned(@TempDir Path place) throws Exception {
    try (var ending = new TwinServer(place, InstantSource.fixed(Instant.EPOCH))) {
      var schema =
          new SchemaCopy(
              180000,
              new SchemaCopy.Collation("c", "C"),
              "public",
              Map.of(),
              Map.of(),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              List.of());
      try (Twin twin = Twin.of(ending, schema)) {
        assertThat(twin.plan("SELECT 1").type()).isEqualTo("Result");
        ProcessHandle.of(pid(ending)).ifPresent(LocalPostgres::end);
        assertThatThrownBy(() -> twin.plan("SELECT 1"))
            .isInstanceOf(TwinLost.class)
            .hasMessageContaining("server has ended");
      }
    }
  }

  private static long pid(TwinServer twin) throws Exception {
    Path file = twin.dataDirectory().resolve("postmaster.pid");
    return Long.parseLong(Files.readAllLines(file).getFirst().strip());
  }

  @Test
  void aTableOfSeveralGigabytesIsExtendedInSegmentsWithoutTakingRoom(@TempDir Path place)
      throws Exception {
    RelationFiles.extend(place.resolve("1"), (1L << 31) + 8192);
    assertThat(Files.size(place.resolve("1"))).isEqualTo(1L << 30);
    assertThat(Files.size(place.resolve("1.1"))).isEqualTo(1L << 30);
    assertThat(Files.size(place.resolve("1.2"))).isEqualTo(8192);
  }

  @Test
  void whatComesFromTheUserIsExecutedWithoutRights() throws Exception {
    TwinServer.Database made = server.create(180000, new SchemaCopy.Collation("c", "C"));
    try (Statement sql = made.planner().connection().createStatement()) {
      sql.execute("CREATE TABLE public.t (a text)");
      assertThatThrownBy(() -> sql.execute("COPY public.t TO PROGRAM 'true'"))
          .hasMessageContaining("permission denied");
      assertThatThrownBy(() -> sql.execute("SELECT pg_read_file('/etc/hostname')"))
          .hasMessageContaining("permission denied");
      assertThatThrownBy(() -> sql.execute("UPDATE pg_index SET indisvalid = false"))
          .hasMessageContaining("permission denied");
    } finally {
      server.drop(made);
    }
  }
}
