package dev.hone.bench.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Worlds have the autocorrelation and the deviation that they claim. */
class NoiseTest {
  private static final int LONG = 200_000;

  private static double deviation(double[] path) {
    double mean = Arrays.stream(path).average().orElseThrow();
    return Math.sqrt(Arrays.stream(path).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
  }

  private static double correlation(double[] path, int lag) {
    double mean = Arrays.stream(path).average().orElseThrow();
    double sum = 0;
    for (int i = lag; i < path.length; i++) {
      sum += (path[i] - mean) * (path[i - lag] - mean);
    }
    return sum / (path.length - lag) / Math.pow(deviation(path), 2);
  }

  @Test
  void plainWorldsHaveTheirMemoryAndDeviation() {
    for (World world : SyntheticWorlds.plain()) {
      double[] path = world.draw().path(LONG, new SplittableRandom(1));
      assertThat(deviation(path)).as(world.name()).isCloseTo(0.10, within(0.004));
      for (int lag : new int[] {1, 2, 5}) {
        assertThat(correlation(path, lag))
            .as(world.name())
            .isCloseTo(Math.pow(world.memory(), lag), within(0.02));
      }
    }
  }

  @Test
  void pathsBeginStationary() {
    var random = new SplittableRandom(2);
    double[] firsts =
        random
            .splits(20_000)
            .mapToDouble(r -> new Autoregression(0.95, 0.1).path(1, r)[0])
            .toArray();
    assertThat(deviation(firsts)).isCloseTo(0.1, within(0.003));
  }

  @Test
  void heavyStepsWidenTheTails() {
    double[] path = new Autoregression(0, 0.1, 0.01).path(LONG, new SplittableRandom(3));
    assertThat(deviation(path)).isCloseTo(0.1 * Math.sqrt(1 + 0.01 * 24), within(0.003));
    double far = Arrays.stream(path).filter(v -> Math.abs(v) > 0.4).count() / (double) LONG;
    assertThat(far).isBetween(0.003, 0.006);
  }

  @Test
  void roughWorldsDriftByAFifthADay() {
    double[] day = SyntheticWorlds.rough(0).draw().path(World.DAY, new SplittableRandom(4));
    double[] hours = new double[24];
    for (int h = 0; h < 24; h++) {
      hours[h] = Arrays.stream(day, h * 360, h * 360 + 360).average().orElseThrow();
    }
    double range =
        Arrays.stream(hours).max().orElseThrow() - Arrays.stream(hours).min().orElseThrow();
    assertThat(range).isBetween(2 * Math.log(1.2) - 0.12, 2 * Math.log(1.2) + 0.12);
  }

  @Test
  void jobsTakeHalfOfTheirPeriod() {
    double[] path = SyntheticWorlds.periodic(240).draw().path(24_000, new SplittableRandom(5));
    double[] cycle = new double[24];
    for (int i = 0; i < path.length; i++) {
      cycle[i % 24] += path[i] / 1000;
    }
    assertThat(Arrays.stream(cycle).filter(v -> v > Math.log(1.5) / 2).count()).isEqualTo(12);
    assertThat(correlation(path, 24)).isGreaterThan(0.7);
    assertThat(correlation(path, 12)).isLessThan(-0.7);
  }

  @Test
  void outagesLastMinutes() {
    double[] path = SyntheticWorlds.outages().draw().path(1440, new SplittableRandom(6));
    assertThat(Arrays.stream(path).filter(Double::isNaN).count()).isBetween(6L, 60L);
  }

  @Test
  void runsAreDrawnAfresh() {
    double[] path =
        SyntheticWorlds.plain(0.95).inRunsOf(12).draw().path(LONG, new SplittableRandom(7));
    assertThat(deviation(path)).isCloseTo(0.1, within(0.004));
    assertThat(correlation(path, 12)).isCloseTo(0, within(0.02));
  }

  @Test
  void noiseDependsOnTheSeedAlone() {
    World world = SyntheticWorlds.rough(0.8);
    Noise left = Noise.draw(world, 500, 11);
    Noise right = Noise.draw(world, 500, 11);
    Noise other = Noise.draw(world, 500, 12);
    for (Noise.Part part : Noise.Part.values()) {
      assertThat(left.at(part, 499)).isEqualTo(right.at(part, 499));
      assertThat(left.at(part, 499)).isNotEqualTo(other.at(part, 499));
    }
  }
}
