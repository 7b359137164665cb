package dev.hone.bench;

import dev.hone.loop.Design;
import dev.hone.loop.Finding;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Recommendation;
import dev.hone.loop.SignalRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What becomes of a change when nobody disturbs it. */
enum Fate {
  /** The signal is better with the change: it is kept. */
  KEEP(0.6),
  /** The signal is worse with the change: it is rolled back. */
  WORSEN(1.6),
  /** It is kept and then taken back by a person. */
  REVOKE(0.6),
  /** It is on for the whole life. */
  OPEN(1);

  /** The layer that the loops belong to. */
  static final String LAYER = "crash";

  private static final Duration BLOCK = Duration.ofMillis(20);
  private static final Duration BURN_IN = Duration.ofMillis(4);
  private static final Duration LIFE = Duration.ofMinutes(10);
  private static final int PAIRS = 12;
  private static final int WINDOWS = 4;

  private final double effect;

  Fate(double effect) {
    this.effect = effect;
  }

  /** By which factor the signal changes with the change. */
  double effect() {
    return effect;
  }

  Finding finding(KnobRef ref, Instant now) {
    return new Finding(
        "f-" + ref.target().name(),
        LAYER,
        "waits",
        ref.target(),
        ref.target() + " makes others wait",
        now,
        now,
        List.of(new Finding.Evidence("latency", 1, "s", "latency")),
        Map.of(),
        1);
  }

  Recommendation recommendation(KnobRef ref, Instant now) {
    SignalRef signal = signal(name() + " " + ref.parameter("pid"));
    return recommendation(
        ref,
        now,
        signal,
        this == OPEN
            ? new Design.DifferenceInDifferences(LIFE, WINDOWS, WINDOWS, List.of(), signal)
            : new Design.Switchback(BLOCK, BURN_IN, PAIRS));
  }

  /** A change that stays in its first block, judged by a query of a real store. */
  static Recommendation longBlocks(KnobRef ref, Instant now, String query) {
    return OPEN.recommendation(
        ref, now, signal(query), new Design.Switchback(LIFE, BURN_IN, PAIRS));
  }

  private static SignalRef signal(String query) {
    return new SignalRef("latency", "s", query, SignalRef.Better.LOWER);
  }

  private Recommendation recommendation(KnobRef ref, Instant now, SignalRef signal, Design design) {
    String pid = ref.parameter("pid");
    return new Recommendation(
        "r-" + ref.target().name(),
        "f-" + ref.target().name(),
        LAYER,
        "demote-" + pid,
        ref,
        Sleeper.OFF,
        Sleeper.ON,
        "Let " + ref.target() + " yield",
        new Recommendation.Expected(-0.4, -0.2),
        "it runs later",
        Knob.Risk.R1,
        new Recommendation.Explanation(
            List.of("others wait"),
            "what nobody waits for yields",
            List.of(new Recommendation.Rejected("nice 19", "weaker")),
            "it finishes later",
            "chrt --idle --pid 0 " + pid,
            "chrt --other --pid 0 " + pid),
        design,
        signal,
        List.of(),
        true,
        "",
        now.plus(Duration.ofHours(1)));
  }

  /** The fate that a signal's query tells. */
  static Fate of(SignalRef signal) {
    return valueOf(signal.query().substring(0, signal.query().indexOf(' ')));
  }

  /** The process that a signal's query tells. */
  static String process(SignalRef signal) {
    return signal.query().substring(signal.query().indexOf(' ') + 1);
  }
}
