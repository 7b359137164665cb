package dev.hone.server;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Asks Hone's own API short questions about this host after a start, while nobody else asks
 * anything, so that the JVM has compiled what answers queries before the first dashboard needs it.
 * Ends by itself after some thousand questions.
 */
final class WarmUp implements AutoCloseable {
  /** How many questions are asked by default, and how often is looked whether others ask, ms. */
  static final int QUESTIONS = 4_000;

  static final int LOOK_MILLIS = 250;
  private static final int AT_ONCE = 200;

  /**
   * Others may ask so many questions a second, as an open page does, and the host is idle still.
   */
  private static final int IDLE = 3;

  private static final List<String> QUERIES =
      List.of(
          "node_load1",
          "node_load1[1m]",
          "sum(rate(node_cpu_seconds_total[1m]))",
          "sum by (mode) (rate(node_cpu_seconds_total[1m])) / on () group_left count(node_load1)",
          "topk(3, max_over_time(node_load1[1m])) > 0",
          "quantile(0.9, node_cpu_seconds_total)",
          "stddev by (mode) (deriv(node_cpu_seconds_total[1m]))",
          "node_load1 unless on (instance) node_load5 > 1",
          "sum by (x) (label_replace(node_load1, \"x\", \"$1\", \"instance\", \"(.*)\"))",
          "max_over_time(sum(rate(node_cpu_seconds_total[1m]))[1m:5s])",
          "node_load1 - node_load1 offset 30s",
          "count({__name__=~\"node_.+\"})");

  /** The length of a range, seconds. */
  private static final int RANGE = 600;

  private final int port;
  private final LongSupplier handled;
  private final InstantSource clock;
  private final int questions;
  private final int lookMillis;
  private final Thread thread;
  private long asked;

  /**
   * Begins.
   *
   * @param port where Hone answers
   * @param handled how many requests were answered so far, these among them
   * @param questions after how many it ends
   * @param lookMillis for how long nobody else may have asked, ms
   */
  WarmUp(int port, LongSupplier handled, InstantSource clock, int questions, int lookMillis) {
    this.port = port;
    this.clock = clock;
    this.questions = questions;
    this.lookMillis = lookMillis;
    this.handled = handled;
    this.thread = Thread.ofPlatform().daemon().name("warm-up").start(this::run);
  }

  private void run() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      var in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      while (asked < questions) {
        long others = handled.getAsLong() - asked;
        TimeUnit.MILLISECONDS.sleep(lookMillis);
        if (handled.getAsLong() - asked - others <= IDLE) {
          for (int i = 0; i < AT_ONCE && asked < questions; i++) {
            ask(out, in);
          }
        }
      }
    } catch (IOException e) {
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ask(OutputStream out, InputStream in) throws IOException {
    int number = (int) (asked++ / 2 % QUERIES.size());
    String query = "query=" + URLEncoder.encode(QUERIES.get(number), StandardCharsets.UTF_8);
    boolean range = asked % 2 == 0 && !QUERIES.get(number).endsWith("]");
    long now = clock.millis() / 1000;
    String path =
        range
            ? "/api/v1/query_range?start=%d&end=%d&step=10&%s".formatted(now - RANGE, now, query)
            : "/api/v1/query?" + query;
    out.write(
        ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    long length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Long.parseLong(line.substring(15).strip());
      }
    }
    in.skipNBytes(length);
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the answer ends early");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Waits until it has ended; returns how many questions were asked. */
  long await() throws InterruptedException {
    thread.join();
    return asked;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
