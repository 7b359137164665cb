package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Simulations of what the guard learns of a signal. */
class SwingTest {
  private static final Guardrail LATENCY = new Guardrail(Examples.LATENCY, 0.5, 0.005);
  private static final int RUNS = 200;
  private static final double EAGERNESS = 0.7;

  /** The log of a signal at a window. */
  private interface Path {
    double at(int window, SplittableRandom random);
  }

  private static double share(String what, Path path, Predicate<Swing> is) {
    int count = 0;
    for (int run = 0; run < RUNS; run++) {
      count += is.test(learn(path, run)) ? 1 : 0;
    }
    System.out.printf(Locale.ROOT, "swing: %s: %.3f%n", what, (double) count / RUNS);
    return (double) count / RUNS;
  }

  private static Swing learn(Path path, int seed) {
    var random = new SplittableRandom(seed);
    var values = new double[FastGuard.HISTORY_WINDOWS];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.1 * Math.exp(path.at(i, random));
    }
    return Swing.learn(LATENCY, values, 0, EAGERNESS, 12);
  }

  @Test
  void normalNoiseIsCalmAndJumpsAndLoudNoiseAreNot() {
    assertThat(
            share("noise of 10 % is calm", (i, r) -> 0.1 * r.nextGaussian(), is(Swing.Kind.CALM)))
        .isGreaterThan(0.8);
    assertThat(
            share(
                "doublings are jumps",
                (i, r) -> 0.05 * r.nextGaussian() + (i % 60 == 50 ? 0.7 : 0),
                is(Swing.Kind.RESTLESS)))
        .isEqualTo(1);
    assertThat(
            share("noise of 40 % is loud", (i, r) -> 0.4 * r.nextGaussian(), is(Swing.Kind.NOISY)))
        .isEqualTo(1);
  }

  private static Predicate<Swing> is(Swing.Kind kind) {
    return swing -> swing.kind() == kind;
  }

  @Test
  void aLevelSignalIsComparedWithALongControlAndADriftingOneWithAShort() {
    assertThat(
            share(
                "level noise has a longer control",
                (i, r) -> 0.1 * r.nextGaussian(),
                swing -> swing.control() > Swing.USUAL_CONTROL))
        .isGreaterThan(0.8);
    assertThat(
            share(
                "what rises has a short one",
                (i, r) -> 0.02 * i + 0.03 * r.nextGaussian(),
                swing -> swing.control() == Swing.USUAL_CONTROL))
        .isEqualTo(1);
  }

  @Test
  void limitsGrowWithTheNoiseAndNeverFallBelowWhatIsAskedFor() {
    Swing quiet = learn((i, r) -> 0.01 * r.nextGaussian(), 1);
    Swing loud = learn((i, r) -> 0.15 * r.nextGaussian(), 1);
    assertThat(quiet.two()).isEqualTo(EAGERNESS);
    assertThat(quiet.three()).isEqualTo(EAGERNESS);
    assertThat(loud.two()).isGreaterThan(loud.three());
    assertThat(loud.three()).isGreaterThan(EAGERNESS);
  }

  @Test
  void aShortHistoryTeachesNothing() {
    assertThat(Swing.learn(LATENCY, new double[29], 0, EAGERNESS, 12))
        .isEqualTo(Swing.unknown(EAGERNESS));
  }
}
