package dev.hone.server;

import dev.hone.loop.Json;
import dev.hone.metrics.engine.Engine;
import dev.hone.metrics.prometheus.Import;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Brings files of this machine into the store of a running Hone, one request at a time. The answer
 * has a line of JSON after each span, and a last one with {@code done} or {@code error}; who hangs
 * up ends the import after the span at hand.
 */
final class ImportRoute {
  static final String PATH = "/api/v1/admin/import";

  /** Less than the server waits for a silent connection. */
  private static final long KEEP_ALIVE_MILLIS = 15_000;

  private final Vertx vertx;
  private final Engine store;
  private final AtomicBoolean running = new AtomicBoolean();

  ImportRoute(Vertx vertx, Engine store) {
    this.vertx = vertx;
    this.store = store;
  }

  /** What is to be done. */
  private record Request(List<Path> paths, Import.Format format, boolean dry) {
    static Request of(Map<String, @Nullable Object> body) {
      var paths = new ArrayList<Path>();
      if (body.get("paths") instanceof List<?> list) {
        list.forEach(path -> paths.add(Path.of(String.valueOf(path))));
      }
      if (paths.isEmpty() || paths.stream().anyMatch(path -> !path.isAbsolute())) {
        throw new IllegalArgumentException("`paths` must be a list of absolute paths");
      }
      String format = String.valueOf(body.getOrDefault("format", "auto"));
      return new Request(
          paths,
          Import.Format.valueOf(format.toUpperCase(Locale.ROOT)),
          Boolean.TRUE.equals(body.get("dryRun")));
    }
  }

  /** Begins; the request carried the token. */
  void begin(HttpServerResponse response, String body) {
    Request request;
    try {
      request = Request.of(Json.parseObject(body));
    } catch (IllegalArgumentException e) {
      answer(response, 400, "the import is not understood: " + e.getMessage());
      return;
    }
    if (!running.compareAndSet(false, true)) {
      answer(response, 409, "an import is under way; wait for its end");
      return;
    }
    response
        .setChunked(true)
        .putHeader("Content-Type", "application/x-ndjson")
        .putHeader("Content-Encoding", "identity");
    var gone = new AtomicBoolean();
    response.closeHandler(closed -> gone.set(true));
    response.exceptionHandler(problem -> gone.set(true));
    Context context = vertx.getOrCreateContext();
    long timer = vertx.setPeriodic(KEEP_ALIVE_MILLIS, id -> write(response, "\n"));
    Thread.ofPlatform()
        .daemon()
        .name("import")
        .start(
            () -> {
              var last = new AtomicReference<>("{\"error\":\"the import broke off\"}");
              try {
                last.set(
                    run(
                        request,
                        gone,
                        line -> context.runOnContext(now -> write(response, line + "\n"))));
              } finally {
                running.set(false);
                context.runOnContext(
                    now -> {
                      vertx.cancelTimer(timer);
                      if (!response.ended() && !response.closed()) {
                        response.end(last.get() + "\n");
                      }
                    });
              }
            });
  }

  private static void write(HttpServerResponse response, String text) {
    if (!response.ended() && !response.closed()) {
      response.write(text);
    }
  }

  private static void answer(HttpServerResponse response, int status, String sentence) {
    WebServer.json(response, status, Json.write(Map.of("error", sentence)));
  }

  private interface Lines {
    void line(String text);
  }

  /** Does it; returns the last line. */
  private String run(Request request, AtomicBoolean gone, Lines lines) {
    var work =
        new Import(
            store,
            request.dry(),
            (path, share, report) -> {
              if (gone.get()) {
                throw new IOException("whoever asked for the import hung up");
              }
              lines.line(Json.write(ImportJson.of(path.toString(), share, report)));
            });
    Map<String, @Nullable Object> last;
    try {
      for (Path path : request.paths()) {
        work.path(path, request.format());
      }
      last = ImportJson.of("", 1, work.report());
      last.put("done", true);
    } catch (IOException | RuntimeException e) {
      last = ImportJson.of("", 1, work.report());
      last.put("error", ImportCommand.problem(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      last = ImportJson.of("", 1, work.report());
      last.put("error", "Hone is being stopped");
    }
    return Json.write(last);
  }
}
