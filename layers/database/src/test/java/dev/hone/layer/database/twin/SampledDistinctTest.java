package dev.hone.layer.database.twin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SampledDistinctTest {
  private static final int SAMPLED = 3_000;
  private static final int PAGES = 11_000;
  private static final int ROWS_PER_PAGE = 50;
  private static final int ROWS = PAGES * ROWS_PER_PAGE;

  /**
   * ANALYZE's estimate of a column in which each value fills so many rows side by side.
   *
   * @param valueOf the value in each row
   */
  private static double estimate(int[] valueOf, SplittableRandom random) {
    var pages = new boolean[PAGES];
    for (int chosen = 0; chosen < SAMPLED; ) {
      int page = random.nextInt(PAGES);
      chosen += pages[page] ? 0 : 1;
      pages[page] = true;
    }
    Map<Integer, Integer> times = new HashMap<>();
    int left = SAMPLED;
    int open = SAMPLED * ROWS_PER_PAGE;
    for (int row = 0; row < ROWS; row++) {
      if (pages[row / ROWS_PER_PAGE]) {
        if (random.nextInt(open--) < left) {
          left--;
          times.merge(valueOf[row], 1, Integer::sum);
        }
      }
    }
    double once = times.values().stream().filter(each -> each == 1).count();
    double met = times.size();
    return SAMPLED * met / (SAMPLED - once + once * SAMPLED / ROWS);
  }

  /** Values in the order of the rows; each fills as many, or from one to twice as many. */
  private static int[] values(int rowsPerValue, boolean even, SplittableRandom random) {
    var values = new int[ROWS];
    int value = 0;
    for (int row = 0; row < ROWS; value++) {
      int end = row + (even ? rowsPerValue : 1 + random.nextInt(2 * rowsPerValue - 1));
      while (row < Math.min(end, ROWS)) {
        values[row++] = value;
      }
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({"2, true", "4, true", "20, true", "2, false", "4, false", "7, false", "20, false"})
  void valuesSideBySideAreNearlyAllCounted(int rowsPerValue, boolean even) {
    var random = new SplittableRandom(5);
    int[] values = values(rowsPerValue, even, random);
    double real = values[ROWS - 1] + 1.0;
    double estimate = estimate(values, random);
    double likely = SampledDistinct.of(estimate, ROWS, PAGES, SAMPLED, 1);
    assertThat(estimate).isLessThan(0.5 * real);
    assertThat(likely / real).isCloseTo(1, within(0.3));
  }

  /** Values in any order; some come more often than others, as lines of orders do. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 10, 40})
  void valuesInAnyOrderAreMoreThanEstimatedWhereSomeComeMoreOften(int rowsPerValue) {
    var random = new SplittableRandom(7);
    int[] values = values(rowsPerValue, false, random);
    double real = values[ROWS - 1] + 1.0;
    for (int row = ROWS - 1; row > 0; row--) {
      int other = random.nextInt(row + 1);
      int moved = values[row];
      values[row] = values[other];
      values[other] = moved;
    }
    double estimate = estimate(values, random);
    double likely = SampledDistinct.of(estimate, ROWS, PAGES, SAMPLED, 0);
    assertThat(likely).isBetween(estimate, 1.05 * real);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 5, 100, ROWS})
  void valuesThatAllWereMetAndUniqueOnesStay(double estimate) {
    assertThat(SampledDistinct.of(estimate, ROWS, PAGES, SAMPLED, 0))
        .isCloseTo(estimate, within(estimate * 0.01));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 5, 700, 1_500})
  void fewValuesStayAsTheyAreEstimated(double estimate) {
    assertThat(SampledDistinct.of(estimate, ROWS, PAGES, SAMPLED, 1)).isEqualTo(estimate);
  }

  @ParameterizedTest
  @ValueSource(doubles = {3_000, 20_000, 300_000, ROWS})
  void itIsNeverLessThanTheEstimateNorMoreThanTheRows(double estimate) {
    assertThat(SampledDistinct.of(estimate, ROWS, PAGES, SAMPLED, -1))
        .isBetween(estimate, (double) ROWS);
    assertThat(SampledDistinct.of(estimate, ROWS, SAMPLED, SAMPLED, 1))
        .isBetween(estimate, 1.12 * estimate);
    assertThat(SampledDistinct.of(estimate, ROWS, PAGES, ROWS, 1)).isEqualTo(estimate);
  }
}
