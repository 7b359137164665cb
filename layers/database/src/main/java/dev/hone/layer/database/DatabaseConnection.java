package dev.hone.layer.database;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where a PostgreSQL database is and who Hone is there. Its text form leaves the password out.
 *
 * @param name what people call it; unique among the configured databases
 * @param jdbcUrl {@code jdbc:postgresql://host:port/database}
 * @param user the role Hone logs in as
 * @param password its password; empty when the server asks for none
 */
public record DatabaseConnection(String name, String jdbcUrl, String user, String password) {
  private static final String JDBC_PREFIX = "jdbc:postgresql:";
  private static final int HIGHEST_PORT = 65_535;
  private static final String FORMS =
      "write jdbc:postgresql://host:5432/database?user=…&password=… or"
          + " postgres://user:password@host:5432/database";

  /** The database cannot be used. The message is one sentence with cause and remedy. */
  public static final class Refused extends Exception {
    Refused(String message) {
      super(message);
    }

    Refused(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** What people call the database of an address: its own name; {@code postgres} without one. */
  public static String nameIn(String address) {
    String path = address.replaceFirst("[?#].*", "").replaceFirst("^.*?//", "");
    String name = path.contains("/") ? path.substring(path.lastIndexOf('/') + 1) : "";
    return name.isBlank() ? "postgres" : name;
  }

  /** The same with this password, where the address held none and there is one. */
  public DatabaseConnection orPassword(@Nullable String other) {
    return password.isEmpty() && other != null
        ? new DatabaseConnection(name, jdbcUrl, user, other)
        : this;
  }

  /**
   * Reads either form of address, {@code jdbc:postgresql://…} or {@code postgres://…}. User and
   * password may stand in it; they are taken out of the URL.
   *
   * @throws Refused when it is neither form, or names no database or no user
   */
  public static DatabaseConnection of(String name, String address) throws Refused {
    boolean jdbc = address.startsWith(JDBC_PREFIX);
    if (!jdbc && !address.startsWith("postgres://") && !address.startsWith("postgresql://")) {
      throw new Refused(
          "database `"
              + name
              + "`: `"
              + withoutSecret(address)
              + "` is no address; "
              + FORMS
              + ".");
    }
    URI uri = parse(name, jdbc ? address.substring("jdbc:".length()) : address);
    String path = uri.getPath() == null ? "" : uri.getPath();
    if (uri.getPort() == 0 || uri.getPort() > HIGHEST_PORT) {
      throw new Refused(
          "database `"
              + name
              + "`: port "
              + uri.getPort()
              + " is none; write one from 1 to "
              + HIGHEST_PORT
              + ", usually 5432.");
    }
    if (uri.getHost() == null || path.length() < 2) {
      throw new Refused(
          "database `"
              + name
              + "`: `"
              + withoutSecret(address)
              + "` lacks a host or a database; "
              + FORMS
              + ".");
    }
    var login = new Login();
    login.takeUserInfo(uri.getRawUserInfo());
    String rest = login.takeParameters(uri.getRawQuery());
    if (login.user.isEmpty()) {
      throw new Refused(
          "database `"
              + name
              + "`: `"
              + withoutSecret(address)
              + "` names no user; "
              + FORMS
              + ".");
    }
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    String url = "jdbc:postgresql://" + uri.getHost() + port + uri.getRawPath() + rest;
    return new DatabaseConnection(name, url, login.user, login.password);
  }

  /** User and password as they are found in the parts of an address. */
  private static final class Login {
    private String user = "";
    private String password = "";

    void takeUserInfo(@org.jspecify.annotations.Nullable String info) {
      if (info == null) {
        return;
      }
      int colon = info.indexOf(':');
      user = decode(colon < 0 ? info : info.substring(0, colon));
      password = colon < 0 ? "" : decode(info.substring(colon + 1));
    }

    /** Takes {@code user} and {@code password}; gives the other parameters back. */
    String takeParameters(@org.jspecify.annotations.Nullable String query) {
      var rest = new StringBuilder();
      for (String parameter : query == null ? new String[0] : query.split("&")) {
        if (parameter.startsWith("user=")) {
          user = decode(parameter.substring("user=".length()));
        } else if (parameter.startsWith("password=")) {
          password = decode(parameter.substring("password=".length()));
        } else if (!parameter.isEmpty()) {
          rest.append(rest.isEmpty() ? '?' : '&').append(parameter);
        }
      }
      return rest.toString();
    }

    private static String decode(String text) {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
  }

  private static URI parse(String name, String text) throws Refused {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new Refused(
          "database `"
              + name
              + "`: `"
              + withoutSecret(text)
              + "` is no address (special characters in a password are written as %xx); "
              + FORMS
              + ".");
    }
  }

  private static String withoutSecret(String address) {
    return address.replaceAll("://.*@", "://…@").replaceAll("password=[^&]*", "password=…");
  }

  /**
   * Connects once and looks whether Hone can work with what is there.
   *
   * @return notices: one sentence each on what is missing and what Hone therefore does not see;
   *     empty when nothing is
   * @throws Refused when no connection can be made
   */
  public List<String> check() throws Refused {
    try (Connection connection = connect("hone", 10)) {
      return Server.of(connection).notices(this);
    } catch (SQLException e) {
      throw new Refused(sentence(e), e);
    }
  }

  /** What an error of the driver means, as one sentence with a remedy. */
  public String sentence(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String place = "database `" + name + "` at " + address();
    return switch (state) {
      case "28P01", "28000" ->
          place
              + " refuses user `"
              + user
              + "`: "
              + plain(e)
              + "; check user and password, and the server's pg_hba.conf.";
      case "3D000" -> place + " does not exist on that server; check the last part of the address.";
      case "08004" ->
          place
              + " lets user `"
              + user
              + "` not in: "
              + plain(e)
              + "; write the password into the address or into PGPASSWORD.";
      case "08001", "08006", "57P03" ->
          isUnknownHost(e)
              ? place + " is not found: no address is known for that host; check its name."
              : place
                  + " does not answer ("
                  + plain(e)
                  + "); check host and port, and that the server is running.";
      case "55P03" ->
          "a table of "
              + place
              + " is locked by another session (see pg_locks); try again when that has ended.";
      case "53300" ->
          place
              + " has no free connection slot; raise `max_connections` or close idle connections.";
      default -> place + " failed: " + plain(e) + ".";
    };
  }

  private static boolean isUnknownHost(SQLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException) {
        return true;
      }
    }
    return false;
  }

  /** The first line of the message, without severity and full stop. */
  public static String plain(SQLException e) {
    String text = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    text = text.startsWith("FATAL: ") || text.startsWith("ERROR: ") ? text.substring(7) : text;
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  /**
   * How Hone's own queries look names up: in the system's catalogue alone, and in temporary tables
   * last. Anybody who may create a function in another schema of the path could otherwise have it
   * executed with Hone's rights (CVE-2018-1058).
   */
  public static final String SEARCH_PATH = "pg_catalog, pg_temp";

  /**
   * A new connection in automatic commit, which looks names up as {@link #SEARCH_PATH} says.
   *
   * @param applicationName shown in pg_stat_activity
   * @param socketTimeoutSeconds how long to wait for an answer; 0 without limit
   */
  public Connection connect(String applicationName, int socketTimeoutSeconds) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("ApplicationName", applicationName);
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("loginTimeout", "8");
    properties.setProperty("socketTimeout", Integer.toString(socketTimeoutSeconds));
    properties.setProperty("tcpKeepAlive", "true");
    // EXPLAIN of a statement with $1 works in the simple protocol alone, where no value is bound.
    properties.setProperty("preferQueryMode", "simple");
    Connection connection = DriverManager.getConnection(jdbcUrl, properties);
    try (Statement sql = connection.createStatement()) {
      sql.execute("SET search_path = " + SEARCH_PATH);
      sql.execute("SET standard_conforming_strings = on");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** The address as people may see it: without the values of parameters that are passwords. */
  public String address() {
    return jdbcUrl.replaceFirst("^jdbc:", "").replaceAll("(?i)([?&][^=&]*password=)[^&]*", "$1…");
  }

  /** Whether the server runs on this machine, as far as the address says. */
  boolean local() {
    String url = jdbcUrl.toLowerCase(Locale.ROOT);
    return url.contains("//localhost") || url.contains("//127.") || url.contains("//[::1]");
  }

  @Override
  public String toString() {
    return "database " + name + " at " + address() + " as " + user;
  }
}
