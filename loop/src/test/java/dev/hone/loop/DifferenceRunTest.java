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
  private static final SignalRef RARE = lower("buffers of a rare read");
  private static final Design DIFFERENCE =
      new Design.DifferenceInDifferences(Duration.ofSeconds(4), 20, 10, List.of(), PROOF);
  private static final Design NON_INFERIORITY =
      new Design.NonInferiority(Duration.ofSeconds(4), 20, 10, List.of(), 0.1);

  private static SignalRef lower(String name) {
    return new SignalRef(name, "s", name, SignalRef.Better.LOWER);
  }

  /** Reads become ten times as quick; writes jump by themselves, and take so many times longer. */
  private static final class Stage implements Rehearsal.Stage {
    private final double harm;
    private final double noise;
    private final double gain;
    private Instant since = Instant.MAX;

    Stage(double harm) {
      this(harm, 0.02, 0.1);
    }

    Stage(double harm, double noise, double gain) {
      this.harm = harm;
      this.noise = noise;
      this.gain = gain;
    }

    @Override
    public void inForce(Instant at, String value) {
      since = value.equals(Rehearsal.ON) ? at : Instant.MAX;
    }

    @Override
    public Reading read(SignalRef signal, Instant from, Instant to) {
      boolean on = !from.isBefore(since);
      var random = new SplittableRandom(from.getEpochSecond());
      double calm = 1 + 0.02 * random.nextGaussian();
      if (signal.equals(WRITES)) {
        double jump = random.nextInt(3) == 0 ? 4 : 1;
        return new Reading(0.02 * jump * calm * (on ? harm : 1), 1);
      }
      if (signal.equals(RARE)) {
        return random.nextInt(3) == 0 ? new Reading(500 * calm * (on ? harm : 1), 1) : Reading.NONE;
      }
      if (signal.equals(PROOF)) {
        return new Reading(1000 * calm * (on ? gain : 1), 1);
      }
      return new Reading(0.1 * Math.exp(noise * random.nextGaussian()) * (on ? gain : 1), 1);
    }
  }

  /** A neighbour becomes three times as slow: by the change, or by something else meanwhile. */
  private static final class Neighbour implements Rehearsal.Stage {
    private final boolean byTheChange;
    private Instant first = Instant.MAX;
    private boolean on;

    Neighbour(boolean byTheChange) {
      this.byTheChange = byTheChange;
    }

    @Override
    public void inForce(Instant at, String value) {
      on = value.equals(Rehearsal.ON);
      first = on && first.equals(Instant.MAX) ? at : first;
    }

    @Override
    public Reading read(SignalRef signal, Instant from, Instant to) {
      double calm = 1 + 0.02 * new SplittableRandom(from.getEpochSecond()).nextGaussian();
      boolean slow = byTheChange ? on : from.isAfter(first);
      return new Reading(0.02 * calm * (signal.equals(WRITES) && slow ? 3 : 1), 1);
    }

    static Rehearsal.Outcome tried(boolean byTheChange) {
      return DifferenceRunTest.tried(new Neighbour(byTheChange), NON_INFERIORITY, -0.1, WRITES);
    }
  }

  @Test
  void aChangeIsBlamedForWhatGoesBackWithItAlone() {
    Rehearsal.Outcome harmed = Neighbour.tried(true);
    assertThat(harmed.aborted()).isTrue();
    assertThat(harmed.verdict().decision()).isEqualTo(Verdict.Decision.ROLL_BACK);
    assertThat(harmed.verdict().reasons().getFirst()).endsWith("with the old value it went back");
    Rehearsal.Outcome weather = Neighbour.tried(false);
    assertThat(weather.aborted()).isTrue();
    assertThat(weather.verdict().decision()).isEqualTo(Verdict.Decision.INCONCLUSIVE);
    assertThat(weather.verdict().reasons().getFirst()).endsWith("something else is the cause");
  }

  private static Verdict.Decision decided(double harm) {
    return tried(new Stage(harm), DIFFERENCE, 0.02, WRITES).verdict().decision();
  }

  private static Rehearsal.Outcome tried(
      Rehearsal.Stage stage, Design design, double leastGain, SignalRef guarded) {
    var plan =
        new Plan(
            "loop",
            new KnobRef("index", new Target("table", "orders"), Map.of()),
            "orders",
            Rehearsal.OFF,
            Rehearsal.ON,
            design,
            PRIMARY,
            leastGain,
            0.04,
            0.04,
            List.of(new Guardrail(guarded, 0.5, 0.002)),
            1,
            Duration.ofHours(1));
    return Rehearsal.run(plan, Duration.ofSeconds(2), stage, START);
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

  private static long windowsAfter(Rehearsal.Outcome outcome) {
    return outcome.events().stream()
        .filter(e -> e instanceof LoopEvent.WindowMeasured measured && measured.window().after())
        .count();
  }

  @Test
  void aGainThatNoiseHidesIsLookedAtForLonger() {
    Rehearsal.Outcome plain = tried(new Stage(1, 0.02, 0.8), DIFFERENCE, 0.02, PRIMARY);
    assertThat(plain.verdict().decision()).isEqualTo(Verdict.Decision.KEEP);
    assertThat(windowsAfter(plain)).isEqualTo(10);

    Rehearsal.Outcome noisy = tried(new Stage(1, 0.2, 0.65), DIFFERENCE, 0.02, PROOF);
    assertThat(noisy.verdict().decision())
        .as(noisy.verdict().toString())
        .isEqualTo(Verdict.Decision.KEEP);
    assertThat(windowsAfter(noisy)).isEqualTo(20);
  }

  @Test
  void whatDoesNothingIsNotLookedAtForLonger() {
    Rehearsal.Outcome outcome = tried(new Stage(1, 0.25, 1), DIFFERENCE, 0.02, PROOF);
    assertThat(outcome.verdict().decision()).isEqualTo(Verdict.Decision.INCONCLUSIVE);
    assertThat(windowsAfter(outcome)).isEqualTo(10);
  }

  @Test
  void aRareSignalIsWaitedForAndItsSilenceIsNoAlarm() {
    Rehearsal.Outcome outcome = tried(new Stage(1), DIFFERENCE, 0.02, RARE);
    assertThat(outcome.aborted()).isFalse();
    assertThat(outcome.verdict().decision()).isEqualTo(Verdict.Decision.KEEP);
    Rehearsal.Outcome harmed = tried(new Stage(3), DIFFERENCE, 0.02, RARE);
    assertThat(harmed.verdict().decision()).isNotEqualTo(Verdict.Decision.KEEP);
  }

  @Test
  void whatPaysOtherwiseIsKeptWhenItIsShownToLoseNoMoreThanItsMargin() {
    var same = tried(new Stage(1, 0.05, 1), NON_INFERIORITY, -0.1, RARE).verdict();
    assertThat(same.decision()).isEqualTo(Verdict.Decision.KEEP);
    assertThat(same.reasons()).containsExactly("the interval excludes more than 10 % to the worse");
    assertThat(tried(new Stage(1, 0.05, 1.3), NON_INFERIORITY, -0.1, RARE).verdict().decision())
        .isEqualTo(Verdict.Decision.ROLL_BACK);
    var vague = tried(new Stage(1, 0.6, 1), NON_INFERIORITY, -0.1, RARE);
    assertThat(vague.verdict().decision()).isEqualTo(Verdict.Decision.INCONCLUSIVE);
    assertThat(windowsAfter(vague)).isEqualTo(30);
  }
}
