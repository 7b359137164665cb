package dev.hone.loop;

import java.time.Duration;

/** Brings an old value back and says what became of it. */
final class Undoing {
  private static final int ATTEMPTS = 3;
  private static final Duration PAUSE = Duration.ofMillis(500);

  private Undoing() {}

  /**
   * {@link LoopEvent.RolledBack}, or {@link LoopEvent.Stuck} when all attempts failed.
   *
   * @param written what Hone left in force
   */
  static LoopEvent undo(Knob knob, LoopRecord loop, String written, String by, Ticker ticker) {
    Plan plan = loop.plan();
    String problem = "the undo was interrupted";
    try {
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        try {
          knob.undo(plan.from(), written);
          String value = knob.read();
          if (value.equals(plan.from())) {
            if (loop.mayBePersistent()) {
              knob.persist(plan.from());
            }
            return new LoopEvent.RolledBack(value, by);
          }
          problem = plan.knob() + " still reads `" + value + "`.";
        } catch (KnobException e) {
          if (e.reason() == KnobException.Reason.GONE) {
            return new LoopEvent.RolledBack("nothing is left to restore: " + e.getMessage(), by);
          } else if (e.reason() == KnobException.Reason.DRIFT) {
            return new LoopEvent.RolledBack("left alone: " + e.getMessage(), by);
          }
          problem = String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
          problem = plan.knob() + " failed: " + e + ".";
        }
        ticker.waitUntil(ticker.instant().plus(PAUSE));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new LoopEvent.Stuck(problem, loop.recommendation().explanation().undoCommand());
  }
}
