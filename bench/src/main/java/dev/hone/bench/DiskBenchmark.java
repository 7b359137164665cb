package dev.hone.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code hone bench disk}: bytes a sample of a snapshot, and that nothing is lost in it. */
@Command(
    name = "disk",
    description = "Bytes a sample on disk, index included; every sample is read back.")
final class DiskBenchmark implements Callable<Integer> {
  @ParentCommand private Bench bench = new Bench();
  @Mixin private Peers peers = new Peers();

  @Option(names = "--series", defaultValue = "10000")
  private int series;

  @Option(names = "--samples", defaultValue = "1000", description = "Samples of each series.")
  private int samples;

  @Override
  public Integer call() throws Exception {
    Figures figures = bench.figures();
    Product subject = peers.subject();
    List<Product> others = peers.among("disk", figures, Product.PROMETHEUS);
    for (boolean jittered : new boolean[] {false, true}) {
      String name = jittered ? "disk.jittered" : "disk";
      long now = InstantSource.system().millis() / 10_000 * 10_000;
      var shape = new DataSet.Shape(series, samples, Duration.ofSeconds(10), now, jittered, 1);
      double own = run(subject, shape, name, figures, true);
      for (Product other : others) {
        double theirs = run(other, shape, name, figures, false);
        figures.compare(
            name + ".bytes-per-sample",
            own,
            "bytes",
            new Figures.Peer(other.title(), theirs),
            new Goal("<=0.45"));
      }
    }
    return figures.allHold() ? 0 : 1;
  }

  /** Loads, takes the snapshot, and gives its bytes a sample. */
  private static double run(
      Product product, DataSet.Shape shape, String name, Figures figures, boolean verified)
      throws IOException, InterruptedException {
    try (Server server = Server.start(product);
        Connection connection = server.connect()) {
      Load.send(connection, new DataSet(shape));
      Load.awaitAll(server, connection, shape);
      Path snapshot = server.snapshot();
      double bytes = Costs.diskBytes(snapshot);
      System.err.printf("%s: %,.0f bytes in %s%n", product.id(), bytes, snapshot.getFileName());
      if (verified) {
        exact(name + ".exact", connection, shape, figures);
        try (Server copy = Server.startOn(product, snapshot);
            Connection toCopy = copy.connect()) {
          exact(name + ".exact-from-snapshot", toCopy, shape, figures);
        }
      }
      return bytes / shape.total();
    }
  }

  private static void exact(
      String name, Connection connection, DataSet.Shape shape, Figures figures) throws IOException {
    var reading = new ReadBack(shape);
    double exact = reading.exact(connection);
    reading.first().ifPresent(difference -> System.err.println(name + ": " + difference));
    figures.add(name, exact / shape.total(), "ratio", new Goal(">=1"));
  }
}
