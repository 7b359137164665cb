package dev.hone.demo.pricing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemandTest {
  @Test
  void theSameProductAlwaysGetsTheSameDiscount() {
    Demand demand = new Demand(1_000);
    for (long product = 1; product < 200; product++) {
      assertThat(demand.discount(product))
          .isBetween(0.8, 1.0)
          .isEqualTo(new Demand(1_000).discount(product));
    }
  }

  @Test
  void aDearerEstimateAsksMoreShoppers() {
    assertThat(Demand.costing(20_000_000).shoppers())
        .isGreaterThan(Demand.costing(100_000).shoppers());
  }
}
