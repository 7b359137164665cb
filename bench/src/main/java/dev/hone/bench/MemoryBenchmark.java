package dev.hone.bench;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code hone bench memory}: what many active series cost. */
@Command(name = "memory", description = "Resident memory with many active series.")
final class MemoryBenchmark implements Callable<Integer> {
  @ParentCommand private Bench bench = new Bench();
  @Mixin private Peers peers = new Peers();

  @Option(names = "--series", defaultValue = "500000")
  private int series;

  @Option(names = "--samples", defaultValue = "20", description = "Samples of each series.")
  private int samples;

  /** Bytes of one server. */
  private record Resident(double steady, double peak) {}

  @Override
  public Integer call() throws Exception {
    Figures figures = bench.figures();
    List<Product> others = peers.among("memory", figures, Product.PROMETHEUS);
    Resident own = run(peers.subject());
    for (Product other : others) {
      Resident theirs = run(other);
      var goal = new Goal("<=1.0");
      var steady = new Figures.Peer(other.title(), theirs.steady());
      figures.compare("memory.resident", own.steady(), "bytes", steady, goal);
      var peak = new Figures.Peer(other.title(), theirs.peak());
      figures.compare("memory.peak", own.peak(), "bytes", peak, goal);
    }
    return figures.allHold() ? 0 : 1;
  }

  private Resident run(Product product) throws IOException, InterruptedException {
    long now = InstantSource.system().millis() / 15_000 * 15_000;
    var shape = new DataSet.Shape(series, samples, Duration.ofSeconds(15), now, true, 1);
    try (Server server = Server.start(product);
        Connection connection = server.connect()) {
      Load.send(connection, new DataSet(shape));
      Load.awaitAll(server, connection, shape);
      Costs costs = server.costs();
      var resident = new Resident(costs.residentBytes(), costs.peakBytes());
      System.err.printf(
          "%s: resident %.0f MiB, at most %.0f MiB%n",
          product.id(), resident.steady() / (1 << 20), resident.peak() / (1 << 20));
      return resident;
    }
  }
}
