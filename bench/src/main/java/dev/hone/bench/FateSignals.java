package dev.hone.bench;

import dev.hone.loop.SignalRef;
import dev.hone.loop.Signals;
import java.time.Duration;
import java.time.Instant;

/**
 * Signals computed from what is in force: one, times the effect of the change's fate while it is
 * on, with one per cent of noise. Of the time before, only those of open changes are known.
 *
 * @param switchings what was in force when
 * @param began the time before which nothing is known
 */
record FateSignals(Switchings switchings, Instant began) implements Signals {
  private static final double NOISE = 0.01;

  @Override
  public Reading read(SignalRef signal, Instant from, Instant to) {
    if (from.isBefore(began) && Fate.of(signal) != Fate.OPEN) {
      return Reading.NONE;
    }
    Instant middle = from.plus(Duration.between(from, to).dividedBy(2));
    boolean on = switchings.on(Fate.process(signal), middle);
    double noise = 1 + NOISE * (Math.floorMod(middle.hashCode(), 1_000) / 1_000.0);
    return new Reading(noise * (on ? Fate.of(signal).effect() : 1), 1);
  }
}
