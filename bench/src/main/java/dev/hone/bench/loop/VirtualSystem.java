package dev.hone.bench.loop;

import dev.hone.loop.Rehearsal;
import dev.hone.loop.SignalRef;
import java.time.Instant;

/**
 * A system that consists of noise, a change with a known effect, and a trap. Its samples lie ten
 * seconds apart; the effect moves by the second. A signal over a window is the arithmetic mean of
 * the samples stamped within it.
 */
final class VirtualSystem implements Rehearsal.Stage {
  /** When every system begins to be changed. */
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** Samples before {@link #START}. */
  static final int HISTORY = 240;

  /** Samples in all: forty minutes before, three hours and twenty minutes after. */
  static final int SAMPLES = 1440;

  static final SignalRef PRIMARY = lower("shop p95", "s", "primary");
  static final SignalRef FIRST = lower("p95 of the first half", "s", "first");
  static final SignalRef SECOND = lower("p95 of the second half", "s", "second");
  static final SignalRef P99 = lower("shop p99", "s", "p99");
  static final SignalRef ERRORS = lower("share of failed requests", "ratio", "errors");
  static final SignalRef PROOF = lower("buffers per call", "buffers/call", "proof");
  static final SignalRef CONTROL_0 = lower("p95 of another route", "s", "control0");
  static final SignalRef CONTROL_1 = lower("p95 of a third route", "s", "control1");

  private static final int STEP = World.SAMPLE_SECONDS;
  private static final double SECONDS = 0.2;
  private static final double P99_SECONDS = 0.6;
  private static final double ERROR_SHARE = 0.01;
  private static final double BUFFERS = 1000;

  private final Noise noise;
  private final Injection injection;
  private final Trap trap;
  private final Half first = new Half();
  private final Half second = new Half();
  private int now = HISTORY * STEP;
  private int applied = Integer.MAX_VALUE;
  private final boolean[] inGap = new boolean[SAMPLES];
  private int lastSwitch = Integer.MIN_VALUE / 2;
  private double exposure;
  private int harmSeconds;

  VirtualSystem(Noise noise, Injection injection, Trap trap) {
    this.noise = noise;
    this.injection = injection;
    this.trap = trap;
  }

  private static SignalRef lower(String name, String unit, String query) {
    return new SignalRef(name, unit, query, SignalRef.Better.LOWER);
  }

  /** One half of the load: how much of the effect it has. */
  private static final class Half {
    private boolean on;
    private int since;
    private double share;
    private final double[] shares = new double[SAMPLES];

    private void turn(boolean toOn, int at) {
      if (toOn && !on) {
        since = at;
      }
      on = toOn;
    }
  }

  @Override
  public void inForce(Instant at, String value) {
    advance(second(at));
    if (applied == Integer.MAX_VALUE && !value.equals(Rehearsal.OFF)) {
      applied = now;
    }
    boolean whole = value.equals(Rehearsal.ON);
    first.turn(whole || value.equals(Rehearsal.FIRST), now);
    second.turn(whole || value.equals(Rehearsal.SECOND), now);
    lastSwitch = now;
  }

  @Override
  public Reading read(SignalRef signal, Instant from, Instant to) {
    advance(second(to));
    int length = second(to) - second(from);
    double sum = 0;
    int present = 0;
    int early = (second(from) - Math.abs(trap.skew())) / STEP;
    int late = (second(to) + Math.abs(trap.skew())) / STEP;
    for (int i = Math.max(0, early); i <= Math.min(SAMPLES - 1, late); i++) {
      int stamp = i * STEP + skew(i);
      if (stamp >= second(from) && stamp < second(to) && (i + 1) * STEP <= now && !isLost(i)) {
        sum += value(signal, i);
        present++;
      }
    }
    double expected = Math.max(1, Math.rint((double) length / STEP));
    return present == 0 ? Reading.NONE : new Reading(sum / present, present / expected);
  }

  /** Lets time pass until {@code at}. */
  void advanceTo(Instant at) {
    advance(second(at));
  }

  /** Integral of the true worsening over the time until now, in per cent times minutes. */
  double exposure() {
    return exposure;
  }

  /** For how many seconds until now the change was on and had an effect other than gain. */
  int harmSeconds() {
    return harmSeconds;
  }

  /** Whether there is no sample of the last half minute. */
  boolean silent() {
    Instant at = START.plusSeconds(now - HISTORY * STEP);
    return !read(PRIMARY, at.minusSeconds(3L * STEP), at).present();
  }

  private int second(Instant at) {
    return HISTORY * STEP + (int) (at.getEpochSecond() - START.getEpochSecond());
  }

  private void advance(int to) {
    if (to > SAMPLES * STEP) {
      throw new IllegalStateException(
          "second "
              + to
              + " of a path of "
              + SAMPLES * STEP
              + "; give the plan an earlier deadline or lengthen the path");
    }
    for (; now < to; now++) {
      double worsening = (step(first) + step(second)) / 2;
      exposure += 100 * worsening / 60;
      harmSeconds += isAtWork(first) || isAtWork(second) ? 1 : 0;
      inGap[now / STEP] |= now - lastSwitch < trap.gap();
    }
  }

  /** A second of one half; gives how much worse it is. */
  private double step(Half half) {
    double target = isAtWork(half) ? 1 : 0;
    double pace = injection.settling() == 0 ? 1 : -Math.expm1(-1 / injection.settling());
    half.share += (target - half.share) * pace;
    half.shares[now / STEP] += half.share / STEP;
    return Math.max(0, Math.expm1(injection.primary() * half.share));
  }

  private boolean isAtWork(Half half) {
    return half.on
        && half.since - applied >= injection.onset()
        && now - half.since >= injection.delay();
  }

  private int skew(int sample) {
    return (long) sample * STEP - applied >= trap.skewFrom() ? trap.skew() : 0;
  }

  private boolean isLost(int sample) {
    return Double.isNaN(noise.at(Noise.Part.PRIMARY, sample))
        || noise.at(Noise.Part.LOTS, sample) < trap.loss()
        || inGap[sample];
  }

  private double value(SignalRef signal, int i) {
    double outside = trap.outside(applied == Integer.MAX_VALUE ? -1 : i * STEP - applied);
    return switch (signal.query()) {
      case "primary" -> SECONDS * Math.exp(outside) * (half(first, i) + half(second, i)) / 2;
      case "first" -> SECONDS * Math.exp(outside + noise.at(Noise.Part.FIRST, i)) * half(first, i);
      case "second" ->
          SECONDS * Math.exp(outside + noise.at(Noise.Part.SECOND, i)) * half(second, i);
      case "p99" ->
          P99_SECONDS
              * Math.exp(outside + noise.at(Noise.Part.PRIMARY, i) + noise.at(Noise.Part.P99, i))
              * mean(injection.p99(), i);
      case "errors" ->
          ERROR_SHARE * Math.exp(noise.at(Noise.Part.ERRORS, i)) * mean(injection.errors(), i);
      case "proof" ->
          BUFFERS * Math.exp(noise.at(Noise.Part.PROOF, i)) * mean(injection.proof(), i);
      case "control0" -> SECONDS * Math.exp(outside + noise.at(Noise.Part.CONTROL_0, i));
      case "control1" -> SECONDS * Math.exp(outside + noise.at(Noise.Part.CONTROL_1, i));
      default -> throw new IllegalArgumentException("no signal `" + signal.query() + "`");
    };
  }

  private double half(Half half, int i) {
    double share = half.shares[i];
    double spread = 1 + (injection.spread() - 1) * share;
    double lonely = i * STEP >= applied ? trap.lonelyShift() : 0;
    return Math.exp(
        spread * noise.at(Noise.Part.PRIMARY, i) + injection.primary() * share + lonely);
  }

  /** The factor that an effect of a size has on both halves together. */
  private double mean(double size, int i) {
    return (Math.exp(size * first.shares[i]) + Math.exp(size * second.shares[i])) / 2;
  }
}
