package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * Brings trials to their end at once: undone, or stuck when the undo takes too long.
 *
 * @param problems takes one sentence for what could not be journalled
 */
record Halting(Loops loops, Ticker ticker, Consumer<String> problems) {
  private static final Duration STOP_TIME = Duration.ofSeconds(5);
  private static final Duration END_TIME = Duration.ofSeconds(10);
  private static final Duration DEADLINE_GRACE = Duration.ofMinutes(1);
  private static final Duration STOP_POLL = Duration.ofMillis(20);

  /** Stops all of them; none is open when this returns, 5 s later at the most. */
  void stop(List<Trial> open, String by, String why) throws InterruptedException {
    open.forEach(trial -> trial.stop(by, why));
    Instant end = ticker.instant().plus(STOP_TIME);
    while (open.stream().anyMatch(this::isOpen) && ticker.instant().isBefore(end)) {
      ticker.waitUntil(ticker.instant().plus(STOP_POLL));
    }
    for (Trial trial : open) {
      if (isOpen(trial)) {
        giveUp(trial, "the undo took longer than " + STOP_TIME.toSeconds() + " s.");
      }
    }
  }

  /** Ends all of them because Hone ends; what is being kept stays kept. Takes 10 s at the most. */
  void end(List<Trial> open, String why) throws InterruptedException {
    open.forEach(trial -> trial.stop("hone", why));
    Instant end = ticker.instant().plus(END_TIME);
    while (open.stream().anyMatch(trial -> !trial.ended()) && ticker.instant().isBefore(end)) {
      ticker.waitUntil(ticker.instant().plus(STOP_POLL));
    }
  }

  /** Stops a trial that is past its deadline, and gives it up when its undo does not end. */
  void holdToDeadline(Trial trial, Instant now) {
    Instant deadline = loops.require(trial.loop()).deadline();
    if (deadline != null && deadline.plus(DEADLINE_GRACE).isBefore(now)) {
      trial.stop("hone", "the deadline passed");
      if (isOpen(trial) && deadline.plus(DEADLINE_GRACE.multipliedBy(2)).isBefore(now)) {
        giveUp(trial, "the undo did not end by the deadline.");
      }
    }
  }

  /** Whether a change may still be on. */
  private boolean isOpen(Trial trial) {
    return !trial.ended() && loops.require(trial.loop()).state().isActive();
  }

  /** Calls a person; should the trial come round after all, it says so itself. */
  private void giveUp(Trial trial, String why) {
    try {
      LoopRecord record = loops.require(trial.loop());
      if (record.state() != LoopState.ROLLING_BACK) {
        loops.append(record.id(), new LoopEvent.RollingBack("hone", why));
      }
      String command = record.recommendation().explanation().undoCommand();
      loops.append(record.id(), new LoopEvent.Stuck(why, command));
    } catch (Journal.JournalException | IllegalStateException e) {
      problems.accept("loop " + trial.loop() + ": " + e.getMessage());
    }
  }
}
