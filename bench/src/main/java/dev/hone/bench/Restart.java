package dev.hone.bench;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;

/**
 * What a start after {@code kill -9} costs: seconds until every series can be queried, and the most
 * memory until then beside what was resident before.
 */
final class Restart {
  private static final int SERIES = 10_000;
  private static final int SAMPLES = 500;

  private Restart() {}

  /** The runs of one product. */
  private static final class Result {
    private final Runs seconds = new Runs();
    private final Runs memory = new Runs();
  }

  static void run(Peers peers, Figures figures) throws IOException, InterruptedException {
    List<Product> others = peers.among("durability", figures, Product.PROMETHEUS);
    var results = new EnumMap<Product, Result>(Product.class);
    for (int round = 0; round < peers.rounds(); round++) {
      for (Product product : Peers.order(peers.subject(), others, round)) {
        once(product, results.computeIfAbsent(product, p -> new Result()));
      }
    }
    Result own = results.getOrDefault(peers.subject(), new Result());
    for (Product other : others) {
      Result theirs = results.getOrDefault(other, new Result());
      figures.compare(
          "durability.restart",
          own.seconds.median(),
          "s",
          new Figures.Peer(other.title(), theirs.seconds.median()));
      figures.compare(
          "durability.restart-memory",
          own.memory.median(),
          "of the memory before",
          new Figures.Peer(other.title(), theirs.memory.median()));
    }
  }

  private static void once(Product product, Result result)
      throws IOException, InterruptedException {
    long now = InstantSource.system().millis() / 10_000 * 10_000;
    var shape = new DataSet.Shape(SERIES, SAMPLES, Duration.ofSeconds(10), now, true, 1);
    try (Server server = Server.start(product)) {
      try (Connection connection = server.connect()) {
        Load.send(connection, new DataSet(shape));
        Load.awaitAll(server, connection, shape);
      }
      double before = server.costs().residentBytes();
      long log = Costs.diskBytes(server.storage());
      server.kill();
      long began = System.nanoTime();
      server.restart();
      try (Connection connection = server.connect()) {
        Load.awaitAll(server, connection, shape);
      }
      double seconds = (System.nanoTime() - began) / 1e9;
      result.seconds.add(seconds);
      result.memory.add(server.costs().peakBytes() / before);
      System.err.printf(
          "%s: %.2f s to start on %.0f MiB; resident %.0f MiB before, at most %.0f MiB after%n",
          product.id(),
          seconds,
          log / 1048576.0,
          before / 1048576.0,
          server.costs().peakBytes() / 1048576.0);
    }
  }
}
