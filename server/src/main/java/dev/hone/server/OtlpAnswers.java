package dev.hone.server;

import dev.hone.loop.Json;
import dev.hone.metrics.wire.Otlp;
import dev.hone.metrics.wire.Received;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What OTLP senders are answered (OTLP 1.x): in the encoding of the request, what was refused as a
 * partial success, failures as {@code google.rpc.Status}.
 */
final class OtlpAnswers {
  static final String JSON = "application/json";
  static final String PROTOBUF = "application/x-protobuf";

  /** Codes of {@code google.rpc.Code}, which are gRPC's. */
  static final int INVALID_ARGUMENT = 3;

  static final int PERMISSION_DENIED = 7;
  static final int RESOURCE_EXHAUSTED = 8;
  static final int UNIMPLEMENTED = 12;
  static final int INTERNAL = 13;
  static final int UNAVAILABLE = 14;

  private OtlpAnswers() {}

  static boolean isJson(@Nullable String contentType) {
    return contentType != null && contentType.startsWith(JSON);
  }

  /** The answer to what was taken, wholly or in part. */
  static Buffer taken(boolean json, Received received) {
    if (!json) {
      return Buffer.buffer(Otlp.response(received.refused(), received.refusal()));
    }
    return Buffer.buffer(
        Json.write(
            received.refused() == 0
                ? Map.of()
                : Map.of(
                    "partialSuccess",
                    Map.of(
                        "rejectedDataPoints",
                        Long.toString(received.refused()),
                        "errorMessage",
                        received.refusal()))));
  }

  /** The answer to what failed with a status of HTTP. */
  static Buffer failed(boolean json, int status, String sentence) {
    return Buffer.buffer(
        json
            ? Json.write(Map.of("code", code(status), "message", sentence))
                .getBytes(StandardCharsets.UTF_8)
            : Otlp.status(code(status), sentence));
  }

  /** The code that says what a status of HTTP says. */
  static int code(int status) {
    return switch (status) {
      case 400 -> INVALID_ARGUMENT;
      case 403 -> PERMISSION_DENIED;
      case 404, 501 -> UNIMPLEMENTED;
      case 413 -> RESOURCE_EXHAUSTED;
      case 503 -> UNAVAILABLE;
      default -> INTERNAL;
    };
  }
}
