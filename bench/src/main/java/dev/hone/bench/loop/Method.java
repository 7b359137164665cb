package dev.hone.bench.loop;

import dev.hone.loop.Design;
import java.time.Duration;
import java.util.List;

/** How a change is put to the proof. */
enum Method {
  /** Design A: both values at a time, on halves that change places. */
  SPLIT("A", "concurrent split"),
  /** Design B: on and off in turn. */
  SWITCHBACK("B", "switchback"),
  /** Design C: the same load test with each value. */
  LOAD_TEST("C", "repeated load test"),
  /** Design D: before and after, against controls. */
  DIFFERENCE("D", "difference in differences"),
  /** The peer: before and after, by the rank test of Mann and Whitney. */
  BEFORE_AFTER("peer", "before/after Mann-Whitney");

  /** All but the peer. */
  static final List<Method> HONES = List.of(SPLIT, SWITCHBACK, LOAD_TEST, DIFFERENCE);

  static final Duration BLOCK = Duration.ofMinutes(2);
  static final Duration BURN_IN = Duration.ofSeconds(30);
  private static final int PAIRS = 45;
  private static final int WINDOWS_BEFORE = 20;
  private static final int WINDOWS_AFTER = 10;

  /** Samples of one load test. */
  static final int RUN_SAMPLES = (int) BLOCK.toSeconds() / World.SAMPLE_SECONDS;

  private final String id;
  private final String title;

  Method(String id, String title) {
    this.id = id;
    this.title = title;
  }

  String id() {
    return id;
  }

  String title() {
    return title;
  }

  /** The design of a plan; the peer has none. */
  Design design() {
    return switch (this) {
      case SPLIT ->
          new Design.ConcurrentSplit(
              BLOCK, BURN_IN, PAIRS, VirtualSystem.FIRST, VirtualSystem.SECOND);
      case SWITCHBACK -> new Design.Switchback(BLOCK, BURN_IN, PAIRS);
      case LOAD_TEST -> new Design.RepeatedLoadTest(BLOCK, BURN_IN, PAIRS, "steady");
      case DIFFERENCE ->
          new Design.DifferenceInDifferences(
              BLOCK,
              WINDOWS_BEFORE,
              WINDOWS_AFTER,
              List.of(VirtualSystem.CONTROL_0, VirtualSystem.CONTROL_1),
              VirtualSystem.PROOF);
      case BEFORE_AFTER -> throw new IllegalStateException("a peer has no design of Hone's");
    };
  }
}
