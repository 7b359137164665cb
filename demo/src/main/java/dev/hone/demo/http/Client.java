package dev.hone.demo.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A blocking web client on keep-alive connections. It costs one thread and no hop between threads
 * per request, so that what it measures is the server.
 *
 * <p>Start the process with {@link #JVM_OPTIONS}.
 */
public final class Client {
  /** Keeps enough idle connections and never repeats a failed POST behind the caller's back. */
  public static final java.util.List<String> JVM_OPTIONS =
      java.util.List.of("-Dhttp.maxConnections=256", "-Dsun.net.http.retryPost=false");

  private final URI base;
  private final int timeoutMillis;

  /** A reply. */
  public record Reply(int status, String body) {}

  /**
   * A client of one server.
   *
   * @param base address of the server
   * @param timeout how long to wait for a connection and for an answer
   */
  public Client(URI base, Duration timeout) {
    this.base = base;
    this.timeoutMillis = Math.toIntExact(timeout.toMillis());
  }

  /**
   * Sends a request and reads the whole answer.
   *
   * @param method GET or POST
   * @param pathAndQuery what follows the server's address
   * @throws IOException when there is no answer in time
   */
  public Reply send(String method, String pathAndQuery) throws IOException {
    var connection = (HttpURLConnection) base.resolve(pathAndQuery).toURL().openConnection();
    connection.setConnectTimeout(timeoutMillis);
    connection.setReadTimeout(timeoutMillis);
    connection.setUseCaches(false);
    connection.setRequestMethod(method);
    if (method.equals("POST")) {
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(0);
      connection.getOutputStream().close();
    }
    int status = connection.getResponseCode();
    return new Reply(
        status, read(status < 400 ? connection.getInputStream() : connection.getErrorStream()));
  }

  private static String read(@Nullable InputStream body) throws IOException {
    if (body == null) {
      return "";
    }
    try (body) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
