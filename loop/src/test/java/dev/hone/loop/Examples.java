package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Records that tests start from. */
final class Examples {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final SignalRef LATENCY =
      new SignalRef("shop p95", "s", "latency", SignalRef.Better.LOWER);
  static final SignalRef THROUGHPUT =
      new SignalRef("shop rate", "1/s", "rate", SignalRef.Better.HIGHER);
  static final Design.Switchback SWITCHBACK =
      new Design.Switchback(Duration.ofSeconds(25), Duration.ofSeconds(5), 20);
  static final Design.DifferenceInDifferences DIFFERENCE =
      new Design.DifferenceInDifferences(
          Duration.ofSeconds(20),
          8,
          8,
          List.of(new SignalRef("other", "s", "control", SignalRef.Better.LOWER)),
          new SignalRef("buffers", "buffers/call", "proof", SignalRef.Better.LOWER));

  private Examples() {}

  static KnobRef knob(String name) {
    return new KnobRef("fake", new Target("thing", name), Map.of("name", name));
  }

  static Finding finding(String name) {
    return new Finding(
        "f-" + name,
        "host",
        "slow",
        new Target("thing", name),
        name + " is slow",
        START,
        START,
        List.of(new Finding.Evidence("latency", 1.5, "s", "latency")),
        Map.of("name", name),
        1);
  }

  /** A change of knob {@code name} from {@code a} to {@code b}. */
  static Recommendation recommendation(String name, Design design) {
    return recommendation(name, design, -0.4, Knob.Risk.R1);
  }

  static Recommendation recommendation(
      String name, Design design, double expected, Knob.Risk risk) {
    return new Recommendation(
        "r-" + name,
        "f-" + name,
        "host",
        "turn-" + name,
        knob(name),
        "a",
        "b",
        "turn " + name,
        new Recommendation.Expected(expected, expected / 2),
        "nothing",
        risk,
        new Recommendation.Explanation(
            List.of("it is slow"),
            "turn what is slow",
            List.of(new Recommendation.Rejected("wait", "takes long")),
            "it is slower for a moment",
            "turn b",
            "turn a"),
        design,
        LATENCY,
        List.of(new Guardrail(LATENCY, 0.5, 0.001)),
        true,
        "",
        START.plus(Duration.ofHours(6)));
  }

  static Policy policy(Mode mode) {
    return new Policy(
        Map.of("host", mode),
        3,
        0.04,
        0.05,
        0.02,
        Duration.ofMinutes(30),
        Duration.ofMinutes(30),
        new Policy.Limits(
            1_000, 1_000, 4, List.of(), 0, Duration.ofDays(7), Duration.ofMinutes(15), List.of()),
        List.of());
  }

  /** A policy with another cap and deadline. */
  static Policy with(Policy p, int cap, Duration deadline) {
    return new Policy(
        p.modes(),
        cap,
        p.alpha(),
        p.alphaHarm(),
        p.leastGain(),
        deadline,
        p.coolDown(),
        p.limits(),
        p.windows());
  }
}
