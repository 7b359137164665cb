package dev.hone.demo.postgres;

import dev.hone.demo.DemoException;
import dev.hone.demo.child.Arguments;
import dev.hone.demo.child.Lifeline;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The demo's database, and the process that keeps it: an embedded PostgreSQL, or with {@code --url}
 * a schema in one that runs already. When the process ends it stops the server and deletes its
 * directory, or drops the schema.
 *
 * <p>Arguments: {@code --directory DIR} (the server's own) and {@code --port N}, or {@code --url
 * JDBC-URL}; {@code --orders N}, {@code --seed N}, {@code --indexed true|false}. Passwords come in
 * the environment variables {@value #SHOP_PASSWORD}, {@value #HONE_PASSWORD} and {@value
 * #ADMIN_PASSWORD}.
 */
public final class DemoDatabase implements Lifeline.Running {
  /** Environment variable with the password of the role {@code shop}. */
  public static final String SHOP_PASSWORD = "DEMO_SHOP_PASSWORD";

  /** Environment variable with the password of the role {@code hone}. */
  public static final String HONE_PASSWORD = "DEMO_HONE_PASSWORD";

  /** Environment variable with the password of the embedded server's administrator. */
  public static final String ADMIN_PASSWORD = "DEMO_ADMIN_PASSWORD";

  static final String DATABASE = "shop";

  private final @Nullable Cluster cluster;
  private final Loader loader;
  private final String url;

  private DemoDatabase(@Nullable Cluster cluster, Loader loader, String url) {
    this.cluster = cluster;
    this.loader = loader;
    this.url = url;
  }

  /** Runs the database until standard input ends. */
  public static void main(String[] args) {
    Lifeline.run(() -> start(new Arguments(args)));
  }

  private static DemoDatabase start(Arguments arguments) {
    String external = arguments.text("url");
    if (external != null) {
      Loader loader = new Loader(() -> DriverManager.getConnection(external));
      return load(new DemoDatabase(null, loader, withoutCredentials(external)), arguments);
    }
    Cluster cluster =
        new Cluster(
            Path.of(arguments.required("directory")),
            Math.toIntExact(arguments.number("port", 0)),
            secret(ADMIN_PASSWORD));
    Lifeline.atEnd(cluster::close);
    cluster.start();
    try (Connection connection = cluster.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + DATABASE);
    } catch (SQLException e) {
      throw refused(e);
    }
    Loader loader = new Loader(() -> cluster.connect(DATABASE));
    return load(new DemoDatabase(cluster, loader, cluster.url(DATABASE)), arguments);
  }

  private static DemoDatabase load(DemoDatabase database, Arguments arguments) {
    DataSet data =
        new DataSet(arguments.number("orders", DataSet.DEMO_ORDERS), arguments.number("seed", 1));
    try {
      database.loader.roles(secret(SHOP_PASSWORD), secret(HONE_PASSWORD));
      if (database.cluster == null) {
        Lifeline.atEnd(database.loader::drop);
      }
      database.loader.load(data, !"false".equals(arguments.text("indexed")));
      return database;
    } catch (SQLException e) {
      throw refused(e);
    }
  }

  private static DemoException refused(SQLException e) {
    return new DemoException(
        "The shop's data cannot be loaded into PostgreSQL ("
            + e.getMessage()
            + "); check the space on the disk, the address and the rights of its user, and that"
            + " neither a schema `shop` nor roles `shop` and `hone` exist.",
        e);
  }

  private static String withoutCredentials(String url) {
    int query = url.indexOf('?');
    return query < 0 ? url : url.substring(0, query);
  }

  private static String secret(String variable) {
    String value = System.getenv(variable);
    if (value == null || !value.matches("[A-Za-z0-9]{8,}")) {
      throw new DemoException(
          "The environment variable " + variable + " must hold at least 8 letters and digits.");
    }
    return value;
  }

  @Override
  public String announcement() {
    return cluster == null ? "url=" + url : "url=" + url + " pid=" + cluster.pid();
  }

  /** Does nothing: server and schema were registered with {@link Lifeline#atEnd} when made. */
  @Override
  public void close() {}
}
