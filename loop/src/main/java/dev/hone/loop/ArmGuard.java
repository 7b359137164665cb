package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The fast guard of a paired design. With blocks that are on and off, control is what the off
 * blocks show. In a split the change is always on somewhere: the half with it is watched against
 * the half without, and the plan's guardrails against the time before.
 */
final class ArmGuard {
  /** Windows before a switchback; its off blocks add more. */
  private static final int SWITCHBACK_HISTORY = 3;

  private static final double HALF_LIMIT = 0.5;

  private final Design.Paired design;
  private final Signals signals;
  private final FastGuard fastGuard;
  private final Optional<Halves> halves;

  /** Watches one half of a split against the other. */
  private record Halves(
      Design.ConcurrentSplit split, Guardrail rail, FastGuard first, FastGuard second) {}

  ArmGuard(Plan plan, Design.Paired design, Signals signals) {
    this.design = design;
    this.signals = signals;
    boolean split = design instanceof Design.ConcurrentSplit;
    this.fastGuard = new FastGuard(plan.guardrails(), split ? 1 : 0);
    this.halves =
        design instanceof Design.ConcurrentSplit s
            ? Optional.of(halves(plan, s))
            : Optional.empty();
  }

  private static Halves halves(Plan plan, Design.ConcurrentSplit split) {
    var rail = new Guardrail(plan.primary(), HALF_LIMIT, 0);
    return new Halves(
        split, rail, new FastGuard(List.of(rail), 1), new FastGuard(List.of(rail), 1));
  }

  /** Length of a guard window. */
  Duration window() {
    Duration measured = design.block().minus(design.burnIn());
    return measured.compareTo(FastGuard.WINDOW) < 0 ? measured : FastGuard.WINDOW;
  }

  /** The time just before the change gives the first control readings. */
  void observeControl(Instant now) {
    Duration window = window();
    int windows = halves.isPresent() ? FastGuard.CONTROL_WINDOWS : SWITCHBACK_HISTORY;
    for (int back = windows; back >= 1; back--) {
      Instant from = now.minus(window.multipliedBy(back));
      Instant to = from.plus(window);
      control(from, to);
      halves.ifPresent(
          both -> {
            Signals.Reading first = signals.read(both.split.first(), from, to);
            Signals.Reading second = signals.read(both.split.second(), from, to);
            both.first.control(both.rail, relative(first, second));
            both.second.control(both.rail, relative(second, first));
          });
    }
  }

  /** Refuses to begin while a guardrail has no reading to compare with. */
  void requireSight() throws Trial.Refused {
    Trial.Refused.whereBlind(fastGuard);
  }

  private void control(Instant from, Instant to) {
    for (Guardrail guardrail : fastGuard.guardrails()) {
      fastGuard.control(guardrail, signals.read(guardrail.signal(), from, to));
    }
  }

  /** Takes a window; says why to stop, or nothing. */
  Optional<String> watch(boolean on, Instant from, Instant to) {
    if (halves.isPresent()) {
      Optional<String> alarm = watchHalves(halves.get(), on, from, to);
      return alarm.isPresent() ? alarm : treated(from, to);
    }
    if (on) {
      return treated(from, to);
    }
    control(from, to);
    return Optional.empty();
  }

  private Optional<String> treated(Instant from, Instant to) {
    for (Guardrail guardrail : fastGuard.guardrails()) {
      Optional<String> alarm =
          fastGuard.treated(guardrail, signals.read(guardrail.signal(), from, to));
      if (alarm.isPresent()) {
        return alarm;
      }
    }
    return Optional.empty();
  }

  /** The half with the change as a multiple of the other, against what that was before. */
  private Optional<String> watchHalves(Halves both, boolean firstIsOn, Instant from, Instant to) {
    Signals.Reading first = signals.read(both.split.first(), from, to);
    Signals.Reading second = signals.read(both.split.second(), from, to);
    return firstIsOn
        ? both.first.treated(both.rail, relative(first, second))
        : both.second.treated(both.rail, relative(second, first));
  }

  /** One half as a multiple of the other: what happens to both at once is no harm. */
  private static Signals.Reading relative(Signals.Reading own, Signals.Reading other) {
    return new Signals.Reading(
        own.value() / other.value(), Math.min(own.completeness(), other.completeness()));
  }
}
