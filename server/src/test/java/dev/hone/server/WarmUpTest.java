package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Mode;
import dev.hone.metrics.promql.Query;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmUpTest {
  @TempDir Path directory;

  @Test
  void asksSoManyGoodQuestionsAndEnds() throws Exception {
    var handled = new AtomicLong();
    Set<String> queries = ConcurrentHashMap.newKeySet();
    var server =
        com.sun.net.httpserver.HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String asked = exchange.getRequestURI().getRawQuery();
          String query = asked.substring(asked.indexOf("query=") + 6);
          queries.add(URLDecoder.decode(query, StandardCharsets.UTF_8));
          handled.incrementAndGet();
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write(new byte[] {'{', '}'});
          exchange.close();
        });
    server.start();
    try (var warmUp =
        new WarmUp(server.getAddress().getPort(), handled::get, Clock.systemUTC(), 300, 1)) {
      warmUp.await();
    } finally {
      server.stop(0);
    }
    assertThat(handled).hasValue(300);
    assertThat(queries).hasSizeGreaterThan(10).allSatisfy(Query::parse);
  }

  @Test
  void itsQuestionsAreAnswered() throws Exception {
    try (var running = RunningHone.start(directory, Mode.OBSERVE);
        var warmUp = new WarmUp(running.web.port(), () -> 0, Clock.systemUTC(), 50, 1)) {
      assertThat(warmUp.await()).isEqualTo(50);
    }
  }

  @Test
  void saysNothingWhileOthersAsk() throws Exception {
    var others = new AtomicLong();
    var asked = new AtomicLong();
    var server =
        com.sun.net.httpserver.HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> asked.incrementAndGet());
    server.start();
    var looked = new java.util.concurrent.CountDownLatch(20);
    try (var warmUp =
        new WarmUp(
            server.getAddress().getPort(),
            () -> {
              looked.countDown();
              return others.addAndGet(10);
            },
            Clock.systemUTC(),
            300,
            1)) {
      looked.await();
    } finally {
      server.stop(0);
    }
    assertThat(asked).hasValue(0);
  }
}
