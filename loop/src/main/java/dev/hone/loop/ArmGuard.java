package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * The fast guard of a paired design. With blocks that are on and off, control is what the off
 * blocks show. In a split the change is always on somewhere: the half with it is watched against
 * the half without, and the plan's guardrails against the time before.
 */
final class ArmGuard {
  private static final int MOST_MISSING = 6;

  /** A trip is a question that turning off answers. */
  private static final double EAGERNESS = 0.7;

  /** A load test harms nobody, so that there is no hurry. */
  private static final double PATIENCE = 1;

  /** The weight of an alarm at which the change is blamed. */
  static final int PROOF = 6;

  private static final double HALF_LIMIT = 0.5;

  private final Design.Paired design;
  private final Signals signals;
  private final SignalRef primary;
  private final FastGuard fastGuard;
  private final Optional<Halves> halves;

  /** Watches one half of a split against the other. */
  private record Halves(
      Design.ConcurrentSplit split, Guardrail rail, FastGuard first, FastGuard second) {}

  ArmGuard(Plan plan, Design.Paired design, Signals signals) {
    this.design = design;
    this.signals = signals;
    this.primary = plan.primary();
    int age = age(design);
    this.fastGuard =
        switch (design) {
          case Design.ConcurrentSplit split -> new FastGuard(shared(plan), 1, 1, age);
          case Design.Switchback switchback -> new FastGuard(plan.guardrails(), 0, EAGERNESS, age);
          case Design.RepeatedLoadTest test -> new FastGuard(plan.guardrails(), 0, PATIENCE, age);
        };
    this.halves =
        design instanceof Design.ConcurrentSplit s
            ? Optional.of(halves(plan, s))
            : Optional.empty();
  }

  /**
   * What harms one half shows by half in the whole. The primary signal has halves of its own; its
   * whole is watched for what harms both.
   */
  private static List<Guardrail> shared(Plan plan) {
    return plan.guardrails().stream()
        .map(
            g ->
                g.signal().equals(plan.primary())
                    ? g
                    : new Guardrail(g.signal(), g.limit() / 2, g.floor() / 2))
        .toList();
  }

  private static Halves halves(Plan plan, Design.ConcurrentSplit split) {
    SignalRef primary = plan.primary();
    var relative =
        new SignalRef(
            primary.name() + " of the half with the change over the other",
            "ratio",
            primary.query(),
            primary.better());
    var rail = new Guardrail(relative, HALF_LIMIT, 0);
    return new Halves(
        split,
        rail,
        new FastGuard(List.of(rail), 1, EAGERNESS, age(split)),
        new FastGuard(List.of(rail), 1, EAGERNESS, age(split)));
  }

  /** How many windows old control is at the most when a block of a switchback ends. */
  private static int age(Design.Paired design) {
    return (int) design.block().dividedBy(window(design));
  }

  /** Length of a guard window. */
  Duration window() {
    return window(design);
  }

  private static Duration window(Design.Paired design) {
    Duration measured = design.block().minus(design.burnIn());
    return measured.compareTo(FastGuard.WINDOW) < 0 ? measured : FastGuard.WINDOW;
  }

  /** The time before the change gives the first control readings, and tells how signals swing. */
  void observeControl(Instant now) {
    Duration window = window();
    learn(fastGuard, now, (guardrail, from, to) -> signals.read(guardrail.signal(), from, to));
    halves.ifPresent(
        both -> {
          learn(both.first, now, (rail, from, to) -> ratio(both.split, true, from, to));
          learn(both.second, now, (rail, from, to) -> ratio(both.split, false, from, to));
        });
    for (int back = FastGuard.CONTROL_WINDOWS; back >= 1; back--) {
      Instant from = now.minus(window.multipliedBy(back));
      Instant to = from.plus(window);
      untouched(from, to);
    }
  }

  /** Refuses to begin while a guardrail has no reading to compare with. */
  void requireSight() throws Trial.Refused {
    Trial.Refused.whereBlind(fastGuard);
  }

  /** Takes a window with the old value everywhere. */
  void untouched(Instant from, Instant to) {
    control(from, to);
    halves.ifPresent(
        both -> {
          both.first.control(both.rail, ratio(both.split, true, from, to));
          both.second.control(both.rail, ratio(both.split, false, from, to));
        });
  }

  private void control(Instant from, Instant to) {
    for (Guardrail guardrail : fastGuard.guardrails()) {
      fastGuard.control(guardrail, signals.read(guardrail.signal(), from, to));
    }
  }

  /** How a guardrail is read. */
  private interface Reader {
    Signals.Reading read(Guardrail guardrail, Instant from, Instant to);
  }

  /** Reads back from now until there is no data. */
  private void learn(FastGuard guard, Instant now, Reader reader) {
    for (Guardrail guardrail : guard.guardrails()) {
      var history = new ArrayDeque<Double>();
      int missing = 0;
      for (int back = 1; back <= FastGuard.HISTORY_WINDOWS && missing < MOST_MISSING; back++) {
        Instant from = now.minus(window().multipliedBy(back));
        Signals.Reading reading = reader.read(guardrail, from, from.plus(window()));
        missing = reading.present() ? 0 : missing + 1;
        if (reading.present()) {
          history.addFirst(reading.value());
        }
      }
      guard.learn(guardrail, List.copyOf(history));
    }
  }

  /** Takes a window; says why to stop, or nothing. */
  Optional<FastGuard.Alarm> watch(boolean on, Instant from, Instant to) {
    if (halves.isPresent()) {
      Optional<FastGuard.Alarm> alarm = watchHalves(halves.get(), on, from, to);
      return alarm.isPresent() ? alarm : treated(from, to);
    }
    if (on) {
      return treated(from, to);
    }
    control(from, to);
    return Optional.empty();
  }

  private Optional<FastGuard.Alarm> treated(Instant from, Instant to) {
    for (Guardrail guardrail : fastGuard.guardrails()) {
      Optional<FastGuard.Alarm> alarm =
          fastGuard.treated(guardrail, signals.read(guardrail.signal(), from, to));
      if (alarm.isPresent()) {
        return alarm;
      }
    }
    return Optional.empty();
  }

  /** The half with the change as a multiple of the other, against what that was before. */
  private Optional<FastGuard.Alarm> watchHalves(
      Halves both, boolean firstIsOn, Instant from, Instant to) {
    FastGuard treated = firstIsOn ? both.first : both.second;
    return treated.treated(both.rail, ratio(both.split, firstIsOn, from, to));
  }

  /** One half as a multiple of the other: what happens to both at once is no harm. */
  private Signals.Reading ratio(
      Design.ConcurrentSplit split, boolean ofFirst, Instant from, Instant to) {
    Signals.Reading own = signals.read(ofFirst ? split.first() : split.second(), from, to);
    Signals.Reading other = signals.read(ofFirst ? split.second() : split.first(), from, to);
    return new Signals.Reading(
        own.value() / other.value(), Math.min(own.completeness(), other.completeness()));
  }

  /** What tripped, read in a window with the old value everywhere. */
  double again(FastGuard.Alarm alarm, Instant from, Instant to) {
    if (halves.isEmpty() || !alarm.guardrail().equals(halves.get().rail)) {
      return signals.read(alarm.guardrail().signal(), from, to).value();
    }
    double first = ratio(halves.get().split, true, from, to).value();
    double second = 1 / first;
    return Math.abs(alarm.control() - first) < Math.abs(alarm.control() - second) ? first : second;
  }

  /**
   * What an alarm weighs that went back with the old value, of {@link #PROOF} that is needed. Where
   * the noise is known to be calm, one is enough. Where nothing is known, it must be beyond what is
   * tolerated, or come twice. A signal that is restless or noisy must do so three times, or six,
   * unless it is beyond doubt; so must the whole of a split, whose halves are compared besides.
   */
  int weight(FastGuard.Alarm alarm, double reading) {
    boolean plain = alarm.isPlain(reading);
    boolean second = halves.isPresent() && alarm.guardrail().signal().equals(primary);
    Swing.Kind kind = second ? Swing.Kind.NOISY : alarm.kind();
    if (kind.isBeyondDoubt(alarm.margin())) {
      return PROOF;
    }
    return switch (kind) {
      case CALM, UNKNOWN -> plain ? PROOF : PROOF / 2;
      case RESTLESS, NOISY -> plain ? PROOF / 3 : PROOF / 6;
    };
  }

  /** Begins anew on the level that the signals have now. */
  void forget() {
    fastGuard.forget();
    halves.ifPresent(
        both -> {
          both.first.forget();
          both.second.forget();
        });
  }

  /** Forgets the windows with the change on. */
  void forgetTreated() {
    fastGuard.forgetTreated();
    halves.ifPresent(
        both -> {
          both.first.forgetTreated();
          both.second.forgetTreated();
        });
  }
}
