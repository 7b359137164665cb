package dev.hone.demo.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ObjLongConsumer;

/** A small web server on 127.0.0.1 with a bounded number of worker threads. */
public final class Site implements AutoCloseable {
  private static final int WORKERS = 320;
  private static final int BACKLOG = 512;

  private final HttpServer server;
  private final ExecutorService workers;

  /** An answer: status, media type, body. */
  public record Answer(int status, String type, String body) {
    /** A JSON answer with status 200. */
    public static Answer json(String body) {
      return new Answer(200, "application/json", body);
    }

    /** A plain-text answer. */
    public static Answer text(int status, String body) {
      return new Answer(status, "text/plain; charset=utf-8", body);
    }
  }

  /** What answers one path. */
  @FunctionalInterface
  public interface Route {
    /** Answers a request with the given query; a failure becomes status 500. */
    Answer answer(Query query) throws Exception;
  }

  /**
   * Opens the port.
   *
   * @param port the port, 0 for a free one
   * @throws IOException when the port cannot be opened; the message says what to do
   */
  public Site(int port) throws IOException {
    try {
      server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    } catch (IOException e) {
      throw new IOException(
          "Port "
              + port
              + " of 127.0.0.1 cannot be opened ("
              + e.getMessage()
              + "); free it or choose another one.",
          e);
    }
    workers =
        Executors.newFixedThreadPool(
            WORKERS, Thread.ofPlatform().daemon().name("http-", 0).stackSize(256 * 1024).factory());
    server.setExecutor(workers);
  }

  /** Starts to answer. */
  public void start() {
    server.start();
  }

  /** The port that is open. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Adds a path. */
  public void route(String path, Route route) {
    route(path, route, (_, _) -> {});
  }

  /**
   * Adds a path whose answers are measured.
   *
   * @param observer told the answer and the nanoseconds it took
   */
  public void route(String path, Route route, ObjLongConsumer<Answer> observer) {
    server.createContext(
        path,
        exchange -> {
          long started = System.nanoTime();
          Answer answer = answer(route, exchange);
          observer.accept(answer, System.nanoTime() - started);
          send(exchange, answer);
        });
  }

  /** Adds {@code /metrics} in Prometheus' text format. */
  public void metrics(PrometheusRegistry registry) {
    PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    route(
        "/metrics",
        _ -> {
          var out = new ByteArrayOutputStream(64 * 1024);
          writer.write(out, registry.scrape());
          return new Answer(200, writer.getContentType(), out.toString(StandardCharsets.UTF_8));
        });
  }

  private static Answer answer(Route route, HttpExchange exchange) {
    try {
      return route.answer(new Query(exchange.getRequestURI().getRawQuery()));
    } catch (IllegalArgumentException e) {
      return Answer.text(400, e.getMessage() + "\n");
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      return Answer.text(500, e.getMessage() + "\n");
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", answer.type());
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }
}
