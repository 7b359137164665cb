package dev.hone.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Sending data to a server and seeing it there. */
final class Load {
  private static final long POLL_MILLIS = 50;
  private static final long LONGEST_MILLIS = 120_000;

  private Load() {}

  /** Sends requests one after the other, each after the last was acknowledged. */
  static void send(Connection connection, List<byte[]> requests) throws IOException {
    for (byte[] request : requests) {
      connection.post(RemoteWrite.PATH, RemoteWrite.HEADERS, request).accepted();
    }
  }

  /** Sends all that is left of a data set, made as it goes. */
  static void send(Connection connection, DataSet data) throws IOException {
    var encoder = new RemoteWrite();
    while (data.hasNext()) {
      connection.post(RemoteWrite.PATH, RemoteWrite.HEADERS, data.request(encoder)).accepted();
    }
  }

  /** Waits until an instant query at the last sample sees every series; gives the seconds. */
  static double awaitAll(Server server, Connection connection, DataSet.Shape shape)
      throws IOException, InterruptedException {
    String path =
        "/api/v1/query?query="
            + Connection.escape("count({__name__=~\"hb_.+\"})")
            + "&time="
            + seconds(shape.end())
            + server.product().queryParameters();
    long began = System.nanoTime();
    long seen = 0;
    while (System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS)) {
      Answer answer = Answer.of(connection.get(path));
      seen = answer.series().isEmpty() ? 0 : (long) answer.series().getFirst().values()[0];
      if (seen == shape.series()) {
        return (System.nanoTime() - began) / 1e9;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    throw new IOException(
        server.product().id() + " shows " + seen + " of " + shape.series() + " series");
  }

  /** Milliseconds as a parameter of the query API. */
  static String seconds(long millis) {
    return String.format(Locale.ROOT, "%d.%03d", millis / 1000, millis % 1000);
  }
}
