package dev.hone.server;

import dev.hone.loop.Json;
import dev.hone.metrics.wire.MalformedException;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Metrics over HTTP: queries out, samples in. Work happens off the event loop, within bounds. */
final class MetricRoutes {
  private static final int MAX_FORM = 1 << 20;
  private static final int MAX_BODY = 32 << 20;
  private static final long MAX_WAITING = 128L << 20;
  private static final int MAX_QUERIES = 64;
  private static final String SNAPSHOT = "/api/v1/admin/tsdb/snapshot";

  private final Vertx vertx;
  private final Hone hone;
  private final PrometheusApi api;
  private final Intakes intakes;
  private final AtomicLong waiting = new AtomicLong();
  private final Semaphore queries = new Semaphore(MAX_QUERIES);

  MetricRoutes(Vertx vertx, Hone hone) {
    this.vertx = vertx;
    this.hone = hone;
    this.api = new PrometheusApi(hone.store(), java.time.Clock.systemUTC());
    this.intakes = new Intakes(hone.store(), java.time.Clock.systemUTC());
  }

  /** Whether samples or commands for the store are posted to a path. */
  static boolean receives(String path) {
    return path.equals(SNAPSHOT) || Intakes.takes(path);
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
        body -> {
          MultiMap parameters = MultiMap.caseInsensitiveMultiMap().addAll(request.params());
          new QueryStringDecoder(body.toString(), false)
              .parameters()
              .forEach((name, values) -> values.forEach(value -> parameters.add(name, value)));
          answer(request.response(), path, parameters);
        });
  }

  private void answer(HttpServerResponse response, String path, MultiMap parameters) {
    if (!queries.tryAcquire()) {
      refuse(response, 503, "more than " + MAX_QUERIES + " queries are waiting; try again later");
      return;
    }
    vertx
        .executeBlocking(() -> api.answer(path, parameters), false)
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
    } else if (request.getHeader("Origin") != null) {
      refuse(request.response(), 403, "samples are not taken from pages of a browser");
    } else {
      body(request, MAX_BODY, body -> work(request, path, body));
    }
  }

  /** Part of what was sent was refused for good: sending it again does not help. */
  private static final class RefusedException extends RuntimeException {
    RefusedException(String message) {
      super(message);
    }
  }

  private void work(HttpServerRequest request, String path, Buffer body) {
    HttpServerResponse response = request.response();
    int size = body.length();
    if (waiting.addAndGet(size) > MAX_WAITING) {
      waiting.addAndGet(-size);
      refuse(response, 503, "more samples are waiting than may be held; try again later");
      return;
    }
    vertx
        .executeBlocking(
            () -> {
              Intakes.Reply reply = intakes.receive(path, request, body);
              if (!reply.refusal().isEmpty()) {
                throw new RefusedException(reply.refusal());
              }
              return reply;
            },
            false)
        .onComplete(
            done -> {
              waiting.addAndGet(-size);
              if (done.succeeded()) {
                done.result().headers().forEach(response::putHeader);
                response.setStatusCode(done.result().status()).end(done.result().body());
              } else {
                failed(response, done.cause());
              }
            });
  }

  private static void failed(HttpServerResponse response, Throwable problem) {
    switch (problem) {
      case RefusedException refused -> refuse(response, 400, String.valueOf(refused.getMessage()));
      case MalformedException malformed ->
          refuse(response, 400, String.valueOf(malformed.getMessage()));
      case IOException io ->
          refuse(
              response,
              503,
              "samples cannot be stored now (" + io.getMessage() + "); send them again");
      default -> refuse(response, 500, "samples cannot be stored: " + problem);
    }
  }

  private void snapshot(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    String authorization = request.getHeader("Authorization");
    if (authorization == null || !hone.token().matches(authorization)) {
      refuse(response, 401, "a snapshot needs the token; `hone loops token` prints it");
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
  private static void body(HttpServerRequest request, int limit, Consumer<Buffer> whole) {
    HttpServerResponse response = request.response();
    String declared = request.getHeader("Content-Length");
    if (declared != null && !declared.matches("[0-9]{1,9}")) {
      refuse(response, 400, "Content-Length is `" + declared + "`; it must be a number of bytes");
      return;
    }
    Buffer collected =
        Buffer.buffer(declared == null ? 1024 : Math.min(limit, Integer.parseInt(declared)));
    boolean[] tooLarge = {declared != null && Integer.parseInt(declared) > limit};
    request.handler(
        part -> {
          if (collected.length() + part.length() > limit) {
            tooLarge[0] = true;
          } else if (!tooLarge[0]) {
            collected.appendBuffer(part);
          }
        });
    request.endHandler(
        end -> {
          if (tooLarge[0]) {
            refuse(response, 413, "the body is larger than " + limit + " bytes; send less at once");
          } else {
            whole.accept(collected);
          }
        });
  }

  private static void refuse(HttpServerResponse response, int status, String sentence) {
    String type = status == 400 ? "bad_data" : status == 503 ? "unavailable" : "internal";
    WebServer.json(
        response,
        status,
        Json.write(Map.of("status", "error", "errorType", type, "error", sentence)));
  }

  private static void send(HttpServerResponse response, int status, String type, Buffer body) {
    if (!response.ended() && !response.closed()) {
      response.setStatusCode(status).putHeader("Content-Type", type).end(body);
    }
  }
}
