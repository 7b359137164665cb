package dev.hone.loop;

import java.time.Instant;
import java.util.Optional;

/**
 * The two kinds of block of a paired design: which value each has, and how a block is read.
 *
 * <p>In a split both kinds carry the change, each on another half of the load. A block is read as
 * the ratio of the halves, so that the difference of two blocks holds the effect twice.
 *
 * @param on value of a block with the change, or with the change on the first half
 * @param off value of the other kind
 * @param scale what the difference of the logarithms is multiplied by to give the effect
 */
record Arms(String on, String off, double scale, Design.Paired design, Plan plan, Workload load) {
  /**
   * The arms of a plan.
   *
   * @throws KnobException when the knob cannot be divided as the design needs it
   */
  static Arms of(Plan plan, Design.Paired design, Knob knob, Workload load) throws KnobException {
    return switch (design) {
      case Design.ConcurrentSplit split ->
          new Arms(
              half(plan, knob, Knob.Half.FIRST),
              half(plan, knob, Knob.Half.SECOND),
              0.5,
              design,
              plan,
              load);
      case Design.Switchback switchback -> new Arms(plan.to(), plan.from(), 1, design, plan, load);
      case Design.RepeatedLoadTest test -> new Arms(plan.to(), plan.from(), 1, design, plan, load);
    };
  }

  private static String half(Plan plan, Knob knob, Knob.Half half) throws KnobException {
    Optional<String> value = knob.divided(plan.from(), plan.to(), half);
    if (value.isEmpty()) {
      throw new KnobException(
          KnobException.Reason.DENIED,
          plan.knob() + " cannot be given two values at a time; choose another design");
    }
    return value.get();
  }

  boolean isSplit() {
    return design instanceof Design.ConcurrentSplit;
  }

  String valueOf(boolean isOn) {
    return isOn ? on : off;
  }

  /** Starts the load of a load test; nothing for designs that live on real traffic. */
  Workload.Running startLoad() throws KnobException, InterruptedException {
    return design instanceof Design.RepeatedLoadTest test ? load.start(test.scenario()) : () -> {};
  }

  Signals.Reading read(Signals signals, Instant from, Instant to) {
    if (!(design instanceof Design.ConcurrentSplit split)) {
      return signals.read(plan.primary(), from, to);
    }
    Signals.Reading first = signals.read(split.first(), from, to);
    Signals.Reading second = signals.read(split.second(), from, to);
    return new Signals.Reading(
        first.value() / second.value(), Math.min(first.completeness(), second.completeness()));
  }
}
