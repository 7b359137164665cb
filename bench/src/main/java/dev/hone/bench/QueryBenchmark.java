package dev.hone.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code hone bench query}: how long queries take, over HTTP. */
@Command(name = "query", description = "Time of published queries over HTTP.")
final class QueryBenchmark implements Callable<Integer> {
  private static final String LIST = "query-times.txt";
  private static final int LEAST_RUNS = 7;

  @ParentCommand private Bench bench = new Bench();
  @Mixin private Peers peers = new Peers();

  @Option(names = "--warm-up", defaultValue = "5", description = "Runs before the first counts.")
  private int warmUp;

  @Option(
      names = "--data",
      split = ",",
      defaultValue = "small,wide",
      description =
          "small: 10,000 series of 1,000 samples; wide: 200,000 series of 60 samples (${DEFAULT-VALUE}).")
  private List<String> data = List.of();

  /** A query of the list. */
  private record Timed(String name, Query query) {}

  /** A server with the data in it. */
  private record Loaded(Server server, Connection connection) {}

  @Override
  public Integer call() throws Exception {
    Figures figures = bench.figures();
    List<Product> others =
        peers.among("query", figures, Product.PROMETHEUS, Product.VICTORIA_METRICS);
    for (String set : data) {
      long now = InstantSource.system().millis() / 30_000 * 30_000;
      var shape =
          set.equals("small")
              ? new DataSet.Shape(10_000, 1_000, Duration.ofSeconds(10), now, true, 1)
              : new DataSet.Shape(200_000, 60, Duration.ofSeconds(15), now, true, 1);
      measure(set, shape, others, figures);
    }
    return figures.allHold() ? 0 : 1;
  }

  private void measure(String set, DataSet.Shape shape, List<Product> others, Figures figures)
      throws IOException, InterruptedException {
    List<Timed> queries = queries(set, shape);
    var loaded = new EnumMap<Product, Loaded>(Product.class);
    var times = new EnumMap<Product, List<Runs>>(Product.class);
    try {
      for (Product product : Peers.order(peers.subject(), others, 0)) {
        if (!loaded.containsKey(product)) {
          var server = Server.start(product);
          var connection = server.connect();
          loaded.put(product, new Loaded(server, connection));
          Load.send(connection, new DataSet(shape));
          Load.awaitAll(server, connection, shape);
          times.put(product, queries.stream().map(query -> new Runs()).toList());
        }
      }
      int runs = Math.max(LEAST_RUNS, peers.rounds());
      for (int run = -warmUp; run < runs; run++) {
        for (int i = 0; i < queries.size(); i++) {
          for (Product product : Peers.order(peers.subject(), others, run + warmUp)) {
            double millis = once(loaded, product, queries.get(i));
            if (run >= 0) {
              times.getOrDefault(product, List.of()).get(i).add(millis);
            }
          }
        }
      }
      sameSeries(queries, loaded, figures, set);
    } finally {
      for (Loaded one : loaded.values()) {
        one.connection().close();
        one.server().close();
      }
    }
    for (Product other : others) {
      report(set, queries, times, other, figures);
    }
  }

  private static double once(Map<Product, Loaded> loaded, Product product, Timed timed)
      throws IOException {
    Loaded on = loaded.get(product);
    if (on == null) {
      throw new IllegalStateException(product + " was not started");
    }
    String path = timed.query().path(product);
    long began = System.nanoTime();
    Connection.Reply reply = on.connection().get(path);
    double millis = (System.nanoTime() - began) / 1e6;
    if (reply.status() != 200) {
      throw new IOException(product.id() + ": " + timed.name() + ": " + reply.text());
    }
    return millis;
  }

  /** A fast answer counts only when it has the series that Prometheus's answer has. */
  private void sameSeries(
      List<Timed> queries, Map<Product, Loaded> loaded, Figures figures, String set)
      throws IOException {
    Loaded own = loaded.get(peers.subject());
    Loaded theirs = loaded.get(Product.PROMETHEUS);
    if (own == null || theirs == null) {
      return;
    }
    int different = 0;
    for (Timed timed : queries) {
      Answer left = Answer.of(own.connection().get(timed.query().path(peers.subject())));
      Answer right = Answer.of(theirs.connection().get(timed.query().path(Product.PROMETHEUS)));
      var difference = AnswerComparison.difference(right, left, false, 1e-9);
      if (difference.isPresent() && !timed.name().startsWith("top")) {
        different++;
        System.err.println(timed.name() + ": " + difference.get());
      }
    }
    figures.add("query." + set + ".different-answers", different, "queries", new Goal("<=0"));
  }

  private void report(
      String set,
      List<Timed> queries,
      Map<Product, List<Runs>> times,
      Product other,
      Figures figures)
      throws IOException {
    double logarithms = 0;
    String title = other.title();
    for (int i = 0; i < queries.size(); i++) {
      double own = times.getOrDefault(peers.subject(), List.of()).get(i).median();
      double theirs = times.getOrDefault(other, List.of()).get(i).median();
      logarithms += Math.log(own / theirs);
      String name = "query." + set + "." + queries.get(i).name();
      var peer = new Figures.Peer(title, theirs);
      if (other == Product.PROMETHEUS) {
        figures.compare(name, own, "ms", peer, new Goal("<=0.6"));
      } else {
        figures.compare(name, own, "ms", peer);
      }
    }
    double mean = Math.exp(logarithms / queries.size());
    String name = "query." + set + ".geometric-mean-to-" + other.id();
    if (other == Product.VICTORIA_METRICS) {
      figures.add(name, mean, "ratio", new Goal("<=1.0"));
    } else {
      figures.report(name, mean, "ratio");
    }
  }

  /** The queries of the list that belong to a data set. */
  private static List<Timed> queries(String set, DataSet.Shape shape) throws IOException {
    try (InputStream in = QueryBenchmark.class.getResourceAsStream(LIST)) {
      if (in == null) {
        throw new IOException("the list " + LIST + " is missing in the jar; build again");
      }
      var queries = new ArrayList<Timed>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        String[] fields = line.strip().split("\\s+", 5);
        if (fields[0].equals(set)) {
          long step = Long.parseLong(fields[3]) * 1000;
          long start = shape.end() - Long.parseLong(fields[2]) * 1000;
          queries.add(new Timed(fields[1], new Query(fields[4], start, shape.end(), step)));
        }
      }
      return queries;
    }
  }
}
