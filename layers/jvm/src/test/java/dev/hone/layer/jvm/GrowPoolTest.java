package dev.hone.layer.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** How far a pool is grown. */
class GrowPoolTest {
  @Test
  void addsSquareRootHeadRoomToTheThreadsThatWantAConnection() {
    assertThat(GrowPool.size(4, 5, 4, 100)).isEqualTo(15);
    assertThat(GrowPool.size(8, 1, 8, 100)).isEqualTo(15);
  }

  @Test
  void growsByAtMostTheStepAndNeverBeyondTheBound() {
    assertThat(GrowPool.size(2, 40, 2, 100)).isEqualTo(8);
    assertThat(GrowPool.size(2, 40, 2, 6)).isEqualTo(6);
    assertThat(GrowPool.size(32, 40, 32, 32)).isEqualTo(32);
  }

  @Property(seed = "7")
  void neverShrinksWhereThereIsRoom(
      @ForAll @DoubleRange(max = 500) double active,
      @ForAll @DoubleRange(min = 0.5, max = 500) double pending,
      @ForAll @IntRange(min = 1, max = 200) int max,
      @ForAll @IntRange(min = 1, max = 400) int bound) {
    int size = GrowPool.size(active, pending, max, bound);
    assertThat(size).isLessThanOrEqualTo(bound).isLessThanOrEqualTo(GrowPool.MAX_STEP * max);
    if (bound > max) {
      assertThat(size).isGreaterThan(max);
    }
  }

  @Test
  void expectsNoMoreThanTheShareOfWaiting() {
    assertThat(GrowPool.expected(2, 6, true).low()).isEqualTo(-0.75);
    assertThat(GrowPool.expected(2, 6, true).high()).isEqualTo(-0.1875);
    assertThat(GrowPool.expected(2, 6, false).low()).isEqualTo(-1);
  }
}
