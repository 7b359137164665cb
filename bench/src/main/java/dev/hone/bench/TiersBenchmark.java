package dev.hone.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * {@code hone bench tiers}: a year of samples. First samples and tiers are kept the whole year, to
 * see what the tiers add; then samples older than eight days are dropped, and queries over the year
 * are answered from tiers, while Prometheus has all samples.
 */
@Command(
    name = "tiers",
    description = "Queries over a year from tiers, and what tiers add on disk.")
final class TiersBenchmark implements Callable<Integer> {
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final int STRETCH = 400;
  private static final Duration SETTLED = Duration.ofSeconds(130);
  private static final int LEAST_RUNS = 5;

  private static final List<String> WINDOWS =
      List.of(
          "sum by (zone) (rate(hb_requests_total_000[%s]))",
          "increase(hb_busy_seconds_total_000[%s])",
          "avg_over_time(hb_celsius_000[%s])",
          "max by (instance) (max_over_time(hb_celsius_000[%s]))",
          "min_over_time(hb_queue_depth_000[%s])",
          "sum(count_over_time({__name__=~\"hb_.+\"}[%s]))",
          "stddev_over_time(hb_celsius_000[%s])",
          "sum_over_time(hb_queue_depth_000[%s])",
          "resets(hb_requests_total_000[%s])",
          "last_over_time(hb_celsius_000[%s])");

  @ParentCommand private Bench bench = new Bench();
  @Mixin private Peers peers = new Peers();

  @Option(names = "--series", defaultValue = "24")
  private int series;

  @Option(names = "--days", defaultValue = "365")
  private int days;

  @Option(names = "--step", defaultValue = "15", description = "Seconds between samples.")
  private int step;

  private record Timed(String name, Query query) {}

  @Override
  public Integer call() throws Exception {
    Figures figures = bench.figures();
    List<Product> others = peers.among("tiers", figures, Product.PROMETHEUS);
    long now = InstantSource.system().millis() / 60_000 * 60_000;
    int samples = (int) (days * DAY / (step * 1000L)) + 1;
    var shape = new DataSet.Shape(series, samples, Duration.ofSeconds(step), now, true, 1);
    try (Server own = Server.start(Product.HONE)) {
      restart(own, "400d");
      send(own, shape);
      settle(own);
      disk(own, figures);
      restart(own, "8d");
      settle(own);
      kept(own, figures);
      for (Product other : others) {
        try (Server theirs = Server.start(other)) {
          send(theirs, shape);
          compare(own, theirs, figures, now);
        }
      }
    }
    return figures.allHold() ? 0 : 1;
  }

  /** Starts Hone again with another time for which raw samples are kept. */
  private static void restart(Server server, String raw) throws IOException, InterruptedException {
    server.configure(
        "hone.yaml",
        """
        metrics:
          sync: second
          outOfOrder: %s
          retention: {raw: %s, fiveMinutes: %s, hourly: 400d, daily: 400d}
        """
            .formatted(raw, raw, raw));
    server.kill();
    server.restart();
  }

  private static void send(Server server, DataSet.Shape shape) throws IOException {
    var data = new DataSet(shape);
    var encoder = new RemoteWrite();
    long began = System.nanoTime();
    try (Connection connection = server.connect()) {
      for (int sample = 0; sample < shape.samples(); sample += STRETCH) {
        byte[] request = data.request(encoder, STRETCH);
        connection.post(RemoteWrite.PATH, RemoteWrite.HEADERS, request).accepted();
      }
    }
    System.err.printf(
        "%s: %,d samples in %.0f s%n",
        server.product().id(), shape.total(), (System.nanoTime() - began) / 1e9);
  }

  /** Waits until nothing is moved between blocks any more. */
  private static void settle(Server server) throws IOException, InterruptedException {
    List<String> before = List.of();
    long since = System.nanoTime();
    while (System.nanoTime() - since < SETTLED.toNanos()) {
      TimeUnit.SECONDS.sleep(2);
      List<String> names = blocks(server).stream().map(Path::toString).toList();
      if (!names.equals(before)) {
        before = names;
        since = System.nanoTime();
      }
    }
  }

  private static List<Path> blocks(Server server) throws IOException {
    try (Stream<Path> folders = Files.list(server.storage().resolve("blocks"))) {
      return folders.sorted().toList();
    }
  }

  /** Bytes by what comes before the times in the names of blocks. */
  private static Map<String, Long> bytes(Server server) throws IOException {
    var bytes = new TreeMap<String, Long>();
    for (Path block : blocks(server)) {
      String name = String.valueOf(block.getFileName());
      String kind = name.startsWith("tier-") ? name.split("-")[1] : "raw";
      bytes.merge(kind, Costs.diskBytes(block), Long::sum);
    }
    return bytes;
  }

  private static void disk(Server server, Figures figures) throws IOException {
    Map<String, Long> bytes = bytes(server);
    double raw = bytes.getOrDefault("raw", 0L);
    double tiers = 0;
    for (var kind : bytes.entrySet()) {
      if (!kind.getKey().equals("raw")) {
        tiers += kind.getValue();
        figures.report("tiers.disk.of-" + kind.getKey() + "-s", kind.getValue() / raw, "ratio");
      }
    }
    System.err.println("all of the time as samples and as tiers: " + bytes);
    figures.add("tiers.disk.added", tiers / raw, "ratio", new Goal("<=0.10"));
  }

  private static void kept(Server server, Figures figures) throws IOException {
    Map<String, Long> bytes = bytes(server);
    System.err.println("samples of eight days, tiers of all of the time: " + bytes);
    for (var kind : bytes.entrySet()) {
      figures.report("tiers.disk.kept-" + kind.getKey(), kind.getValue(), "bytes");
    }
  }

  private List<Timed> queries(long now) {
    var queries = new ArrayList<Timed>();
    long day = Math.floorDiv(now, DAY) * DAY;
    long hour = Math.floorDiv(now, HOUR) * HOUR;
    for (String text : WINDOWS) {
      String name = text.substring(0, text.indexOf("hb_")).replaceAll("[^a-z_]+", "-");
      name = name.replaceAll("-?(name__|_+)?-?$", "");
      queries.add(
          new Timed(
              "year." + name, new Query(text.formatted("1d"), day - (days - 2) * DAY, day, DAY)));
      queries.add(
          new Timed(
              "month." + name,
              new Query(text.formatted("1h"), hour - Math.min(days - 2, 30) * DAY, hour, HOUR)));
    }
    queries.add(
        new Timed("year.values", new Query("hb_celsius_000", day - (days - 2) * DAY, day, DAY)));
    return queries;
  }

  private void compare(Server own, Server theirs, Figures figures, long now)
      throws IOException, InterruptedException {
    int different = 0;
    Product other = theirs.product();
    try (Connection mine = own.connect();
        Connection peer = theirs.connect()) {
      for (Timed timed : queries(now)) {
        var ours = new Runs();
        var others = new Runs();
        Answer left = Answer.of(mine.get(timed.query().path(Product.HONE)));
        Answer right = Answer.of(peer.get(timed.query().path(other)));
        var difference = AnswerComparison.difference(right, left, false, 1e-9);
        if (difference.isPresent() || right.series().isEmpty()) {
          different++;
          System.err.println(timed.name() + ": " + difference.orElse("no series"));
        }
        for (int run = 0; run < Math.max(LEAST_RUNS, peers.rounds()); run++) {
          ours.add(millis(mine, timed.query().path(Product.HONE)));
          others.add(millis(peer, timed.query().path(other)));
        }
        var beside = new Figures.Peer(other.title(), others.median());
        String name = "tiers." + timed.name();
        if (timed.name().startsWith("year")) {
          figures.compare(name, ours.median(), "ms", beside, new Goal("<=0.05"));
        } else {
          figures.compare(name, ours.median(), "ms", beside);
        }
      }
    }
    figures.add("tiers.different-answers", different, "queries", new Goal("<=0"));
  }

  private static double millis(Connection connection, String path) throws IOException {
    long began = System.nanoTime();
    Connection.Reply reply = connection.get(path);
    if (reply.status() != 200) {
      throw new IOException(path + ": " + reply.text());
    }
    return (System.nanoTime() - began) / 1e6;
  }
}
