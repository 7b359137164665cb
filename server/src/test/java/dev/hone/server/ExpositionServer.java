package dev.hone.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;

/** Serves exposition texts at paths of a free port of loopback. */
final class ExpositionServer implements AutoCloseable {
  private final Map<String, Page> pages = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** A text; what is sent with it, and what must come with the request. */
  record Page(String text, String type, boolean gzip, Optional<String> authorization) {}

  ExpositionServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  void page(String path, String text) {
    pages.put(path, new Page(text, "text/plain; version=0.0.4", false, Optional.empty()));
  }

  void page(String path, Page page) {
    pages.put(path, page);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/redirect")) {
        exchange.getResponseHeaders().add("Location", "/metrics");
        exchange.sendResponseHeaders(302, -1);
        return;
      }
      if (path.equals("/echo")) {
        String query = String.valueOf(exchange.getRequestURI().getRawQuery());
        send(exchange, 200, ("echo{query=\"" + query + "\"} 1\n").getBytes(StandardCharsets.UTF_8));
        return;
      }
      Page page = pages.get(path);
      String given = exchange.getRequestHeaders().getFirst("Authorization");
      if (page == null) {
        send(exchange, 404, new byte[0]);
      } else if (page.authorization().isPresent() && !page.authorization().get().equals(given)) {
        send(exchange, 401, new byte[0]);
      } else {
        exchange.getResponseHeaders().add("Content-Type", page.type());
        byte[] body = page.text().getBytes(StandardCharsets.UTF_8);
        if (page.gzip()) {
          exchange.getResponseHeaders().add("Content-Encoding", "gzip");
          var packed = new ByteArrayOutputStream();
          try (var out = new GZIPOutputStream(packed)) {
            out.write(body);
          }
          body = packed.toByteArray();
        }
        send(exchange, 200, body);
      }
    }
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
