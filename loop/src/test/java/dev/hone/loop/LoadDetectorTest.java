package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Another level of the load is noticed once; peaks, noise and the daily rhythm are not. */
class LoadDetectorTest {
  private static final SignalRef LOAD =
      new SignalRef("requests", "1/s", "load", SignalRef.Better.HIGHER);
  private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** What was detected, and when, in minutes since the start. */
  private record Found(long minute, LoopEvent.LoadShifted shift) {}

  /** A load that is a function of the minutes since the start, with noise of a seed. */
  private static Signals load(long seed, double noise, ToDoubleFunction<Long> level) {
    return (signal, from, to) -> {
      double sum = 0;
      long first = Math.floorDiv(Duration.between(START, from).toSeconds(), 60L);
      long last = Math.floorDiv(Duration.between(START, to).toSeconds(), 60L);
      int count = 0;
      for (long minute = first; minute < last; minute++) {
        if (minute >= 0) {
          var random = new SplittableRandom(seed * 1_000_003 + minute);
          random.nextLong();
          sum += level.applyAsDouble(minute) * Math.exp(noise * random.nextGaussian());
          count++;
        }
      }
      return count == 0 ? Signals.Reading.NONE : new Signals.Reading(sum / count, 1);
    };
  }

  private static List<Found> run(Signals signals, Duration length) {
    var detector = new LoadDetector(LOAD, signals, Optional.empty());
    var found = new ArrayList<Found>();
    for (long minute = 0; minute <= length.toMinutes(); minute++) {
      long at = minute;
      detector
          .look(START.plus(MINUTE.multipliedBy(minute)).plusSeconds(7))
          .ifPresent(shift -> found.add(new Found(at, shift)));
    }
    return found;
  }

  private static double daily(double minute) {
    return 100 * (1 + 0.6 * Math.sin(2 * Math.PI * (minute / 1440 - 0.3)));
  }

  @Test
  void anotherLevelIsToldOnceAFewMinutesAfterItBegan() {
    List<Found> up = run(load(1, 0.1, m -> m < 600 ? 100 : 180), Duration.ofDays(2));
    assertThat(up).hasSize(1);
    assertThat(up.getFirst().minute()).isBetween(604L, 610L);
    assertThat(up.getFirst().shift().before()).isBetween(95.0, 105.0);
    assertThat(up.getFirst().shift().after()).isBetween(160.0, 200.0);
    List<Found> down = run(load(2, 0.1, m -> m < 600 ? 100 : 55), Duration.ofDays(2));
    assertThat(down).hasSize(1);
    assertThat(down.getFirst().minute()).isBetween(604L, 610L);
  }

  @Test
  void severalShiftsOnOneDayAreEachTold() {
    ToDoubleFunction<Long> stairs = m -> m < 300 ? 50 : m < 400 ? 100 : m < 500 ? 200 : 100;
    assertThat(run(load(3, 0.1, stairs), Duration.ofHours(12)))
        .extracting(Found::minute)
        .satisfiesExactly(
            m -> assertThat(m).isBetween(304L, 310L),
            m -> assertThat(m).isBetween(404L, 410L),
            m -> assertThat(m).isBetween(504L, 510L));
  }

  @Test
  void peaksOfFourMinutesAndNoiseAreNoShift() {
    for (int seed = 0; seed < 20; seed++) {
      assertThat(run(load(seed, 0.1, m -> m % 90 < 4 ? 300 : 100), Duration.ofDays(2))).isEmpty();
      assertThat(run(load(seed, 0.1, m -> 100), Duration.ofDays(2))).isEmpty();
      assertThat(run(load(seed, 0.4, m -> 100), Duration.ofDays(3))).isEmpty();
    }
  }

  @Test
  void aShiftInNoiseIsFoundEvenWhenItsFirstMinutesAreUnclear() {
    for (int seed = 0; seed < 20; seed++) {
      List<Found> found = run(load(seed, 0.1, m -> m < 600 ? 100 : 170), Duration.ofHours(12));
      assertThat(found).as("seed " + seed).hasSize(1);
      assertThat(found.getFirst().minute()).isBetween(603L, 615L);
    }
  }

  @Test
  void aLoadThatWaversAboutTheBoundIsToldAtMostOnceInHalfAnHour() {
    ToDoubleFunction<Long> wavering = m -> m < 300 ? 100 : m / 10 % 2 == 0 ? 170 : 100;
    List<Found> found = run(load(4, 0.02, wavering), Duration.ofHours(12));
    assertThat(found).isNotEmpty();
    for (int i = 1; i < found.size(); i++) {
      assertThat(found.get(i).minute() - found.get(i - 1).minute()).isGreaterThanOrEqualTo(30);
    }
  }

  @Test
  void theDailyRhythmIsNoShiftHoweverSteepItIs() {
    for (int seed = 0; seed < 5; seed++) {
      var random = new SplittableRandom(seed);
      assertThat(run(load(seed, 0.1, LoadDetectorTest::daily), Duration.ofDays(7)))
          .as("a smooth one")
          .isEmpty();
      var lateness = new int[8];
      for (int day = 0; day < lateness.length; day++) {
        lateness[day] = random.nextInt(-10, 11);
      }
      ToDoubleFunction<Long> office =
          m -> {
            long ofDay = m % 1440 - lateness[(int) (m / 1440)];
            return ofDay >= 540 && ofDay < 1080 ? 300 : 100;
          };
      List<Found> found = run(load(seed, 0.1, office), Duration.ofDays(7));
      assertThat(found).as("steps at nine and six, unknown on the first day only").hasSize(2);
      assertThat(found).allMatch(f -> f.minute() < 1440);
      assertThat(found).noneMatch(f -> f.shift().unusual());
    }
  }

  @Test
  void whatTheDayBeforeDidNotKnowIsToldAndSoIsTheWayBack() {
    ToDoubleFunction<Long> campaign = m -> daily(m) * (m >= 5000 && m < 5200 ? 2 : 1);
    List<Found> found = run(load(5, 0.1, campaign), Duration.ofDays(7));
    assertThat(found)
        .extracting(Found::minute)
        .satisfiesExactly(
            m -> assertThat(m).isBetween(5004L, 5010L), m -> assertThat(m).isBetween(5204L, 5210L));
    assertThat(found.getFirst().shift().unusual()).isTrue();
    assertThat(found.getLast().shift().unusual()).isFalse();
  }

  @Test
  void noDataAndNoLoadAreNoShift() {
    assertThat(run((signal, from, to) -> Signals.Reading.NONE, Duration.ofHours(6))).isEmpty();
    assertThat(run(load(6, 0.1, m -> m < 300 ? 100 : 0), Duration.ofHours(12))).isEmpty();
    assertThat(run(load(6, 0.1, m -> m < 300 ? 100 : Double.NaN), Duration.ofHours(12))).isEmpty();
  }

  @Test
  void samplesThatComeHalfAMinuteLateAreNotMissed() {
    Signals prompt = load(8, 0.1, m -> m < 600 ? 100 : 180);
    var now = new Instant[] {START};
    Signals late =
        (signal, from, to) ->
            to.isAfter(now[0].minusSeconds(30))
                ? Signals.Reading.NONE
                : prompt.read(signal, from, to);
    var detector = new LoadDetector(LOAD, late, Optional.empty());
    int told = 0;
    for (long minute = 0; minute < 700; minute++) {
      now[0] = START.plus(MINUTE.multipliedBy(minute)).plusSeconds(7);
      told += detector.look(now[0]).isPresent() ? 1 : 0;
    }
    assertThat(told).isEqualTo(1);
  }

  @Test
  void afterARestartAShiftThatIsKnownIsNotToldAgain() {
    Signals signals = load(7, 0.1, m -> m < 600 ? 100 : 180);
    Found first = run(signals, Duration.ofMinutes(620)).getFirst();
    var known =
        new Registry.LoadShift(START.plus(MINUTE.multipliedBy(first.minute())), 100, 180, false);
    var restarted = new LoadDetector(LOAD, signals, Optional.of(known));
    for (long minute = 621; minute < 900; minute++) {
      assertThat(restarted.look(START.plus(MINUTE.multipliedBy(minute)))).isEmpty();
    }
  }
}
