package dev.hone.metrics.scrape;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What all targets share on the way to them: name lookups and deadlines. */
final class Network implements AutoCloseable {
  private static final int LOOKUPS = 8;

  private final ScheduledThreadPoolExecutor deadlines =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("scrape-deadlines").factory());

  /** A lookup blocks a thread of the system, so it is not left to a virtual one. */
  private final ExecutorService lookups;

  Network() {
    deadlines.setRemoveOnCancelPolicy(true);
    var pool =
        new ThreadPoolExecutor(
            LOOKUPS,
            LOOKUPS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("scrape-names-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    lookups = pool;
  }

  InetAddress lookUp(String host, Duration timeout) throws IOException, InterruptedException {
    if (host.indexOf(':') >= 0 || host.matches("[0-9.]+")) {
      return InetAddress.ofLiteral(host);
    }
    Future<InetAddress> found = lookups.submit(() -> InetAddress.getByName(host));
    try {
      return found.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      found.cancel(true);
      throw new IOException("the name `" + host + "` was not resolved in time", e);
    } catch (ExecutionException e) {
      throw new IOException("the name `" + host + "` cannot be resolved", e);
    }
  }

  /** Closes a socket after a time, whatever is being done with it. */
  Future<?> closeAfter(Socket socket, Duration time) {
    return deadlines.schedule(() -> quietly(socket), time.toNanos(), TimeUnit.NANOSECONDS);
  }

  static void quietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed for our purposes.
    }
  }

  @Override
  public void close() {
    deadlines.shutdownNow();
    lookups.shutdownNow();
  }
}
