package dev.hone.demo.traffic;

import dev.hone.demo.postgres.DataSet;
import java.util.random.RandomGenerator;

/** What visitors of the shop do, and how often. */
enum Scenario {
  CATALOGUE(12, "GET") {
    @Override
    String address(RandomGenerator random) {
      return "/catalogue?category=" + (1 + random.nextInt(DataSet.CATEGORIES));
    }
  },
  SEARCH(8, "GET") {
    @Override
    String address(RandomGenerator random) {
      return "/search?word=" + DataSet.WORDS.get(random.nextInt(DataSet.WORDS.size()));
    }
  },
  PRODUCT(31, "GET") {
    @Override
    String address(RandomGenerator random) {
      return "/product?id=" + product(random);
    }
  },
  BASKET(7, "POST") {
    @Override
    String address(RandomGenerator random) {
      return "/basket?customer=" + customer(random) + "&product=" + product(random);
    }
  },
  ORDER(38, "POST") {
    @Override
    String address(RandomGenerator random) {
      return "/order?customer=" + customer(random) + "&product=" + product(random);
    }
  },
  HISTORY(3, "GET") {
    @Override
    String address(RandomGenerator random) {
      return "/history?customer=" + customer(random);
    }
  },
  FIGURES(1, "GET") {
    @Override
    String address(RandomGenerator random) {
      return "/figures?day=" + DataSet.FIRST_DAY.plusDays(random.nextInt(DataSet.DAYS));
    }
  };

  private static final Scenario[] ALL = values();
  private static final int TOTAL = total();

  private final int weight;
  private final String method;

  Scenario(int weight, String method) {
    this.weight = weight;
    this.method = method;
  }

  /** Draws a scenario by weight. */
  static Scenario draw(RandomGenerator random) {
    int ticket = random.nextInt(TOTAL);
    for (Scenario scenario : ALL) {
      ticket -= scenario.weight;
      if (ticket < 0) {
        return scenario;
      }
    }
    throw new AssertionError("The weights do not add up to " + TOTAL + ".");
  }

  private static int total() {
    int total = 0;
    for (Scenario scenario : ALL) {
      total += scenario.weight;
    }
    return total;
  }

  /** Draws the address of one request. */
  abstract String address(RandomGenerator random);

  /** GET or POST. */
  String method() {
    return method;
  }

  /** The value of the label {@code route}. */
  String route() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  private static int customer(RandomGenerator random) {
    return 1 + random.nextInt(DataSet.CUSTOMERS);
  }

  private static int product(RandomGenerator random) {
    return 1 + random.nextInt(DataSet.PRODUCTS);
  }
}
