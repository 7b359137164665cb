package dev.hone.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Whom a benchmark compares, and how often. */
final class Peers {
  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "Rounds, interleaved; the median counts.")
  private int rounds;

  @Option(
      names = "--peers",
      split = ",",
      defaultValue = "prometheus,victoria-metrics",
      description = "Compare with these only (${DEFAULT-VALUE}).")
  private List<String> peers = List.of();

  @Option(
      names = "--subject",
      defaultValue = "hone",
      description = "Put another product in Hone's place, to try a benchmark.")
  private String subject = "hone";

  int rounds() {
    return rounds;
  }

  Product subject() {
    return product(subject);
  }

  /** The peers among those that a benchmark knows; one that is not installed is told. */
  List<Product> among(String benchmark, Figures figures, Product... known) throws IOException {
    var found = new ArrayList<Product>();
    for (String id : peers) {
      Product product = product(id);
      if (!List.of(known).contains(product)) {
        continue;
      }
      if (product.missing().isPresent()) {
        figures.skipped(benchmark + "." + id, product.missing().get());
      } else {
        found.add(product);
      }
    }
    return found;
  }

  /** The subject and its peers, beginning with another one each round. */
  static List<Product> order(Product subject, List<Product> peers, int round) {
    var all = new ArrayList<Product>();
    all.add(subject);
    all.addAll(peers);
    java.util.Collections.rotate(all, round);
    return all;
  }

  private static Product product(String id) {
    for (Product product : Product.values()) {
      if (product.id().equals(id)) {
        return product;
      }
    }
    throw new IllegalArgumentException(
        "no product is called `" + id + "`; known are hone, prometheus and victoria-metrics");
  }
}
