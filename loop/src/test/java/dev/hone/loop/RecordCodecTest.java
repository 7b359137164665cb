package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JSON form of the loop's records. */
class RecordCodecTest {
  private static final Block BLOCK = new Block(true, Examples.START, Instant.MAX, Double.NaN, 0.5);
  private static final Verdict VERDICT =
      new Verdict(
          Verdict.Decision.KEEP, Design.Grade.B, -0.4, -1, -0.1, 7, 40.5, 0.1, 1, List.of("so"));

  static List<LoopEvent> events() {
    Recommendation recommendation = Examples.recommendation("k", Examples.DIFFERENCE);
    var plan =
        new Plan(
            "l",
            Examples.knob("k"),
            "g",
            "a",
            "b",
            Examples.SWITCHBACK,
            Examples.LATENCY,
            0.02,
            0.04,
            0.05,
            recommendation.guardrails(),
            Long.MIN_VALUE,
            java.time.Duration.ofNanos(1));
    return List.of(
        new LoopEvent.Proposed(
            Examples.finding("k"),
            recommendation,
            plan,
            new Forecast(9, 0.1, 0.9, Duration.ofMinutes(24), 0.07, "soon")),
        new LoopEvent.Approved(plan.hash(), "ann"),
        new LoopEvent.Rejected("ann", "no"),
        new LoopEvent.Expired("old"),
        new LoopEvent.Scheduled(),
        new LoopEvent.Armed("h", List.of(true, false), Examples.START),
        new LoopEvent.Applying(),
        new LoopEvent.Intent(Examples.knob("k"), "a", "b", "a"),
        new LoopEvent.Applied("b"),
        new LoopEvent.Experimenting(),
        new LoopEvent.SettlingMeasured(
            Duration.ofSeconds(7), Duration.ofSeconds(35), Duration.ofSeconds(14)),
        new LoopEvent.PairMeasured(new Pair(1, BLOCK, BLOCK, Double.NaN, 1.8, 0.2)),
        new LoopEvent.WindowMeasured(
            new Window(true, Examples.START, Examples.START, 1e-300, Double.MAX_VALUE, -0.0)),
        new LoopEvent.Judged(VERDICT),
        new LoopEvent.Keeping(),
        new LoopEvent.Kept("b", "hone"),
        new LoopEvent.Remeasured("l2", VERDICT),
        new LoopEvent.Suspended("drift", true),
        new LoopEvent.RollingBack("ann", ""),
        new LoopEvent.RolledBack("a", "guard"),
        new LoopEvent.Revoked("a", "ann", "why"),
        new LoopEvent.Stuck("it failed", "turn a"),
        new LoopEvent.Switched(true, "ann", "enough"),
        new LoopEvent.Endorsed("h", "ann"),
        new LoopEvent.PolicyChanged(
            Policy.observing()
                .withModes(Map.of("host/demote", Mode.AUTO))
                .withWindows(
                    List.of(
                        new ChangeWindow(
                            ChangeWindow.Kind.DENY,
                            "",
                            List.of(DayOfWeek.FRIDAY),
                            "16:00",
                            "23:00",
                            "UTC",
                            "weekend"))),
            "ann",
            "why"),
        new LoopEvent.Froze(Registry.Cause.DEPLOYMENT, "ci", "v2", Examples.START),
        new LoopEvent.Thawed("ann", "done"),
        new LoopEvent.BudgetBurning("4 % failed"),
        new LoopEvent.BudgetRecovered("0 % failed"),
        new LoopEvent.LoadShifted("requests", "1/s", 100, 250, true),
        new LoopEvent.NullMeasured(
            "p95",
            "switchback",
            Verdict.Decision.KEEP,
            -0.1,
            -0.2,
            -0.05,
            Examples.START,
            Examples.START));
  }

  @ParameterizedTest
  @MethodSource("events")
  void everyEventReadsBackEqual(LoopEvent event) {
    String text = RecordCodec.write((Record) event);
    assertThat(RecordCodec.read(LoopEvent.class, text)).isEqualTo(event);
    assertThat(RecordCodec.write((Record) RecordCodec.read(LoopEvent.class, text))).isEqualTo(text);
  }

  @Test
  void theListOfEventsIsComplete() {
    assertThat(events().stream().map(Object::getClass).distinct().count())
        .isEqualTo(
            LoopEvent.class.getPermittedSubclasses().length
                - 1
                + LoopEvent.General.class.getPermittedSubclasses().length);
  }

  @Property(tries = 200, seed = "53")
  void numbersAndTextsReadBackEqual(
      @ForAll String text,
      @ForAll double first,
      @ForAll double second,
      @ForAll int count,
      @ForAll Verdict.Decision decision) {
    var verdict =
        new Verdict(
            decision,
            Design.Grade.D,
            first,
            second,
            first,
            count,
            second,
            first,
            second,
            List.of(text, text));
    assertThat(RecordCodec.read(Verdict.class, RecordCodec.write(verdict))).isEqualTo(verdict);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"Approved\",\"planHash\":1}",
        "{\"type\":\"Armed\",\"deadline\":\"tomorrow\"}",
        "{\"type\":\"Armed\",\"onFirst\":true}",
        "{\"type\":\"Armed\",\"onFirst\":[1]}",
        "{\"type\":\"Judged\",\"verdict\":{\"decision\":\"MAYBE\"}}",
        "{\"type\":\"Judged\",\"verdict\":{\"pairs\":1e3}}",
        "{\"type\":\"Judged\",\"verdict\":{\"pairs\":99999999999}}",
        "{\"type\":\"Judged\",\"verdict\":{\"effect\":\"x\"}}",
        "{\"type\":\"Judged\",\"verdict\":7}",
        "{\"type\":\"Switched\",\"stopped\":\"yes\"}",
        "{\"type\":\"Intent\",\"knob\":{\"parameters\":[]}}",
        "{\"type\":\"Object\"}",
        "{}"
      })
  void refusesWhatDoesNotFit(String text) {
    assertThatThrownBy(() -> RecordCodec.read(LoopEvent.class, text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsAbsentInAnOldJournalIsEmpty() {
    assertThat(RecordCodec.read(LoopEvent.class, "{\"type\":\"Switched\"}"))
        .isInstanceOfSatisfying(LoopEvent.Switched.class, e -> assertThat(e.stopped()).isFalse());
    Verdict verdict = RecordCodec.read(Verdict.class, "{\"more\":1}");
    assertThat(verdict.effect()).isNaN();
    assertThat(verdict.reasons()).isEmpty();
  }
}
