package dev.hone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.hone.demo.http.Client;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoSystemTest {
  @TempDir Path directory;

  private static String get(URI base, String path) throws Exception {
    Client.Reply reply = new Client(base, Duration.ofSeconds(20)).send("GET", path);
    assertThat(reply.status()).as(path + ": " + reply.body()).isEqualTo(200);
    return reply.body();
  }

  @Test
  void startsIsVisitedAndLeavesNothingBehind() throws Exception {
    List<String> progress = new ArrayList<>();
    DemoSystem demo;
    try {
      demo =
          DemoSystem.start(DemoOptions.of(1, EnumSet.allOf(Fault.class), directory), progress::add);
    } catch (DemoException e) {
      assumeThat(e.getMessage())
          .as("PostgreSQL cannot start here: %s", e.getMessage())
          .doesNotContain("PostgreSQL");
      throw e;
    }
    List<ProcessHandle> processes = new ArrayList<>();
    try (demo) {
      assertThat(demo.pids()).containsOnlyKeys(DemoSystem.Role.values());
      demo.pids().values().forEach(pid -> processes.add(ProcessHandle.of(pid).orElseThrow()));
      ProcessHandle.current().children().forEach(processes::add);
      assertThat(progress).isNotEmpty();
      everyPageAnswers(demo.shopUri());
      awaitVisits(demo);
      assertThat(get(demo.shopMetricsUri(), "/metrics"))
          .contains("shop_pool_total 2.0")
          .contains("shop_request_seconds_bucket{route=\"order\"")
          .contains("jvm_memory_heap_used_bytes");
      assertThat(get(demo.trafficMetricsUri(), "/metrics"))
          .contains("demo_request_seconds_bucket{le=\"0.001")
          .contains("demo_route_request_seconds_bucket{route=\"history\"")
          .contains("demo_requests_total{outcome=\"answered\",route=\"order\"}");
      try (var connection =
              DriverManager.getConnection(demo.jdbcUrl(), demo.honeUser(), demo.honePassword());
          var statement = connection.createStatement();
          var rows = statement.executeQuery("select count(*) from orders")) {
        rows.next();
        assertThat(rows.getLong(1)).isGreaterThanOrEqualTo(1_000_000);
      }
    }
    assertThat(processes).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    assertThat(directory.resolve("postgres")).doesNotExist();
  }

  private static void everyPageAnswers(URI shop) throws Exception {
    assertThat(get(shop, "/catalogue?category=3")).startsWith("[{\"id\":");
    assertThat(get(shop, "/search?word=amber")).contains("amber");
    assertThat(get(shop, "/product?id=7")).contains("\"cents\":");
    assertThat(get(shop, "/basket?customer=1&product=7")).isEqualTo("{\"lines\":1}");
    assertThat(get(shop, "/order?customer=1&product=7")).startsWith("{\"order\":");
    assertThat(get(shop, "/history?customer=1")).contains("\"status\":");
    assertThat(get(shop, "/figures?day=2025-06-01")).contains("\"orders\":");
    Client client = new Client(shop, Duration.ofSeconds(20));
    assertThat(client.send("GET", "/product?id=x").status()).isEqualTo(400);
    assertThat(client.send("GET", "/product?id=99999999").status()).isEqualTo(400);
  }

  private static void awaitVisits(DemoSystem demo) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    DemoSystem.Summary summary = demo.summary(Duration.ofSeconds(60));
    while (summary.requests() - summary.errors() < 100 && System.nanoTime() < deadline) {
      Thread.sleep(100);
      summary = demo.summary(Duration.ofSeconds(60));
    }
    assertThat(summary.requests() - summary.errors()).isGreaterThanOrEqualTo(100);
    assertThat(summary.p95Ms()).isGreaterThanOrEqualTo(summary.p50Ms()).isPositive();
  }

  @Test
  void aPortInUseStopsTheStartWithOneSentence() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      DemoOptions options = new DemoOptions(1, Set.of(), directory, 10, port, 0, null);
      assertThatThrownBy(() -> DemoSystem.start(options, _ -> {}))
          .isInstanceOf(DemoException.class)
          .hasMessageContaining("Port " + port);
      assertThat(ProcessHandle.current().children()).isEmpty();
    }
  }

  @Test
  void aDirectoryThatCannotBeWrittenStopsTheStartWithOneSentence() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    assertThatThrownBy(
            () -> DemoSystem.start(DemoOptions.of(1, Set.of(), file.resolve("x")), _ -> {}))
        .isInstanceOf(DemoException.class)
        .hasMessageContaining("cannot be written")
        .hasMessageContaining("choose another one");
  }
}
