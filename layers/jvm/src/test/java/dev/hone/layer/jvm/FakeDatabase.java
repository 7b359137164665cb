package dev.hone.layer.jvm;

import java.io.PrintWriter;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source whose connections do nothing; it counts how many are open. Enough of JDBC for a
 * HikariCP pool, without a database.
 */
final class FakeDatabase implements DataSource {
  private final AtomicInteger open = new AtomicInteger();

  /** Connections that are open now. */
  int open() {
    return open.get();
  }

  @Override
  public Connection getConnection() {
    open.incrementAndGet();
    var closed = new AtomicInteger();
    return (Connection)
        Proxy.newProxyInstance(
            FakeDatabase.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> answer(proxy, method, arguments, closed));
  }

  private @Nullable Object answer(
      Object proxy, Method method, Object[] arguments, AtomicInteger closed) {
    return switch (method.getName()) {
      case "isValid" -> closed.get() == 0;
      case "isClosed" -> closed.get() > 0;
      case "getAutoCommit" -> true;
      case "getTransactionIsolation" -> Connection.TRANSACTION_READ_COMMITTED;
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> proxy == arguments[0];
      case "toString" -> "a connection that does nothing";
      case "close" -> {
        if (closed.getAndIncrement() == 0) {
          open.decrementAndGet();
        }
        yield null;
      }
      default -> nothing(method.getReturnType());
    };
  }

  private static @Nullable Object nothing(Class<?> type) {
    if (type == boolean.class) {
      return false;
    }
    return type == int.class ? (Object) 0 : null;
  }

  @Override
  public Connection getConnection(String user, String password) {
    return getConnection();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    throw new IllegalArgumentException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
