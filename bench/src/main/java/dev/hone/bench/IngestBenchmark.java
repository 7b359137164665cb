package dev.hone.bench;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code hone bench ingest}: samples per CPU second of the server, over remote-write 1.0. */
@Command(
    name = "ingest",
    description = "Samples taken in per CPU second, and how soon they are visible.")
final class IngestBenchmark implements Callable<Integer> {
  private static final Map<Product, Goal> GOALS =
      Map.of(
          Product.PROMETHEUS, new Goal(">=3.0"),
          Product.VICTORIA_METRICS, new Goal(">=1.0"));

  @ParentCommand private Bench bench = new Bench();
  @Mixin private Peers peers = new Peers();

  @Option(names = "--series", defaultValue = "10000")
  private int series;

  @Option(names = "--samples", defaultValue = "1000", description = "Samples of each series.")
  private int samples;

  /** The runs of one product. */
  private static final class Result {
    private final Runs perCpuSecond = new Runs();
    private final Runs perSecond = new Runs();
    private final Runs visible = new Runs();
    private final Runs resident = new Runs();
  }

  @Override
  public Integer call() throws Exception {
    Figures figures = bench.figures();
    Product subject = peers.subject();
    List<Product> others =
        peers.among("ingest", figures, Product.PROMETHEUS, Product.VICTORIA_METRICS);
    var results = new EnumMap<Product, Result>(Product.class);
    for (int round = 0; round < peers.rounds(); round++) {
      long now = InstantSource.system().millis() / 10_000 * 10_000;
      var shape = new DataSet.Shape(series, samples, Duration.ofSeconds(10), now, false, 1);
      List<byte[]> requests = new DataSet(shape).requests();
      for (Product product : Peers.order(subject, others, round)) {
        run(product, shape, requests, results.computeIfAbsent(product, p -> new Result()));
      }
    }
    Result own = results.getOrDefault(subject, new Result());
    figures.add("ingest.visible", own.visible.median(), "s", new Goal("<=1"));
    for (Product other : others) {
      Result peer = results.getOrDefault(other, new Result());
      String name = other.title();
      figures.compare(
          "ingest.cpu",
          own.perCpuSecond.median(),
          "samples/cpu-s",
          new Figures.Peer(name, peer.perCpuSecond.median()),
          GOALS.getOrDefault(other, new Goal(">=1.0")));
      figures.compare(
          "ingest.rate",
          own.perSecond.median(),
          "samples/s",
          new Figures.Peer(name, peer.perSecond.median()));
      figures.compare(
          "ingest.resident",
          own.resident.median(),
          "bytes",
          new Figures.Peer(name, peer.resident.median()));
    }
    return figures.allHold() ? 0 : 1;
  }

  private static void run(
      Product product, DataSet.Shape shape, List<byte[]> requests, Result result)
      throws IOException, InterruptedException {
    try (Server server = Server.start(product);
        Connection connection = server.connect()) {
      Costs costs = server.costs();
      double cpu = costs.cpuSeconds();
      long began = System.nanoTime();
      Load.send(connection, requests);
      double wall = (System.nanoTime() - began) / 1e9;
      double acknowledged = costs.cpuSeconds() - cpu;
      double visible = Load.awaitAll(server, connection, shape);
      double used = costs.cpuSeconds() - cpu;
      result.perCpuSecond.add(shape.total() / used);
      result.perSecond.add(shape.total() / wall);
      result.visible.add(visible);
      result.resident.add(costs.residentBytes());
      System.err.printf(
          "%s: %.2f s of CPU to the last acknowledgement, %.2f until visible; %.2f s wall, visible"
              + " after %.3f s, resident %.0f MiB%n",
          product.id(), acknowledged, used, wall, visible, costs.residentBytes() / (1 << 20));
    }
  }
}
