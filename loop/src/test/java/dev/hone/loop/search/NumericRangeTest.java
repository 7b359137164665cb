package dev.hone.loop.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.loop.search.NumericRange.Amount;
import dev.hone.loop.search.NumericRange.Factor;
import dev.hone.loop.search.NumericRange.Scale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class NumericRangeTest {
  private static final NumericRange POOL = new NumericRange(1, 256, Scale.LOG, true, new Factor(2));
  private static final NumericRange SHARE =
      new NumericRange(0, 100, Scale.LINEAR, false, new Amount(20));

  @Test
  void aLogRangeMustBeAboveZero() {
    assertThatThrownBy(() -> new NumericRange(0, 10, Scale.LOG, true, new Factor(2)))
        .hasMessage("low end `0.0` of the range has no place on a LOG scale; give one above 0");
  }

  @Test
  void aRangeWithZeroNeedsAStepAsAnAmount() {
    assertThatThrownBy(() -> new NumericRange(0, 10, Scale.LINEAR, true, new Factor(2)))
        .hasMessageContaining("low end `0.0` of the range")
        .hasMessageEndingWith("give the step as an amount");
  }

  @Test
  void aRangeHoldsAtLeastTwoValues() {
    assertThatThrownBy(() -> new NumericRange(10, 10, Scale.LINEAR, true, new Amount(1)))
        .hasMessage("range `10.0` to `10.0` holds no two values; give finite low < high");
    assertThatThrownBy(() -> new NumericRange(1, Double.NaN, Scale.LINEAR, true, new Amount(1)))
        .hasMessageContaining("`NaN`");
    assertThatThrownBy(() -> new NumericRange(0, 1e101, Scale.LINEAR, false, new Amount(1)))
        .hasMessageContaining("too wide or too narrow");
    assertThatThrownBy(() -> new NumericRange(1, 1 + 1e-12, Scale.LOG, false, new Factor(2)))
        .hasMessageContaining("too wide or too narrow");
  }

  @Test
  void aRangeOfWholeValuesEndsAtIntegers() {
    assertThatThrownBy(() -> new NumericRange(0.5, 10, Scale.LINEAR, true, new Amount(1)))
        .hasMessageEndingWith("give integers");
    assertThatThrownBy(() -> new NumericRange(1, 1e17, Scale.LINEAR, true, new Amount(1)))
        .hasMessageContaining("2^53");
  }

  @Test
  void aStepMustLeadSomewhere() {
    assertThatThrownBy(() -> new Factor(1))
        .hasMessage("step factor `1.0` allows no step; give a finite one above 1");
    assertThatThrownBy(() -> new Amount(Double.NaN))
        .hasMessage("step amount `NaN` allows no step; give a finite one above 0");
  }

  @Test
  void textIsPlainDecimalDigits() {
    assertThat(POOL.text(20)).isEqualTo("20");
    assertThat(SHARE.text(0.5)).isEqualTo("0.5");
    assertThat(SHARE.text(-0.0)).isEqualTo("0");
    assertThat(new NumericRange(1, 1e12, Scale.LOG, true, new Factor(2)).text(1e10))
        .isEqualTo("10000000000");
  }

  @Test
  void textIsReadWithItsPlaceValueAndRemedy() {
    assertThat(POOL.parse(" 20.0 ")).isEqualTo(20);
    assertThatThrownBy(() -> POOL.parse("20MB"))
        .hasMessage("knob value `20MB` is not a number; give a decimal number without a unit");
    assertThatThrownBy(() -> POOL.parse("257"))
        .hasMessage(
            "knob value `257` is not in the range `1` to `256`; change the value or the range");
    assertThatThrownBy(() -> POOL.parse("2.5"))
        .hasMessage("knob value `2.5` is not one of the whole numbers `1` to `256`; round it");
  }

  @Test
  void aStepIsBoundedOnBothSidesAndByTheRange() {
    assertThat(POOL.reaches(20, 40)).isTrue();
    assertThat(POOL.reaches(20, 10)).isTrue();
    assertThat(POOL.reaches(20, 41)).isFalse();
    assertThat(POOL.reaches(20, 9)).isFalse();
    assertThat(SHARE.reaches(10, 30)).isTrue();
    assertThat(SHARE.reaches(10, 0)).isTrue();
    assertThat(SHARE.reaches(10, 30.1)).isFalse();
  }

  @Property
  void everyPlaceOnTheAxisIsAValueWhoseTextReadsBack(
      @ForAll @DoubleRange(min = 0, max = 1) double place,
      @ForAll @DoubleRange(min = 0.01, max = 1000) double low,
      @ForAll @DoubleRange(min = 1.01, max = 1000) double ratio) {
    for (Scale scale : Scale.values()) {
      var range = new NumericRange(low, low * ratio, scale, false, new Factor(2));
      double value = range.value(place);
      assertThat(range.contains(value)).isTrue();
      assertThat(range.parse(range.text(value))).isEqualTo(value);
      assertThat(range.position(value)).isBetween(place - 0.05, place + 0.05);
    }
  }

  @Property
  void wholeRangesGiveWholeValues(@ForAll @DoubleRange(min = -1, max = 2) double place) {
    assertThat(POOL.contains(POOL.value(place))).isTrue();
  }
}
