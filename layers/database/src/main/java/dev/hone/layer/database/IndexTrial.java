package dev.hone.layer.database;

import dev.hone.loop.Design;
import dev.hone.loop.Guardrail;
import dev.hone.loop.SignalRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How an index is put to the proof: the time and the buffers per call of the statement it is for,
 * before and after, against statements that have nothing to do with its table; and no other
 * statement on the table may become much slower meanwhile, be it because writes must keep the index
 * up or because the planner now goes another way.
 */
public final class IndexTrial {
  /** Four seconds hold four samples of a probe that looks every second. */
  private static final Duration WINDOW = Duration.ofSeconds(4);

  private static final int WINDOWS_BEFORE = 20;
  private static final int WINDOWS_AFTER = 10;

  /** By how much more buffers per call must be excluded when an index goes. */
  private static final double MARGIN = 0.1;

  /** What becomes half as slow again, and by two milliseconds, has the change undone. */
  private static final double TIME_LIMIT = 0.5;

  private static final double TIME_FLOOR_SECONDS = 0.002;

  /**
   * A plan that reads three times as much, and by more than a few descents through an index:
   * another way that touches half as many pages again, all of them in memory, is often the quicker
   * one.
   */
  private static final double BUFFERS_LIMIT = 2;

  private static final double BUFFERS_FLOOR = 50;

  private IndexTrial() {}

  /**
   * The design.
   *
   * @param controls time per call of statements that the index cannot touch
   * @param proof buffers per call of the statement that it is for
   */
  public static Design design(List<SignalRef> controls, SignalRef proof) {
    return new Design.DifferenceInDifferences(
        WINDOW, WINDOWS_BEFORE, WINDOWS_AFTER, controls, proof);
  }

  /**
   * The design for an index that goes: what a write to its table touches, or the read that is
   * called most, must be shown not to become more; times are guarded beside it, as they swing too
   * much to be shown within a tenth. Buffers do not move with the load, so that there is nothing to
   * compare them with.
   */
  public static Design absence() {
    return new Design.NonInferiority(WINDOW, WINDOWS_BEFORE, WINDOWS_AFTER, List.of(), MARGIN);
  }

  /**
   * What no other statement on the table may do.
   *
   * @param seconds time per call, a statement or group of statements each
   * @param buffers buffers per call of statements that read
   */
  public static List<Guardrail> guardrails(List<SignalRef> seconds, List<SignalRef> buffers) {
    var guardrails = new ArrayList<Guardrail>();
    seconds.forEach(
        signal -> guardrails.add(new Guardrail(signal, TIME_LIMIT, TIME_FLOOR_SECONDS)));
    buffers.forEach(signal -> guardrails.add(new Guardrail(signal, BUFFERS_LIMIT, BUFFERS_FLOOR)));
    return guardrails;
  }
}
