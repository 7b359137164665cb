package dev.hone.layer.jvm;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.Executors;

/**
 * A process with a HikariCP pool under an open load: requests arrive by a Poisson process whether
 * or not earlier ones are done, and each holds a connection for an exponential time. It ends with
 * its standard input, so that none is left behind.
 *
 * <p>Arguments: pool name, maximumPoolSize, requests a second, mean time held in milliseconds.
 */
final class PoolApplication {
  private PoolApplication() {}

  public static void main(String[] arguments) throws Exception {
    var config = new HikariConfig();
    config.setDataSource(new FakeDatabase());
    config.setPoolName(arguments[0]);
    config.setMaximumPoolSize(Integer.parseInt(arguments[1]));
    config.setRegisterMbeans(true);
    double perSecond = Double.parseDouble(arguments[2]);
    double holdMillis = Double.parseDouble(arguments[3]);
    var pool = new HikariDataSource(config);
    Thread.ofPlatform().daemon().start(() -> load(pool, perSecond, holdMillis));
    System.out.println("ready");
    while (System.in.read() >= 0) {}
    System.exit(0);
  }

  private static void load(HikariDataSource pool, double perSecond, double holdMillis) {
    var random = new Random(7);
    var requests = Executors.newVirtualThreadPerTaskExecutor();
    long next = System.nanoTime();
    while (perSecond > 0) {
      next += (long) (exponential(random) / perSecond * 1e9);
      pause(next - System.nanoTime());
      long hold = (long) (exponential(random) * holdMillis * 1e6);
      requests.submit(
          () -> {
            try (var connection = pool.getConnection()) {
              pause(hold);
            } catch (SQLException e) {
              System.err.println(e.getMessage());
            }
          });
    }
  }

  private static double exponential(Random random) {
    return -Math.log(1 - random.nextDouble());
  }

  private static void pause(long nanos) {
    if (nanos > 0) {
      java.util.concurrent.locks.LockSupport.parkNanos(nanos);
    }
  }
}
