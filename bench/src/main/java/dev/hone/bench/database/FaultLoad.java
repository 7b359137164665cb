package dev.hone.bench.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One client that executes statements, each as often as it says and mixed, again and again. */
final class FaultLoad implements AutoCloseable {
  private static final long LONGEST_SECONDS = 25;

  private final Connection connection;
  private final List<FaultSchema.Call> turns = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(1);
  private final CountDownLatch first = new CountDownLatch(1);
  private final AtomicReference<@Nullable SQLException> failure = new AtomicReference<>();
  private final Thread client;
  private volatile boolean over;

  private FaultLoad(Connection connection, List<FaultSchema.Call> calls) {
    this.connection = connection;
    calls.forEach(call -> turns.addAll(Collections.nCopies(call.times(), call)));
    for (int i = turns.size() - 1; i > 0; i--) {
      Collections.swap(turns, i, random.nextInt(i + 1));
    }
    this.client = Thread.ofPlatform().daemon().name("load").unstarted(this::run);
  }

  /** Begins; the connection is closed with it. */
  static FaultLoad on(Connection connection, List<FaultSchema.Call> calls) {
    var load = new FaultLoad(connection, calls);
    load.client.start();
    return load;
  }

  private void run() {
    try (Statement sql = connection.createStatement()) {
      do {
        for (FaultSchema.Call call : turns) {
          if (over) {
            return;
          }
          sql.execute(call.drawn(random));
        }
        first.countDown();
      } while (!over);
    } catch (SQLException e) {
      failure.set(e);
    } finally {
      first.countDown();
    }
  }

  /** Waits until everything was executed as often as it says, or for 25 s. */
  void once() throws InterruptedException, SQLException {
    first.await(LONGEST_SECONDS, TimeUnit.SECONDS);
    SQLException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
  }

  @Override
  public void close() throws SQLException {
    over = true;
    try {
      client.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connection.close();
  }
}
