package dev.hone.loop;

import java.time.Duration;

/**
 * What an experiment is expected to need at the noise of late, stated before it starts.
 *
 * @param history how many pairs or windows without a change it rests on; 0 when there are too few
 * @param noise standard deviation of the log difference of a pair (or of a window) without a change
 * @param power the chance of keeping a change that has the expected effect; NaN when unknown
 * @param time median time to that verdict; the whole budget when it is not likely
 * @param detectable the smallest relative gain that is kept with a chance of 80 %; NaN when unknown
 * @param sentence the same for people
 */
public record Forecast(
    int history, double noise, double power, Duration time, double detectable, String sentence) {
  /** Below this chance a plan is not started: its experiment would be for nothing. */
  public static final double LEAST_POWER = 0.5;

  /** Whether it is known that the plan cannot be decided within its budget. */
  public boolean isHopeless() {
    return power < LEAST_POWER;
  }
}
