package dev.hone.loop.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SearchTest {
  private static final NumericRange POOL =
      new NumericRange(1, 256, NumericRange.Scale.LOG, true, new NumericRange.Factor(2));

  private final List<Observation> history = new ArrayList<>();

  private void saw(double value, double reference, double effect, double error, double margin) {
    history.add(
        new Observation(
            value,
            reference,
            effect,
            error,
            margin,
            Instant.EPOCH.plusSeconds(3600L * history.size())));
  }

  private void saw(double value, double reference, double effect) {
    saw(value, reference, effect, 0.02, Double.NaN);
  }

  private Next next(Direction hint, double incumbent) {
    return new Search(hint, 200).next(POOL, incumbent, history, 0.02, new SplittableRandom(1));
  }

  private Next.Try attempt(double incumbent) {
    Next next = next(Direction.UNKNOWN, incumbent);
    assertThat(next).isInstanceOf(Next.Try.class);
    return (Next.Try) next;
  }

  private Next.Stop stop(double incumbent) {
    Next next = next(Direction.UNKNOWN, incumbent);
    assertThat(next).isInstanceOf(Next.Stop.class);
    return (Next.Stop) next;
  }

  @Test
  void theFirstStepGoesWhereTheHintPointsAndNotTheWholeWay() {
    assertThat(((Next.Try) next(Direction.UP, 20)).value()).isBetween(25.0, 31.0);
    assertThat(((Next.Try) next(Direction.DOWN, 20)).value()).isBetween(13.0, 16.0);
  }

  @Test
  void withoutAHintItGoesTowardsTheWiderSide() {
    assertThat(attempt(4).value()).isGreaterThan(4);
    assertThat(attempt(128).value()).isLessThan(128);
  }

  @Test
  void afterASuccessTheStepGrows() {
    saw(28, 20, -0.2);
    assertThat(attempt(28).value()).isGreaterThan(28 * 28 / 20.0);
  }

  @Test
  void afterAFailureItTurnsRoundWithAShorterStep() {
    saw(28, 20, 0.1);
    assertThat(attempt(20).value()).isLessThan(20).isGreaterThan(20 * 20 / 28.0);
  }

  @Test
  void aTrialThatEndedBeforeItMeasuredCountsAsAFailure() {
    saw(28, 20, Double.NaN, Double.POSITIVE_INFINITY, 0.4);
    assertThat(attempt(20).value()).isLessThan(20);
  }

  @Test
  void itStopsWhenTheBudgetIsSpent() {
    saw(28, 20, -0.2);
    saw(50, 28, -0.2);
    assertThat(new Search(Direction.UP, 2).next(POOL, 50, history, 0.02, new SplittableRandom(1)))
        .isEqualTo(new Next.Stop(Next.Reason.BUDGET, "all 2 trials of the budget have been made"));
  }

  @Test
  void itStopsWhereNothingIsLeftToTry() {
    saw(2, 1, 0.1);
    assertThat(stop(1).reason()).isEqualTo(Next.Reason.EXHAUSTED);
  }

  @Test
  void itStopsWhereTheKnobDoesNothing() {
    saw(28, 20, 0.004);
    saw(14, 20, -0.003);
    saw(40, 20, 0.002);
    saw(10, 20, 0.003);
    Next.Stop stop = stop(20);
    assertThat(stop.reason()).isEqualTo(Next.Reason.GAIN_TOO_SMALL);
    assertThat(stop.why()).endsWith("less than the least worthwhile 2.00 %");
  }

  @Test
  void itStopsWhereNoValueIsSafe() {
    saw(19, 20, -0.1, 0.02, -0.01);
    saw(21, 20, -0.1, 0.02, -0.01);
    saw(10, 20, -0.1, 0.02, -0.01);
    saw(40, 20, -0.1, 0.02, -0.01);
    assertThat(stop(20).reason()).isEqualTo(Next.Reason.UNSAFE);
  }

  @Test
  void aRisingGuardrailShortensTheStepBeforeItBreaks() {
    saw(14, 10, -0.2, 0.02, -0.9);
    saw(20, 14, -0.2, 0.02, -0.5);
    assertThat(attempt(20).value()).isLessThan(32);
    history.clear();
    saw(14, 10, -0.2, 0.02, -1.9);
    saw(20, 14, -0.2, 0.02, -1.8);
    assertThat(attempt(20).value()).isGreaterThan(35);
  }

  @Test
  void aViolationIsRememberedHoweverManyTrialsFollow() {
    saw(24, 20, -0.5, 0.02, 0.2);
    for (int i = 0; i < 100; i++) {
      saw(20 - 0.05 * i, 20, -0.001 * i, 0.02, -1);
    }
    assertThat(attempt(20).value()).isLessThan(24);
  }

  @Test
  void aLuckyWinnerIsShrunk() {
    saw(24, 20, -0.15, 0.1, Double.NaN);
    Normal effect = new EffectModel(POOL, 20, history).effect(24);
    assertThat(effect.mean()).isBetween(-0.05, -0.001);
  }

  @Test
  void observationsAgainstDifferentIncumbentsAreJoined() {
    saw(20, 10, -0.3);
    saw(40, 20, -0.2);
    saw(80, 40, 0.1);
    Normal effect = new EffectModel(POOL, 10, history).effect(40);
    assertThat(effect.mean()).isBetween(-0.52, -0.45);
    assertThat(effect.deviation()).isLessThan(0.05);
  }

  @Test
  void theMoreUncertainAValueTheMoreOfItsGainIsTakenOff() {
    double sure = new Normal(-0.1, 0.1).improvementWhenKept(0.03, Observation.Z95 * 0.03);
    double vague = new Normal(-0.1, 0.4).improvementWhenKept(0.03, Observation.Z95 * 0.03);
    assertThat(vague - Search.worth(new Normal(-0.1, 0.4), 0.03))
        .isGreaterThan(2 * (sure - Search.worth(new Normal(-0.1, 0.1), 0.03)))
        .isPositive();
  }

  @Test
  void aSearchOpenedAnewForgetsEffectsButNoViolation() {
    saw(28, 20, 0.1, 0.02, 0.3);
    saw(15, 20, 0.1, 0.02, -1);
    history.replaceAll(Observation::withoutEffect);
    assertThat(Candidates.of(POOL, 20, history, 0.02)).contains(15.0, 27.0).doesNotContain(28.0);
  }

  @Test
  void theModelFindsTheValleyBetweenTwoEqualSlopes() {
    saw(40, 20, 0.01);
    saw(10, 20, 0.76);
    saw(14, 20, 0.29);
    saw(56, 40, 0.28);
    assertThat(attempt(20).value()).isBetween(24.0, 33.0);
  }

  @Test
  void aValueInForceOutsideTheRangeIsAnError() {
    assertThatThrownBy(() -> next(Direction.UP, 300))
        .hasMessage(
            "value in force `300` is not in the range `1` to `256`; change the value or the range");
    assertThatThrownBy(
            () ->
                new Search(Direction.UP, 5).next(POOL, 3, List.of(), 1.5, new SplittableRandom(1)))
        .hasMessage("least worthwhile gain `1.5` is not a share; give 0.02 for 2 %");
    assertThatThrownBy(() -> new Search(Direction.UP, 0)).hasMessageContaining("budget `0`");
  }

  @Test
  void anObservationWithoutAnErrorIsAnError() {
    assertThatThrownBy(() -> new Observation(2, 1, 0, 0, 0, Instant.EPOCH))
        .hasMessageStartingWith("standard error `0.0` of the observation of `2.0`");
    assertThatThrownBy(() -> new Observation(2, 1, Double.NaN, 0.1, 0, Instant.EPOCH))
        .hasMessageContaining("effect `NaN`");
    assertThatThrownBy(() -> new Observation(Double.NaN, 1, 0, 0.1, 0, Instant.EPOCH))
        .hasMessageContaining("give finite numbers");
  }

  @Test
  void aModelIsFittedToTheSixtyMostTellingObservations() {
    for (int i = 0; i < 70; i++) {
      saw(21, 20, 0.01, i < 10 ? 0.5 : 0.02, Double.NaN);
    }
    List<Evidence.Item> kept = Evidence.of(history, Observation::measured);
    assertThat(kept).hasSize(60).allMatch(i -> i.observation().error() < 0.1);
  }
}
