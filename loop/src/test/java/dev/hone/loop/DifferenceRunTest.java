package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DifferenceRunTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final SignalRef PRIMARY = lower("time of a read");
  private static final SignalRef PROOF = lower("buffers of a read");
  private static final SignalRef WRITES = lower("time of a write");

  private static SignalRef lower(String name) {
    return new SignalRef(name, "s", name, SignalRef.Better.LOWER);
  }

  /** Reads become ten times as quick; writes jump by themselves, and take so many times longer. */
  private static final class Stage implements Rehearsal.Stage {
    private final double harm;
    private Instant since = Instant.MAX;

    Stage(double harm) {
      this.harm = harm;
    }

    @Override
    public void inForce(Instant at, String value) {
      since = value.equals(Rehearsal.ON) ? at : Instant.MAX;
    }

    @Override
    public Reading read(SignalRef signal, Instant from, Instant to) {
      boolean on = !from.isBefore(since);
      var random = new SplittableRandom(from.getEpochSecond());
      double noise = 1 + 0.02 * random.nextGaussian();
      if (signal.equals(WRITES)) {
        double jump = random.nextInt(3) == 0 ? 4 : 1;
        return new Reading(0.02 * jump * noise * (on ? harm : 1), 1);
      }
      double level = signal.equals(PROOF) ? 1000 : 0.1;
      return new Reading(level * noise * (on ? 0.1 : 1), 1);
    }
  }

  private static Verdict.Decision decided(double harm) {
    var design =
        new Design.DifferenceInDifferences(Duration.ofSeconds(4), 20, 10, List.of(), PROOF);
    var plan =
        new Plan(
            "loop",
            new KnobRef("index", new Target("table", "orders"), Map.of()),
            "orders",
            Rehearsal.OFF,
            Rehearsal.ON,
            design,
            PRIMARY,
            0.02,
            0.04,
            0.04,
            List.of(new Guardrail(WRITES, 0.5, 0.002)),
            1,
            Duration.ofHours(1));
    return Rehearsal.run(plan, Duration.ofSeconds(2), new Stage(harm), START).verdict().decision();
  }

  @Test
  void aGuardrailThatJumpsByItselfDoesNotHinderAGain() {
    assertThat(decided(1)).isEqualTo(Verdict.Decision.KEEP);
  }

  @Test
  void aGainIsNotKeptWhenAJumpyGuardrailIsWorseInTheWhole() {
    assertThat(decided(2)).isEqualTo(Verdict.Decision.ROLL_BACK);
    assertThat(decided(4)).isEqualTo(Verdict.Decision.ROLL_BACK);
  }
}
