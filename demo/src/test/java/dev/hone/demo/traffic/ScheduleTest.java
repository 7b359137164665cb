package dev.hone.demo.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private static long[] times(long seed, int count) {
    Schedule schedule = new Schedule(random(seed), 100);
    return LongStream.generate(schedule::next).limit(count).toArray();
  }

  @Test
  void theSameSeedGivesTheSameTimes() {
    assertThat(times(3, 5_000)).isEqualTo(times(3, 5_000)).isSorted();
  }

  @Test
  void anotherSeedGivesOtherTimes() {
    assertThat(times(3, 50)).isNotEqualTo(times(4, 50));
  }

  @Test
  void gapsHaveTheMeanAndTheSpreadOfAPoissonProcess() {
    long[] times = times(11, 50_000);
    double mean = times[times.length - 1] / (double) times.length;
    double squares = 0;
    for (int i = 1; i < times.length; i++) {
      squares += Math.pow(times[i] - times[i - 1] - mean, 2);
    }
    assertThat(mean).isCloseTo(1e7, within(2e5));
    assertThat(Math.sqrt(squares / times.length)).isCloseTo(1e7, within(3e5));
  }

  @Test
  void scenariosComeByTheirWeights() {
    RandomGenerator random = random(5);
    Map<Scenario, Integer> drawn = new EnumMap<>(Scenario.class);
    for (int i = 0; i < 100_000; i++) {
      drawn.merge(Scenario.draw(random), 1, Integer::sum);
    }
    assertThat(drawn).containsOnlyKeys(Scenario.values());
    assertThat(drawn.getOrDefault(Scenario.PRODUCT, 0) / 1e5).isCloseTo(0.31, within(0.02));
    assertThat(drawn.getOrDefault(Scenario.HISTORY, 0) / 1e5).isCloseTo(0.03, within(0.005));
  }
}
