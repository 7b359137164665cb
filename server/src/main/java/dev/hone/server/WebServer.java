package dev.hone.server;

import dev.hone.loop.Conductor;
import dev.hone.loop.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Pages and API on loopback. Reading is open to this machine; a change needs a token, a JSON body
 * and a Host header that names loopback, which keeps foreign pages in a browser out.
 */
public final class WebServer implements AutoCloseable {
  private static final int MAX_BODY = 64 << 10;

  private static final int READERS = 4;

  /** Who reads without a token. */
  private static final Actor NOBODY = new Actor("nobody", Role.READER);

  private final Vertx vertx;
  private final HttpServer server;
  private final Api api;
  private final Hone hone;
  private final Pages pages = new Pages();
  private final MetricRoutes metrics;
  private final EventStream stream;

  /** Long answers must not keep a stop waiting, which has threads of its own. */
  private final WorkerExecutor reads;

  private final LongAdder handled = new LongAdder();
  private @Nullable WarmUp warmUp;

  /**
   * Starts to listen.
   *
   * @throws StartException when the port is taken
   */
  public static WebServer start(Hone hone) throws StartException {
    var vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(4));
    var web = new WebServer(hone, vertx, vertx.createHttpServer(options(hone.settings().port())));
    try {
      listen(web.server.requestHandler(web::handle), hone.settings().port(), "--port");
      var otlpPort = hone.settings().metrics().otlpPort();
      if (otlpPort.isPresent()) {
        listen(
            vertx.createHttpServer(options(otlpPort.getAsInt())).requestHandler(web::handleOtlp),
            otlpPort.getAsInt(),
            "`metrics.otlpPort` in hone.yaml");
      }
      return web;
    } catch (StartException e) {
      web.close();
      throw e;
    }
  }

  private static HttpServerOptions options(int port) {
    return new HttpServerOptions()
        .setHost("127.0.0.1")
        .setPort(port)
        .setMaxInitialLineLength(16_384)
        .setInitialSettings(new Http2Settings().setMaxHeaderListSize(32_768))
        .setCompressionSupported(true)
        .setIdleTimeout(120);
  }

  private static void listen(HttpServer server, int port, String setting) throws StartException {
    try {
      server.listen().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw taken(port, setting, e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while starting", e);
    }
  }

  /**
   * Tells before anything is started whether the pages could be served.
   *
   * @param port 0 for any free one
   * @throws StartException when the port is out of range or taken
   */
  public static void requireFree(int port) throws StartException {
    if (port < 0 || port > 65_535) {
      throw new StartException("--port is " + port + "; it must lie between 0 and 65535");
    }
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw taken(port, "--port", e);
    }
  }

  private static StartException taken(int port, String setting, Throwable cause) {
    return new StartException(
        "port %d on 127.0.0.1 cannot be used (%s); stop what listens there or choose another with %s"
            .formatted(port, cause.getMessage(), setting),
        cause);
  }

  private WebServer(Hone hone, Vertx vertx, HttpServer server) {
    this.hone = hone;
    this.vertx = vertx;
    this.server = server;
    this.api = new Api(hone);
    this.metrics = new MetricRoutes(vertx, hone);
    this.stream = new EventStream(vertx, hone, api);
    this.reads = vertx.createSharedWorkerExecutor("reads", READERS);
  }

  /** Makes the first queries of people as fast as later ones, while nobody asks anything. */
  void warmUp() {
    if (warmUp == null && hone.engine().isPresent()) {
      warmUp =
          new WarmUp(port(), handled::sum, Clock.systemUTC(), WarmUp.QUESTIONS, WarmUp.LOOK_MILLIS);
    }
  }

  /** The port it listens on. */
  public int port() {
    return server.actualPort();
  }

  /** The address of the first page. */
  public String address() {
    return "http://127.0.0.1:" + port() + "/";
  }

  /** On the port for OTLP there is nothing else. */
  private void handleOtlp(HttpServerRequest request) {
    String path = String.valueOf(request.path());
    if (OtlpGrpc.calls(request) || Intakes.isOtlp(path)) {
      handle(request);
    } else {
      error(request.response(), 404, "here is only OTLP; pages and API are at " + address());
    }
  }

  private void handle(HttpServerRequest request) {
    handled.increment();
    HttpServerResponse response = request.response();
    response
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Content-Security-Policy", pages.contentSecurityPolicy());
    String host = request.authority() == null ? "" : request.authority().host();
    boolean here = host.equals("127.0.0.1") || host.equals("localhost");
    // Exporters may name any authority; a page, which must not, would send an Origin.
    if (!here && !OtlpGrpc.calls(request)) {
      error(response, 421, "host `" + host + "` is not this Hone; use 127.0.0.1");
      return;
    }
    String path = request.path() == null ? "" : String.valueOf(request.path());
    try {
      route(request, path);
    } catch (IllegalArgumentException e) {
      error(response, 400, "the address cannot be decoded: " + e.getMessage());
    }
  }

  private void route(HttpServerRequest request, String path) {
    HttpServerResponse response = request.response();
    if (request.method().equals(HttpMethod.GET)) {
      get(request, path);
    } else if (request.method().equals(HttpMethod.POST)) {
      post(request, path);
    } else if (request.method().equals(HttpMethod.PUT) && path.equals(PolicyRoutes.POLICY)) {
      change(request, path);
    } else {
      error(response, 405, "method " + request.method() + " is not known here; use GET or POST");
    }
  }

  private void get(HttpServerRequest request, String path) {
    HttpServerResponse response = request.response();
    if (path.equals("/api/v1/stream")) {
      stream.open(response);
    } else if (PrometheusApi.handles(path)) {
      metrics.query(request, path);
    } else if (path.startsWith("/api/")) {
      ask(request, path);
    } else {
      pages.serve(path, response);
    }
  }

  private void post(HttpServerRequest request, String path) {
    if (OtlpGrpc.calls(request)) {
      metrics.call(request, path);
      return;
    } else if (PrometheusApi.handles(path)) {
      metrics.queryForm(request, path);
      return;
    } else if (MetricRoutes.receives(path)) {
      metrics.receive(request, path);
      return;
    }
    change(request, path);
  }

  /** A question about loops, policy or the audit trail; some read the disk. */
  private void ask(HttpServerRequest request, String path) {
    HttpServerResponse response = request.response();
    var parameters = new HashMap<String, String>();
    request.params().forEach(entry -> parameters.put(entry.getKey(), entry.getValue()));
    if (path.equals("/api/v1/me")) {
      who(request)
          .ifPresent(
              actor ->
                  json(
                      response,
                      200,
                      Json.write(Map.of("name", actor.name(), "role", actor.role().word()))));
      return;
    }
    reads
        .executeBlocking(
            () -> Optional.ofNullable(api.get(new Question(path, parameters))).map(Json::write),
            false)
        .onSuccess(
            answer -> {
              if (answer.isEmpty()) {
                error(response, 404, "there is nothing at `" + path + "`");
              } else {
                json(response, 200, answer.get());
              }
            })
        .onFailure(problem -> failed(response, problem));
  }

  /** Who asks; when no token fits, that is answered. */
  private Optional<Actor> who(HttpServerRequest request) {
    String authorization = request.getHeader("Authorization");
    Optional<Actor> actor =
        authorization == null ? Optional.empty() : hone.access().who(authorization);
    if (actor.isEmpty()) {
      error(
          request.response(),
          401,
          "a change needs a token; `hone loops token` prints the owner's, `hone token add` makes"
              + " one with a name");
    }
    return actor;
  }

  private void change(HttpServerRequest request, String path) {
    HttpServerResponse response = request.response();
    Actor actor = NOBODY;
    if (!Api.isOpen(path)) {
      Optional<Actor> known = who(request);
      if (known.isEmpty()) {
        return;
      }
      actor = known.get();
      if (!actor.may(Api.needs(path))) {
        error(response, 403, actor.refusal(Api.needs(path)));
        return;
      }
    }
    String type = request.getHeader("Content-Type");
    if (type == null || !type.startsWith("application/json")) {
      error(response, 415, "the body must be application/json");
      return;
    }
    String length = request.getHeader("Content-Length");
    if (length == null || !length.matches("[0-9]{1,6}") || Integer.parseInt(length) > MAX_BODY) {
      error(response, 413, "the body must have a length of at most " + MAX_BODY + " bytes");
      return;
    }
    Actor by = actor;
    request
        .body()
        .compose(body -> carryOut(new Request(path, Json.parseObject(body.toString()), by)))
        .onSuccess(answer -> json(response, 200, String.valueOf(answer)))
        .onFailure(problem -> failed(response, problem));
  }

  private Future<@Nullable String> carryOut(Request request) {
    Callable<@Nullable String> work = () -> Json.write(api.change(request));
    return Api.isOpen(request.path())
        ? reads.executeBlocking(work, false)
        : vertx.executeBlocking(work, false);
  }

  private static void failed(HttpServerResponse response, Throwable problem) {
    if (problem instanceof PolicyDocument.ProblemsException problems) {
      var body = body(400, String.valueOf(problems.getMessage()));
      body.put("problems", problems.problems());
      json(response, 400, Json.write(body));
      return;
    }
    int status =
        switch (problem) {
          case Conductor.RefusedException refused -> 409;
          case IllegalArgumentException bad -> 400;
          case IllegalStateException conflict -> 409;
          default -> 500;
        };
    error(response, status, String.valueOf(problem.getMessage()));
  }

  static void json(HttpServerResponse response, int status, String text) {
    if (!response.ended() && !response.closed()) {
      response
          .setStatusCode(status)
          .putHeader("Content-Type", "application/json")
          .putHeader("Cache-Control", "no-store")
          .end(text);
    }
  }

  /** Answers with a sentence, in the form of Prometheus' API. */
  static void error(HttpServerResponse response, int status, String sentence) {
    json(response, status, Json.write(body(status, sentence)));
  }

  private static Map<String, @Nullable Object> body(int status, String sentence) {
    var body = new LinkedHashMap<String, @Nullable Object>();
    body.put("status", "error");
    body.put("errorType", errorType(status));
    body.put("error", sentence);
    return body;
  }

  /** The word that Prometheus' API has for a kind of failure. */
  private static String errorType(int status) {
    return switch (status) {
      case 404, 405, 421 -> "not_found";
      case 401, 403 -> "unauthorized";
      case 503 -> "unavailable";
      case 500, 501 -> "internal";
      default -> "bad_data";
    };
  }

  @Override
  public void close() {
    if (warmUp != null) {
      warmUp.close();
    }
    stream.close();
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
