package dev.hone.server;

import dev.hone.metrics.TooLargeException;
import dev.hone.metrics.wire.MalformedException;
import dev.hone.metrics.wire.Unpacked;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The unary calls of gRPC over HTTP/2 ("gRPC over HTTP2" of the gRPC project): a message is a byte
 * that says whether it is compressed, its length in four bytes, and itself; how a call ended stands
 * in {@code grpc-status} and {@code grpc-message}.
 */
final class OtlpGrpc {
  /** The one method there is. */
  static final String EXPORT = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

  private static final int PREFIX = 5;
  private static final String TYPE = "application/grpc";

  private OtlpGrpc() {}

  /** Whether a request is a call of gRPC. */
  static boolean calls(HttpServerRequest request) {
    String type = request.getHeader("Content-Type");
    return type != null
        && (type.equals(TYPE) || type.startsWith(TYPE + "+") || type.startsWith(TYPE + ";"));
  }

  /** What is wrong with a call before its body is read, or null. */
  static @Nullable String problem(HttpServerRequest request, String path) {
    if (!path.equals(EXPORT)) {
      return "there is no method `" + path + "`; metrics are taken at " + EXPORT;
    }
    String type = String.valueOf(request.getHeader("Content-Type"));
    if (!type.equals(TYPE) && !type.startsWith(TYPE + "+proto") && !type.startsWith(TYPE + ";")) {
      return "Content-Type is `" + type + "`; messages are taken as " + TYPE + "+proto";
    }
    String encoding = encoding(request);
    if (!encoding.equals("identity") && !encoding.equals("gzip")) {
      return "grpc-encoding is `" + encoding + "`; send gzip or identity";
    }
    return null;
  }

  private static String encoding(HttpServerRequest request) {
    String encoding = request.getHeader("grpc-encoding");
    return encoding == null ? "identity" : encoding.toLowerCase(Locale.ROOT);
  }

  /**
   * The one message of a body.
   *
   * @throws MalformedException when there is none or more than one
   * @throws TooLargeException when it is too large decompressed
   * @throws IOException when too much is held at once
   */
  static Unpacked message(HttpServerRequest request, Buffer body) throws IOException {
    if (body.length() < PREFIX || body.getUnsignedInt(1) != body.length() - PREFIX) {
      throw new MalformedException(
          "a body of " + body.length() + " bytes that is not one message of gRPC");
    }
    byte[] message = body.getBytes(PREFIX, body.length());
    return switch (body.getByte(0)) {
      case 0 -> Unpacked.plain(message);
      case 1 -> {
        if (encoding(request).equals("identity")) {
          throw new MalformedException("the message is compressed, but grpc-encoding is missing");
        }
        yield Unpacked.gunzip(message);
      }
      default ->
          throw new MalformedException(
              "the message begins with byte " + body.getByte(0) + "; it must be 0 or 1");
    };
  }

  /** Answers with a message. */
  static void reply(HttpServerResponse response, Buffer message) {
    headers(response);
    response.putTrailer("grpc-status", "0");
    response.end(
        Buffer.buffer().appendByte((byte) 0).appendInt(message.length()).appendBuffer(message));
  }

  /** Ends a call without a message. */
  static void refuse(HttpServerResponse response, int code, String sentence) {
    if (!response.ended() && !response.closed()) {
      headers(response);
      response
          .putHeader("grpc-status", Integer.toString(code))
          .putHeader("grpc-message", encoded(sentence))
          .end();
    }
  }

  private static void headers(HttpServerResponse response) {
    response
        .setStatusCode(200)
        .putHeader("Content-Type", TYPE)
        .putHeader("Content-Encoding", "identity")
        .putHeader("grpc-accept-encoding", "identity,gzip");
  }

  /** Whether the connection can carry trailers. */
  static boolean http2(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_2;
  }

  /** Percent-encodes all but printable ASCII, as {@code grpc-message} demands. */
  private static String encoded(String sentence) {
    var out = new StringBuilder();
    for (byte b : sentence.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b <= '~' && b != '%') {
        out.append((char) b);
      } else {
        out.append('%').append(String.format("%02X", b & 0xFF));
      }
    }
    return out.toString();
  }
}
