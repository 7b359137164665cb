package dev.hone.demo.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BucketsTest {
  @Test
  void reachFromHalfAMillisecondToAMinuteInStepsOfFifteenPercent() {
    double[] bounds = Buckets.seconds();
    assertThat(bounds[0]).isEqualTo(0.0005);
    assertThat(bounds[bounds.length - 1]).isBetween(60.0, 70.0);
    for (int i = 1; i < bounds.length; i++) {
      assertThat(bounds[i] / bounds[i - 1]).isCloseTo(1.15, within(0.001));
    }
  }
}
