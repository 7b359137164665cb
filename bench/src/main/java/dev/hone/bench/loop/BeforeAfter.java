package dev.hone.bench.loop;

import dev.hone.loop.Rehearsal;
import dev.hone.loop.SignalRef;
import dev.hone.loop.Signals;
import dev.hone.loop.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The peer: half an hour before the change against half an hour after it, sample by sample. It
 * keeps when the rank test finds the samples after to be smaller at 5 %, one-sided, and rolls back
 * when it finds them larger.
 */
final class BeforeAfter {
  private static final double LEVEL = 0.05;
  private static final int HALF_SAMPLES = 1800 / World.SAMPLE_SECONDS;
  private static final Duration SAMPLE = Duration.ofSeconds(World.SAMPLE_SECONDS);

  private BeforeAfter() {}

  static Play play(VirtualSystem system, SignalRef signal, double truth) {
    Instant start = VirtualSystem.START;
    Instant end = start.plus(SAMPLE.multipliedBy(HALF_SAMPLES));
    double[] before = samples(system, signal, start.minus(SAMPLE.multipliedBy(HALF_SAMPLES)));
    system.inForce(start, Rehearsal.ON);
    system.advanceTo(end);
    double[] after = samples(system, signal, start);
    MannWhitney test = MannWhitney.of(after, before);
    Verdict.Decision decision =
        test.less() < LEVEL
            ? Verdict.Decision.KEEP
            : test.greater() < LEVEL ? Verdict.Decision.ROLL_BACK : Verdict.Decision.INCONCLUSIVE;
    return new Play(
        decision,
        false,
        false,
        Duration.between(start, end).toMinutes(),
        truth,
        Math.log(median(after)) - Math.log(median(before)),
        Double.NaN,
        Double.NaN,
        system.exposure(),
        system.harmSeconds(),
        false);
  }

  private static double[] samples(Signals signals, SignalRef signal, Instant from) {
    return IntStream.range(0, HALF_SAMPLES)
        .mapToObj(i -> from.plus(SAMPLE.multipliedBy(i)))
        .map(at -> signals.read(signal, at, at.plus(SAMPLE)))
        .filter(Signals.Reading::present)
        .mapToDouble(Signals.Reading::value)
        .toArray();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }
}
