package dev.hone.demo.shop;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.hone.demo.child.Arguments;
import dev.hone.demo.child.Lifeline;
import dev.hone.demo.http.Client;
import dev.hone.demo.http.Site;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/**
 * The shop: a web service over PostgreSQL.
 *
 * <p>Arguments: {@code --port N} (0: free), {@code --database JDBC-URL}, {@code --pricing URI},
 * {@code --pool-size N}. The password of the role {@code shop} comes in the environment variable
 * {@value #PASSWORD}.
 */
public final class Shop implements Lifeline.Running {
  /** Name of its connection pool. */
  public static final String POOL = "shop";

  /** Environment variable with the password of the database role {@code shop}. */
  public static final String PASSWORD = "DEMO_SHOP_PASSWORD";

  private static final Duration POOL_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration PRICING_TIMEOUT = Duration.ofSeconds(3);

  private final Site site;
  private final HikariDataSource pool;

  private Shop(Site site, HikariDataSource pool) {
    this.site = site;
    this.pool = pool;
  }

  /** Runs the shop until standard input ends. */
  public static void main(String[] args) {
    Lifeline.run(() -> start(new Arguments(args)));
  }

  private static Shop start(Arguments arguments) throws IOException {
    Site site = new Site(Math.toIntExact(arguments.number("port", 0)));
    HikariDataSource pool =
        new HikariDataSource(
            pool(
                arguments.required("database"),
                System.getenv().getOrDefault(PASSWORD, ""),
                Math.toIntExact(arguments.number("pool-size", 16))));
    ShopMetrics metrics = new ShopMetrics(pool.getHikariPoolMXBean());
    Client pricing = new Client(URI.create(arguments.required("pricing")), PRICING_TIMEOUT);
    Store store =
        new Store(pool, new Payment(pool.getHikariPoolMXBean()::getThreadsAwaitingConnection));
    new Pages(store, new Prices(pricing)).addTo(site, metrics);
    site.metrics(metrics.registry());
    site.start();
    return new Shop(site, pool);
  }

  private static HikariConfig pool(String url, String password, int size) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(POOL);
    config.setJdbcUrl(url);
    config.setUsername("shop");
    config.setPassword(password);
    config.setMaximumPoolSize(size);
    config.setConnectionTimeout(POOL_TIMEOUT.toMillis());
    config.setRegisterMbeans(true);
    return config;
  }

  @Override
  public String announcement() {
    return "port=" + site.port();
  }

  @Override
  public void close() {
    site.close();
    pool.close();
  }
}
