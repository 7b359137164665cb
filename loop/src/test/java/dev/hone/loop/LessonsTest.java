package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is learnt from loops, and what stands first because of it. */
class LessonsTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  static LoopSummary tried(String id, String context, boolean kept, double effect, Instant at) {
    return new LoopSummary(
        id,
        kept ? LoopState.KEPT : LoopState.ROLLED_BACK,
        at,
        kept ? at : Instant.EPOCH,
        "host",
        "turn",
        context,
        "f",
        "thing k",
        "knob",
        false,
        effect,
        effect - 0.02,
        effect + 0.02,
        kept ? 40 : 1,
        kept ? Verdict.Decision.KEEP : Verdict.Decision.INCONCLUSIVE,
        true);
  }

  @Test
  void whatWasNeverTriedIsWorthItsPromiseWithAnEvenChance() {
    Lessons.Lesson lesson = Lessons.of(List.of(), NOW).of("turn", "c", 0.3);
    assertThat(lesson.chance()).isEqualTo(0.5);
    assertThat(lesson.effect()).isEqualTo(0.3);
    assertThat(lesson.weight()).isZero();
  }

  @Test
  void chanceAndEffectMoveFromThePromiseToWhatWasSeen() {
    var loops = new ArrayList<LoopSummary>();
    for (int i = 0; i < 40; i++) {
      loops.add(tried("l" + i, "c", i % 4 != 0, -0.1, NOW));
    }
    Lessons.Lesson lesson = Lessons.of(loops, NOW).of("turn", "c", 0.5);
    assertThat(lesson.chance()).isCloseTo(32.0 / 44, offset(1e-9));
    assertThat(lesson.chanceLow()).isBetween(0.55, lesson.chance());
    double shrunk = -(Math.log(0.9) + Math.log(0.92)) / 2;
    assertThat(lesson.effect()).isCloseTo((0.5 + 30 * shrunk) / 31, offset(1e-9));
    assertThat(lesson.effectSd()).isLessThan(0.1);
    assertThat(Lessons.of(loops, NOW).of("other", "c", 0.5).effect()).isEqualTo(0.5);
  }

  @Test
  void halfIsForgottenAfterSixtyDaysAndOtherContextsCountAQuarter() {
    var old = List.of(tried("l", "c", true, -0.2, NOW.minus(Duration.ofDays(60))));
    assertThat(Lessons.of(old, NOW).of("turn", "c", 0.1).weight()).isCloseTo(0.5, offset(1e-9));
    assertThat(Lessons.of(old, NOW).of("turn", "elsewhere", 0.1).weight())
        .isCloseTo(0.125, offset(1e-9));
    assertThat(Lessons.of(old, NOW).of("turn", "c", 0.1).chance())
        .isCloseTo(2.5 / 4.5, offset(1e-9));
  }

  @Test
  void keptGainsAreShrunkSoThatTheWinnersCurseDoesNotPromiseTooMuch() {
    var random = new SplittableRandom(7);
    double truth = 0.06;
    var kept = new ArrayList<LoopSummary>();
    double naive = 0;
    for (int i = 0; i < 4_000; i++) {
      double seen = truth + 0.05 * random.nextGaussian();
      if (seen > 0.09) {
        double half = 0.09;
        kept.add(
            new LoopSummary(
                "l" + i,
                LoopState.KEPT,
                NOW,
                NOW,
                "host",
                "turn",
                "c",
                "f",
                "t",
                "k",
                false,
                Math.expm1(-seen),
                Math.expm1(-seen - half),
                Math.expm1(-seen + half),
                40,
                Verdict.Decision.KEEP,
                true));
        naive += seen;
      }
    }
    naive /= kept.size();
    double learnt = Lessons.of(kept, NOW).of("turn", "c", 0.06).effect();
    assertThat(naive).isGreaterThan(truth + 0.04);
    assertThat(Math.abs(learnt - truth)).isLessThan(0.5 * (naive - truth));
  }

  @Test
  void whatHeldBeforeComesBeforeWhatPromisesMore() {
    try (var world = new World(1, 0)) {
      String modest =
          world.propose("m", Examples.recommendation("m", Examples.SWITCHBACK, -0.2, Knob.Risk.R1));
      String loud =
          world.propose("n", Examples.recommendation("n", Examples.SWITCHBACK, -0.4, Knob.Risk.R1));
      List<LoopRecord> both = List.of(world.loops.require(modest), world.loops.require(loud));
      assertThat(world.conductor.ranking().sorted(both))
          .extracting(LoopRecord::id)
          .first()
          .isEqualTo(loud);
      List<LoopSummary> past =
          IntStream.range(0, 20)
              .mapToObj(i -> past(i, i % 2 == 0 ? "turn-m" : "turn-n", i % 2 == 0))
              .toList();
      Ranking learnt = Ranking.of(past, Examples.START);
      assertThat(learnt.sorted(both)).extracting(LoopRecord::id).first().isEqualTo(modest);
      Ranking.Score score = learnt.score(both.getFirst());
      assertThat(score.worth())
          .isEqualTo(score.benefit() * score.chance() - score.risk() - score.cost());
      assertThat(score.sentence()).contains("10.0 loops").contains("its risk, R1");
    }
  }

  private static LoopSummary past(int i, String technique, boolean kept) {
    LoopSummary s = tried("l" + i, "thing/slow", kept, -0.2, Examples.START);
    return new LoopSummary(
        s.id(),
        s.state(),
        s.updatedAt(),
        s.keptAt(),
        s.layer(),
        technique,
        s.context(),
        s.findingKey(),
        s.target(),
        s.knob(),
        s.byPolicy(),
        s.effect(),
        s.low(),
        s.high(),
        s.wealthBetter(),
        s.verdict(),
        s.tried());
  }

  @Test
  void ofManyKeptChangesTheWeakestDoNotStand() {
    var kept = new ArrayList<LoopSummary>();
    for (int i = 0; i < 10; i++) {
      kept.add(withWealth("strong" + i, 400));
    }
    assertThat(Calibration.discoveries(kept, 0.05)).hasSize(10);
    for (int i = 0; i < 90; i++) {
      kept.add(withWealth("weak" + i, 21));
    }
    assertThat(Calibration.discoveries(kept, 0.05)).hasSize(100);
    for (int i = 0; i < 10; i++) {
      kept.add(withWealth("none" + i, 5));
    }
    Set<String> stand = Calibration.discoveries(kept, 0.05);
    assertThat(stand).hasSize(10).allMatch(id -> id.startsWith("strong"));
  }

  private static LoopSummary withWealth(String id, double wealth) {
    LoopSummary s = tried(id, "c", true, -0.2, NOW);
    return new LoopSummary(
        id,
        s.state(),
        s.updatedAt(),
        s.keptAt(),
        s.layer(),
        s.technique(),
        s.context(),
        s.findingKey(),
        s.target(),
        s.knob(),
        s.byPolicy(),
        s.effect(),
        s.low(),
        s.high(),
        wealth,
        s.verdict(),
        s.tried());
  }

  @Test
  void theIntervalOfARateIsWilsons() {
    assertThat(Calibration.wilsonHigh(0, 0)).isEqualTo(1);
    assertThat(Calibration.wilsonHigh(5, 100)).isCloseTo(0.1118, offset(1e-4));
    assertThat(Calibration.wilsonHigh(0, 50)).isCloseTo(0.0714, offset(1e-4));
  }
}
