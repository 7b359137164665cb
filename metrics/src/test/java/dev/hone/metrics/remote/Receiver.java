package dev.hone.metrics.remote;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricMetadata;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.Series;
import dev.hone.metrics.wire.RemoteWrite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An HTTP server that takes remote-write and answers as a test says. */
final class Receiver implements AutoCloseable {
  /** Takes it. */
  static final Function<List<Arrived>, Answer> TAKES = samples -> new Answer(204, "", Map.of());

  final Map<Labels, List<Long>> times = new ConcurrentHashMap<>();
  final List<String> authorizations = new CopyOnWriteArrayList<>();
  volatile Function<List<Arrived>, Answer> answers = TAKES;
  private final HttpServer server;
  private final int port;

  /** A sample of a request. */
  record Arrived(Labels labels, long time, double value) {}

  /** What to answer. */
  record Answer(int status, String text, Map<String, String> headers) {
    static Answer of(int status, String text) {
      return new Answer(status, text, Map.of());
    }
  }

  private Receiver(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    this.port = server.getAddress().getPort();
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  static Receiver start() throws IOException {
    return new Receiver(0);
  }

  /** Another one at the place of this one, which was closed. */
  Receiver again() throws IOException {
    return new Receiver(port);
  }

  Backend backend(String name) {
    return backend(name, Backend.Access.OPEN);
  }

  Backend backend(String name, Backend.Access access) {
    return new Backend(
        name, URI.create("http://127.0.0.1:" + port), Flavour.PROMETHEUS, Optional.empty(), access);
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (!exchange.getRequestURI().getPath().equals("/api/v1/write")) {
      reply(exchange, Answer.of(200, "{\"status\":\"success\",\"data\":{}}"));
      return;
    }
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    authorizations.add(authorization == null ? "" : authorization);
    var request = new Recorded();
    RemoteWrite.receive(body, body.length, request, new MetricMetadata.Table());
    Answer answer = answers.apply(request.samples);
    if (answer.status() / 100 == 2) {
      for (Arrived sample : request.samples) {
        times
            .computeIfAbsent(sample.labels(), l -> new CopyOnWriteArrayList<>())
            .add(sample.time());
      }
    }
    reply(exchange, answer);
  }

  private static void reply(HttpExchange exchange, Answer answer) throws IOException {
    byte[] text = answer.text().getBytes(StandardCharsets.UTF_8);
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(answer.status(), text.length == 0 ? -1 : text.length);
    if (text.length > 0) {
      exchange.getResponseBody().write(text);
    }
    exchange.close();
  }

  /** The samples that arrived. */
  int samples() {
    return times.values().stream().mapToInt(List::size).sum();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /** Keeps a request as it came. */
  private static final class Recorded implements MetricStore {
    final List<Arrived> samples = new ArrayList<>();
    private final List<Labels> series = new ArrayList<>();

    @Override
    public long series(Labels labels) {
      series.add(labels);
      return series.size() - 1L;
    }

    @Override
    public boolean append(long number, long timeMillis, double value) {
      return samples.add(new Arrived(series.get((int) number), timeMillis, value));
    }

    @Override
    public Appender appender() {
      return new Appender() {
        @Override
        public int series(Labels labels) {
          return (int) Recorded.this.series(labels);
        }

        @Override
        public long newest(int number) {
          return Long.MIN_VALUE;
        }

        @Override
        public void add(int number, long timeMillis, long valueBits) {
          append(number, timeMillis, Double.longBitsToDouble(valueBits));
        }

        @Override
        public Outcome commit() {
          return new Outcome(samples.size(), 0, 0, 0, "");
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public List<Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
      return List.of();
    }

    @Override
    public List<String> labelNames() {
      return List.of();
    }

    @Override
    public List<String> labelValues(String label) {
      return List.of();
    }

    @Override
    public int seriesCount() {
      return series.size();
    }

    @Override
    public void close() {}
  }
}
