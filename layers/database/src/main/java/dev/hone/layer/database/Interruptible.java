package dev.hone.layer.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Executes a long statement so that an interrupt of the caller cancels it on the server. */
final class Interruptible {
  /** A cancel that comes before the server has begun is lost, so it is repeated. */
  private static final int CANCELS = 20;

  private static final long CANCEL_EVERY_MILLIS = 100;

  private Interruptible() {}

  /**
   * Executes and waits.
   *
   * @throws InterruptedException when the caller was interrupted; the statement has ended by then,
   *     or its connection was given up
   */
  static void execute(Connection connection, String text)
      throws SQLException, InterruptedException {
    try (Statement statement = connection.createStatement()) {
      var task =
          new FutureTask<Boolean>(
              () -> {
                statement.execute(text);
                return true;
              });
      Thread.ofPlatform().daemon().name("hone long statement").start(task);
      try {
        task.get();
      } catch (ExecutionException e) {
        throw failure(e);
      } catch (InterruptedException e) {
        cancel(connection, statement, task);
        throw e;
      }
    }
  }

  private static SQLException failure(ExecutionException e) {
    return e.getCause() instanceof SQLException sql
        ? sql
        : new SQLException(String.valueOf(e.getCause()), e);
  }

  private static void cancel(Connection connection, Statement statement, FutureTask<Boolean> task)
      throws SQLException {
    for (int i = 0; i < CANCELS; i++) {
      try {
        statement.cancel();
        task.get(CANCEL_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (ExecutionException e) {
        return;
      } catch (TimeoutException e) {
        // The server has not ended it yet.
      } catch (InterruptedException e) {
        break;
      }
    }
    connection.abort(Runnable::run);
  }
}
