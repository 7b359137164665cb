package dev.hone.demo;

import dev.hone.demo.child.Child;
import dev.hone.demo.http.Client;
import dev.hone.demo.neighbour.Neighbour;
import dev.hone.demo.postgres.DemoDatabase;
import dev.hone.demo.pricing.Pricing;
import dev.hone.demo.shop.Shop;
import dev.hone.demo.traffic.Traffic;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The system under optimisation: a shop over PostgreSQL, the pricing service it depends on, a noisy
 * neighbour and traffic, each a process of its own on 127.0.0.1.
 *
 * <p>When this process dies without {@link #close}, the others end by themselves ten seconds later.
 */
public final class DemoSystem implements AutoCloseable {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final int SMALL_POOL = 2;
  private static final int AMPLE_POOL = 16;
  private static final int HEAVY_PRICE_MICROS = 24_000;
  private static final int LIGHT_PRICE_MICROS = 400;
  private static final List<String> JVM =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xshare:auto",
          "-Dsun.net.httpserver.nodelay=true",
          "--enable-native-access=ALL-UNNAMED");

  private final DemoOptions options;
  private final Consumer<String> progress;
  private final Deque<Child> started = new ArrayDeque<>();
  private final Map<Role, Long> pids = new EnumMap<>(Role.class);
  private final String shopPassword = password();
  private final String honePassword = password();
  private String jdbcUrl = "";
  private int pricingPort;
  private int shopPort;
  private int trafficPort;

  private DemoSystem(DemoOptions options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /** The processes of the demo. */
  public enum Role {
    /** The web service whose speed is at stake. */
    SHOP,
    /** The service that the shop's product page waits for. */
    PRICING,
    /** The batch process; only with {@link Fault#NOISY_NEIGHBOUR}. */
    NEIGHBOUR,
    /** The visitors. */
    TRAFFIC,
    /** The main process of the embedded PostgreSQL; absent with an external one. */
    POSTMASTER
  }

  /**
   * What the visitors met with, counted from the intended start of each request.
   *
   * @param requests requests that ended, errors included
   * @param errors those without a good answer in time
   * @param p50Ms median in milliseconds
   * @param p95Ms 95th percentile in milliseconds
   * @param p99Ms 99th percentile in milliseconds
   * @param meanMs mean in milliseconds
   */
  public record Summary(
      long requests, long errors, double p50Ms, double p95Ms, double p99Ms, double meanMs) {}

  /**
   * Starts everything and waits until the shop is being visited.
   *
   * @param options how it is to run
   * @param progress told one line a step
   * @throws DemoException when something cannot start; everything started before is stopped
   */
  public static DemoSystem start(DemoOptions options, Consumer<String> progress) {
    DemoSystem system = new DemoSystem(options, progress);
    try {
      system.startAll();
      return system;
    } catch (DemoException e) {
      system.close();
      throw e;
    }
  }

  private void startAll() {
    prepareDirectory();
    long began = System.nanoTime();
    progress.accept("Starting PostgreSQL and loading its data");
    Child database = start(databaseCommand());
    Child pricing = start(pricingCommand());
    Map<String, String> data = await(database);
    jdbcUrl = fact(data, "url");
    if (data.containsKey("pid")) {
      pids.put(Role.POSTMASTER, Long.valueOf(fact(data, "pid")));
    }
    progress.accept(
        "PostgreSQL is ready after %.1f s".formatted((System.nanoTime() - began) / 1e9));
    pricingPort = port(await(pricing));
    pids.put(Role.PRICING, pricing.pid());
    Child shop = start(shopCommand());
    shopPort = port(await(shop));
    pids.put(Role.SHOP, shop.pid());
    progress.accept("The shop is open at " + shopUri());
    if (options.faults().contains(Fault.NOISY_NEIGHBOUR)) {
      Child neighbour = start(command("neighbour", Neighbour.class, 32, List.of(), Map.of()));
      await(neighbour);
      pids.put(Role.NEIGHBOUR, neighbour.pid());
    }
    Child traffic = start(trafficCommand());
    trafficPort = port(await(traffic));
    pids.put(Role.TRAFFIC, traffic.pid());
    progress.accept("Visitors arrive: %.0f a second".formatted(options.requestsPerSecond()));
  }

  private void prepareDirectory() {
    try {
      Files.createDirectories(options.directory());
      Files.delete(Files.createTempFile(options.directory(), "probe", null));
    } catch (IOException e) {
      throw new DemoException(
          "The directory "
              + options.directory()
              + " cannot be written ("
              + e.getMessage()
              + "); choose another one.",
          e);
    }
  }

  private Child.Command databaseCommand() {
    List<String> arguments = new ArrayList<>();
    String external = options.externalDatabase();
    if (external == null) {
      arguments.addAll(
          List.of(
              "--directory", dataDirectory().toString(), "--port", "" + options.databasePort()));
    } else {
      arguments.addAll(List.of("--url", external));
    }
    arguments.addAll(
        List.of(
            "--seed",
            "" + options.seed(),
            "--indexed",
            "" + !options.faults().contains(Fault.MISSING_INDEX)));
    return command(
        "database",
        DemoDatabase.class,
        64,
        arguments,
        Map.of(
            DemoDatabase.ADMIN_PASSWORD,
            password(),
            DemoDatabase.SHOP_PASSWORD,
            shopPassword,
            DemoDatabase.HONE_PASSWORD,
            honePassword));
  }

  private Path dataDirectory() {
    return options.directory().toAbsolutePath().resolve("postgres");
  }

  private Child.Command pricingCommand() {
    boolean heavy = options.faults().contains(Fault.TEMPTING_IDEA);
    return command(
        "pricing",
        Pricing.class,
        64,
        List.of("--micros", "" + (heavy ? HEAVY_PRICE_MICROS : LIGHT_PRICE_MICROS)),
        Map.of());
  }

  private Child.Command shopCommand() {
    boolean small = options.faults().contains(Fault.SMALL_POOL);
    return command(
        "shop",
        Shop.class,
        128,
        List.of(
            "--port",
            "" + options.shopPort(),
            "--database",
            jdbcUrl,
            "--pricing",
            "http://127.0.0.1:" + pricingPort,
            "--pool-size",
            "" + (small ? SMALL_POOL : AMPLE_POOL)),
        Map.of(Shop.PASSWORD, shopPassword));
  }

  private Child.Command trafficCommand() {
    return command(
        "traffic",
        Traffic.class,
        96,
        List.of(
            "--shop",
            shopUri().toString(),
            "--seed",
            "" + options.seed(),
            "--per-minute",
            "" + Math.round(options.requestsPerSecond() * 60)),
        Map.of());
  }

  private static Child.Command command(
      String role,
      Class<?> main,
      int heapMebibytes,
      List<String> arguments,
      Map<String, String> environment) {
    List<String> jvm = new ArrayList<>(JVM);
    jvm.addAll(Client.JVM_OPTIONS);
    jvm.add("-Xmx" + heapMebibytes + "m");
    return new Child.Command(role, main, jvm, arguments, environment);
  }

  private Child start(Child.Command command) {
    try {
      Child child = Child.start(command, options.directory().toAbsolutePath());
      started.push(child);
      return child;
    } catch (IOException e) {
      throw new DemoException(
          "The process `"
              + command.role()
              + "` of the demo cannot be started ("
              + e.getMessage()
              + "); check the limits on processes and memory.",
          e);
    }
  }

  private static Map<String, String> await(Child child) {
    try {
      return child.announcement().get(READY.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new DemoException(String.valueOf(cause.getMessage()), cause);
    } catch (TimeoutException e) {
      throw new DemoException(
          "The process `%s` of the demo was not ready within %d s; the machine is too busy, try again."
              .formatted(child.role(), READY.toSeconds()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoException("The start of the demo was interrupted; start it again.", e);
    }
  }

  private static String fact(Map<String, String> facts, String name) {
    String value = facts.get(name);
    if (value == null) {
      throw new DemoException("A process of the demo did not announce its `" + name + "`.");
    }
    return value;
  }

  private static int port(Map<String, String> facts) {
    return Integer.parseInt(fact(facts, "port"));
  }

  private static String password() {
    SecureRandom random = new SecureRandom();
    return "%016x%016x".formatted(random.nextLong(), random.nextLong());
  }

  /** JDBC address of the shop's database, without user and password. */
  public String jdbcUrl() {
    return jdbcUrl;
  }

  /** The database role for Hone: it may read everything and index the shop's tables. */
  public String honeUser() {
    return "hone";
  }

  /** The password of {@link #honeUser}. */
  public String honePassword() {
    return honePassword;
  }

  /** Address of the shop. */
  public URI shopUri() {
    return uri(shopPort, "");
  }

  /** Address of the shop's metrics in Prometheus' text format. */
  public URI shopMetricsUri() {
    return uri(shopPort, "/metrics");
  }

  /** Address of the traffic's metrics in Prometheus' text format. */
  public URI trafficMetricsUri() {
    return uri(trafficPort, "/metrics");
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** Process ids by role; a role that is not there is absent. */
  public Map<Role, Long> pids() {
    return Map.copyOf(pids);
  }

  /**
   * Asks the traffic what the visitors met with.
   *
   * @param last how far back, 1 s to 15 min, in whole seconds
   * @throws DemoException when the traffic does not answer
   */
  public Summary summary(Duration last) {
    try {
      Client.Reply reply =
          new Client(uri(trafficPort, ""), Duration.ofSeconds(5))
              .send("GET", "/summary?seconds=" + last.toSeconds());
      if (reply.status() != 200) {
        throw new DemoException("The traffic's summary failed: " + reply.body().strip());
      }
      return new com.fasterxml.jackson.databind.ObjectMapper()
          .readValue(reply.body(), Summary.class);
    } catch (IOException e) {
      throw new DemoException(
          "The traffic does not answer (" + e.getMessage() + "); start the demo again.", e);
    }
  }

  /** Stops everything, traffic first and the database last, and deletes the database's data. */
  @Override
  public void close() {
    while (!started.isEmpty()) {
      started.pop().close();
    }
  }
}
