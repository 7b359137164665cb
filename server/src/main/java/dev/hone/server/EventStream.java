package dev.hone.server;

import dev.hone.loop.Json;
import dev.hone.loop.LoopRecord;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Server-sent events: {@code status} once a second while somebody listens, {@code loop} at each
 * change of a loop. A client that reads too slowly misses status events, never loop events: it is
 * disconnected and starts anew with the present state.
 */
final class EventStream implements AutoCloseable {
  private static final int MAX_CLIENTS = 64;
  private static final long STATUS_MILLIS = 1_000;

  private final Set<HttpServerResponse> clients = ConcurrentHashMap.newKeySet();
  private final AtomicLong sequence = new AtomicLong();
  private final Vertx vertx;
  private final Api api;
  private final long timer;

  EventStream(Vertx vertx, Hone hone, Api api) {
    this.vertx = vertx;
    this.api = api;
    this.timer = vertx.setPeriodic(STATUS_MILLIS, id -> sendStatus());
    hone.loops().onChange(this::changed);
  }

  void open(HttpServerResponse response) {
    if (clients.size() >= MAX_CLIENTS) {
      WebServer.json(response, 503, "{\"error\":\"too many open pages; close some\"}");
      return;
    }
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store")
        .putHeader("Content-Encoding", "identity")
        .putHeader("X-Accel-Buffering", "no");
    response.closeHandler(gone -> clients.remove(response));
    response.exceptionHandler(problem -> clients.remove(response));
    response.write(event("status", Json.write(api.status())));
    clients.add(response);
  }

  private void sendStatus() {
    if (clients.isEmpty()) {
      return;
    }
    String text = event("status", Json.write(api.status()));
    for (HttpServerResponse client : clients) {
      if (!client.writeQueueFull()) {
        client.write(text);
      }
    }
  }

  private void changed(LoopRecord loop) {
    if (clients.isEmpty()) {
      return;
    }
    String text = event("loop", Json.write(LoopRoutes.whole(loop)));
    vertx.runOnContext(
        ignored -> {
          for (HttpServerResponse client : clients) {
            if (client.writeQueueFull()) {
              client.reset();
            } else {
              client.write(text);
            }
          }
        });
  }

  private String event(String name, String data) {
    return "id: " + sequence.incrementAndGet() + "\nevent: " + name + "\ndata: " + data + "\n\n";
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
