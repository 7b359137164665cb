package dev.hone.server;

import dev.hone.loop.Json;
import dev.hone.metrics.MetricMetadata;
import dev.hone.metrics.TooLargeException;
import dev.hone.metrics.wire.MalformedException;
import dev.hone.metrics.wire.Unpacked;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Metrics over HTTP: queries out, samples in. Work happens off the event loop, within bounds. */
final class MetricRoutes {
  private static final int MAX_FORM = 1 << 20;
  private static final int FIRST_BODY = 16 << 10;
  private static final int MAX_BODY = 32 << 20;
  private static final long MAX_WAITING = 128L << 20;
  private static final int MAX_QUERIES = 64;

  /** Threads of queries; others store samples, so that neither waits for the other. */
  private static final int READERS = 4;

  private static final String SNAPSHOT = "/api/v1/admin/tsdb/snapshot";

  private static final String FROM_PAGE = "samples are not taken from pages of a browser";

  private final Vertx vertx;
  private final WorkerExecutor readers;
  private final Hone hone;
  private final PrometheusApi api;
  private final Intakes intakes;
  private final Optional<ImportRoute> imports;
  private final AtomicLong waiting = new AtomicLong();

  /** Bytes of bodies that have come in part. */
  private final AtomicLong collecting = new AtomicLong();

  private final Semaphore queries = new Semaphore(MAX_QUERIES);

  MetricRoutes(Vertx vertx, Hone hone) {
    this.vertx = vertx;
    this.readers = vertx.createSharedWorkerExecutor("queries", READERS);
    this.hone = hone;
    var received = new MetricMetadata.Table();
    this.api =
        new PrometheusApi(
            hone.store(), new ScrapeApi(hone.scraped(), received), java.time.Clock.systemUTC());
    this.intakes = new Intakes(hone.store(), received, java.time.Clock.systemUTC());
    this.imports = hone.engine().map(engine -> new ImportRoute(vertx, engine));
  }

  /** Whether samples or commands for the store are posted to a path. */
  static boolean receives(String path) {
    return path.equals(SNAPSHOT) || path.equals(ImportRoute.PATH) || Intakes.takes(path);
  }

  /** Answers a query whose parameters stand in the address. */
  void query(HttpServerRequest request, String path) {
    answer(request.response(), path, request.params());
  }

  /** Answers a query whose parameters stand in the body, as a form. */
  void queryForm(HttpServerRequest request, String path) {
    body(
        request,
        MAX_FORM,
        (status, sentence) -> refuse(request.response(), status, sentence),
        body -> {
          MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
          try {
            parameters.addAll(request.params());
            new QueryStringDecoder(body.toString(), false)
                .parameters()
                .forEach((name, values) -> values.forEach(value -> parameters.add(name, value)));
          } catch (IllegalArgumentException e) {
            refuse(request.response(), 400, "the form cannot be decoded: " + e.getMessage());
            return;
          }
          answer(request.response(), path, parameters);
        });
  }

  private void answer(HttpServerResponse response, String path, MultiMap parameters) {
    if (PrometheusApi.isLive(path)) {
      PrometheusApi.Answer answer = api.answer(path, parameters);
      send(response, answer.status(), answer.type(), Buffer.buffer(answer.body()));
      return;
    }
    if (!queries.tryAcquire()) {
      refuse(response, 503, "more than " + MAX_QUERIES + " queries are waiting; try again later");
      return;
    }
    var evaluation = new Evaluation<>(() -> api.answer(path, parameters));
    response.closeHandler(closed -> evaluation.cancel());
    readers
        .executeBlocking(evaluation, false)
        .onComplete(
            done -> {
              queries.release();
              if (done.succeeded()) {
                PrometheusApi.Answer answer = done.result();
                send(response, answer.status(), answer.type(), Buffer.buffer(answer.body()));
              } else {
                refuse(response, 500, "the query failed: " + done.cause());
              }
            });
  }

  /** Takes samples, or a command for the store. */
  void receive(HttpServerRequest request, String path) {
    if (path.equals(SNAPSHOT)) {
      snapshot(request);
      return;
    } else if (path.equals(ImportRoute.PATH)) {
      if (allowed(request, "an import")) {
        HttpServerResponse response = request.response();
        body(
            request,
            MAX_FORM,
            (status, sentence) -> refuse(response, status, sentence),
            body ->
                imports.ifPresentOrElse(
                    route -> route.begin(response, body.toString()),
                    () ->
                        refuse(
                            response,
                            501,
                            "metrics are not kept here (`store: remote`); nothing can be imported")));
      }
      return;
    }
    Refusing refusing = refusing(request, path);
    if (request.getHeader("Origin") != null) {
      refusing.refuse(403, FROM_PAGE);
      return;
    }
    body(
        request,
        MAX_BODY,
        refusing,
        body ->
            work(
                body.length(),
                () -> {
                  Intakes.Reply reply = intakes.receive(path, request, body);
                  if (!reply.refusal().isEmpty()) {
                    throw new RefusedException(reply.refusal());
                  }
                  return reply;
                },
                reply -> {
                  reply.headers().forEach(request.response()::putHeader);
                  request.response().setStatusCode(reply.status()).end(reply.body());
                },
                refusing));
  }

  /** Takes a call of gRPC. */
  void call(HttpServerRequest request, String path) {
    HttpServerResponse response = request.response();
    if (!OtlpGrpc.http2(request)) {
      refuse(response, 400, "gRPC is taken over HTTP/2 only");
      return;
    }
    Refusing refusing =
        (status, sentence) -> OtlpGrpc.refuse(response, OtlpAnswers.code(status), sentence);
    String problem = OtlpGrpc.problem(request, path);
    if (problem != null) {
      refusing.refuse(501, problem);
    } else if (request.getHeader("Origin") != null) {
      refusing.refuse(403, FROM_PAGE);
    } else {
      body(
          request,
          MAX_BODY,
          refusing,
          body ->
              work(
                  body.length(),
                  () -> {
                    try (Unpacked message = OtlpGrpc.message(request, body)) {
                      return OtlpAnswers.taken(false, intakes.otlp(message));
                    }
                  },
                  reply -> OtlpGrpc.reply(response, reply),
                  refusing));
    }
  }

  /** How a request is told that it failed. */
  private interface Refusing {
    void refuse(int status, String sentence);
  }

  private static Refusing refusing(HttpServerRequest request, String path) {
    HttpServerResponse response = request.response();
    if (!Intakes.isOtlp(path)) {
      return (status, sentence) -> refuse(response, status, sentence);
    }
    boolean json = !OtlpAnswers.PROTOBUF.equals(request.getHeader("Content-Type"));
    return (status, sentence) ->
        send(
            response,
            status,
            json ? OtlpAnswers.JSON : OtlpAnswers.PROTOBUF,
            OtlpAnswers.failed(json, status, sentence));
  }

  /** Part of what was sent was refused for good: sending it again does not help. */
  private static final class RefusedException extends RuntimeException {
    RefusedException(String message) {
      super(message);
    }
  }

  /** Does what a body of so many bytes asks for, off the event loop. */
  private <T> void work(int size, Callable<T> task, Consumer<T> reply, Refusing refusing) {
    if (waiting.addAndGet(size) > MAX_WAITING) {
      waiting.addAndGet(-size);
      refusing.refuse(503, "more samples are waiting than may be held; try again later");
      return;
    }
    vertx
        .executeBlocking(task, false)
        .onComplete(
            done -> {
              waiting.addAndGet(-size);
              if (done.succeeded()) {
                reply.accept(done.result());
              } else {
                failed(refusing, done.cause());
              }
            });
  }

  private static void failed(Refusing refusing, Throwable problem) {
    String sentence = String.valueOf(problem.getMessage());
    switch (problem) {
      case RefusedException refused -> refusing.refuse(400, sentence);
      case MalformedException malformed -> refusing.refuse(400, sentence);
      case TooLargeException tooLarge -> refusing.refuse(413, sentence);
      case IllegalArgumentException wrong -> refusing.refuse(400, sentence);
      case IOException io ->
          refusing.refuse(503, "samples cannot be stored now (" + sentence + "); send them again");
      default -> refusing.refuse(500, "samples cannot be stored: " + problem);
    }
  }

  /** Whether an admin asks; if not, that is answered. */
  private boolean allowed(HttpServerRequest request, String what) {
    String authorization = request.getHeader("Authorization");
    Optional<Actor> actor =
        authorization == null ? Optional.empty() : hone.access().who(authorization);
    if (actor.isEmpty()) {
      refuse(request.response(), 401, what + " needs the token; `hone loops token` prints it");
    } else if (!actor.get().may(Role.ADMIN)) {
      refuse(request.response(), 403, actor.get().refusal(Role.ADMIN));
    }
    return actor.isPresent() && actor.get().may(Role.ADMIN);
  }

  private void snapshot(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (!allowed(request, "a snapshot")) {
      return;
    }
    vertx
        .executeBlocking(
            () -> {
              try {
                return hone.snapshot();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            false)
        .onSuccess(
            name -> {
              if (name.isEmpty()) {
                refuse(
                    response,
                    501,
                    "metrics are not kept here (`store: remote`); make snapshots at the backends");
                return;
              }
              WebServer.json(
                  response,
                  200,
                  Json.write(Map.of("status", "success", "data", Map.of("name", name.get()))));
            })
        .onFailure(problem -> refuse(response, 500, "no snapshot was made: " + problem));
  }

  /** Collects a body of at most {@code limit} bytes. */
  private void body(
      HttpServerRequest request, int limit, Refusing refusing, Consumer<Buffer> whole) {
    String declared = request.getHeader("Content-Length");
    if (declared != null && !declared.matches("[0-9]{1,9}")) {
      refusing.refuse(400, "Content-Length is `" + declared + "`; it must be a number of bytes");
      return;
    }
    Buffer collected = Buffer.buffer(FIRST_BODY);
    var held = new AtomicLong();
    Runnable release = () -> collecting.addAndGet(-held.getAndSet(0));
    int[] refused = {declared != null && Integer.parseInt(declared) > limit ? 413 : 0};
    request.handler(
        part -> {
          if (refused[0] != 0) {
            return;
          }
          held.addAndGet(part.length());
          boolean full = collecting.addAndGet(part.length()) > MAX_WAITING;
          if (full || collected.length() + part.length() > limit) {
            refused[0] = full ? 503 : 413;
            release.run();
          } else {
            collected.appendBuffer(part);
          }
        });
    request.exceptionHandler(problem -> release.run());
    request.endHandler(
        end -> {
          release.run();
          if (refused[0] == 413) {
            refusing.refuse(413, "the body is larger than " + limit + " bytes; send less at once");
          } else if (refused[0] == 503) {
            refusing.refuse(503, "too much is being received at once; try again later");
          } else {
            whole.accept(collected);
          }
        });
  }

  private static void refuse(HttpServerResponse response, int status, String sentence) {
    WebServer.error(response, status, sentence);
  }

  private static void send(HttpServerResponse response, int status, String type, Buffer body) {
    if (!response.ended() && !response.closed()) {
      response.setStatusCode(status).putHeader("Content-Type", type).end(body);
    }
  }
}
