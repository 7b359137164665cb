package dev.hone.bench.database;

import dev.hone.loop.Rehearsal;
import dev.hone.loop.SignalRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Twenty statements a second in virtual time whose times and buffers are drawn from measured ones,
 * without an index and with it. The load goes up and down by three tenths, and times with it.
 */
final class ReplayedTraffic implements Rehearsal.Stage {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** Seconds before {@link #START}. */
  static final int HISTORY = 1_000;

  private static final int SECONDS = HISTORY + 900;
  private static final double DRIFT = 0.3;

  /** Calls a second of the treated statement, the other read, the write, and the controls. */
  private static final double[] RATES = {3, 4, 4, 5, 4};

  private final List<Measured> measured;
  private final boolean[] on = new boolean[SECONDS];
  private final double[][] draws;
  private final int[][] calls;
  private final double[] load = new double[SECONDS];

  /** What the calls of one statement took without the index (0) and with it (1). */
  static final class Measured {
    private final double[][] seconds;
    private final double[][] buffers;

    Measured(int calls) {
      seconds = new double[2][calls];
      buffers = new double[2][calls];
    }

    void record(int state, int call, double time, double pages) {
      seconds[state][call] = time;
      buffers[state][call] = pages;
    }

    /** The same with the index as the state before, and without it as the one after. */
    Measured turned() {
      var turned = new Measured(seconds[0].length);
      for (int state = 0; state < 2; state++) {
        turned.seconds[state] = seconds[1 - state];
        turned.buffers[state] = buffers[1 - state];
      }
      return turned;
    }

    /** Mean seconds of a call. */
    double mean(int state) {
      return Arrays.stream(seconds[state]).average().orElseThrow();
    }

    /** By how many times a call takes longer with the index. */
    double ratio() {
      return mean(1) / mean(0);
    }
  }

  /** Traffic of these statements, in the order of {@link IndexChange#statements()}. */
  ReplayedTraffic(List<Measured> measured, long seed) {
    this.measured = measured;
    var random = new SplittableRandom(seed);
    double period = 120 + random.nextDouble() * 800;
    double phase = random.nextDouble() * 2 * Math.PI;
    double wander = 0;
    for (int i = 0; i < SECONDS; i++) {
      wander = 0.98 * wander + 0.02 * random.nextGaussian();
      double wave = 0.8 * Math.sin(2 * Math.PI * i / period + phase) + 2 * wander;
      load[i] = 1 + DRIFT * Math.clamp(wave, -1, 1);
    }
    this.draws = new double[measured.size()][SECONDS];
    this.calls = new int[measured.size()][SECONDS];
    for (int k = 0; k < measured.size(); k++) {
      for (int i = 0; i < SECONDS; i++) {
        calls[k][i] = poisson(RATES[k] * load[i], random);
        draws[k][i] = random.nextDouble();
      }
    }
  }

  private static int poisson(double mean, SplittableRandom random) {
    double limit = Math.exp(-mean);
    double product = random.nextDouble();
    int count = 0;
    while (product > limit) {
      product *= random.nextDouble();
      count++;
    }
    return count;
  }

  /** Time per call of a statement. */
  static SignalRef seconds(int statement) {
    return new SignalRef(
        "time per call of " + statement, "s/call", "time " + statement, SignalRef.Better.LOWER);
  }

  /** Buffers per call of a statement. */
  static SignalRef buffers(int statement) {
    return new SignalRef(
        "buffers per call of " + statement,
        "buffers/call",
        "buffers " + statement,
        SignalRef.Better.LOWER);
  }

  @Override
  public void inForce(Instant at, String value) {
    for (int i = Math.max(0, second(at)); i < SECONDS; i++) {
      on[i] = !value.equals(Rehearsal.OFF);
    }
  }

  private static int second(Instant at) {
    return HISTORY + (int) Duration.between(START, at).toSeconds();
  }

  @Override
  public Reading read(SignalRef signal, Instant from, Instant to) {
    int k = Integer.parseInt(signal.query().substring(signal.query().indexOf(' ') + 1));
    boolean time = signal.query().startsWith("time");
    double sum = 0;
    int count = 0;
    for (int i = Math.max(0, second(from)); i < Math.min(SECONDS, second(to)); i++) {
      double[] values = (time ? measured.get(k).seconds : measured.get(k).buffers)[on[i] ? 1 : 0];
      for (int call = 0; call < calls[k][i]; call++) {
        double draw = (draws[k][i] + call * 0.6180339887) % 1;
        sum += values[(int) (draw * values.length)] * (time ? load[i] : 1);
      }
      count += calls[k][i];
    }
    return count == 0 ? Reading.NONE : new Reading(sum / count, 1);
  }
}
