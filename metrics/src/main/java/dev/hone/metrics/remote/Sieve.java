package dev.hone.metrics.remote;

import dev.hone.metrics.Appender.Outcome;

/** Takes out of a batch what backends would refuse, so that the sender learns it at once. */
final class Sieve {
  private final KnownSeries series;
  private final long newestOfAll;
  private final long latest;
  private final Limits limits;
  private long duplicate;
  private long tooOld;
  private long tooNew;
  private long already;
  private String example = "";

  /**
   * How old a sample may be, counted from the newest of all, in ms.
   *
   * @param outOfOrder one that comes after a newer one of its series
   * @param any any other
   */
  record Limits(long outOfOrder, long any) {}

  /**
   * A sieve for one batch.
   *
   * @param newestOfAll the newest sample so far
   * @param latest a later one lies in the future
   */
  Sieve(KnownSeries series, long newestOfAll, long latest, Limits limits) {
    this.series = series;
    this.newestOfAll = newestOfAll;
    this.latest = latest;
    this.limits = limits;
  }

  Outcome sift(SampleList batch) {
    int kept = 0;
    for (int i = 0; i < batch.size(); i++) {
      KnownSeries.One one = series.get(batch.series()[i]);
      long time = batch.times()[i];
      long bits = batch.bits()[i];
      if (time > latest) {
        tooNew++;
        refuse("it lies in the future; check the sender's clock", one, time);
      } else if (time == one.lastTime) {
        if (bits == one.lastBits) {
          already++;
        } else {
          duplicate++;
          refuse("there is another value at this time", one, time);
        }
      } else if (tooOld(time, time < one.lastTime ? limits.outOfOrder() : limits.any())) {
        tooOld++;
        refuse("it is older than the backends take, see `metrics.outOfOrder`", one, time);
      } else {
        batch.move(i, kept++);
      }
    }
    batch.truncate(kept);
    return new Outcome(kept + already, duplicate, tooOld, tooNew, example);
  }

  private boolean tooOld(long time, long most) {
    return newestOfAll != Long.MIN_VALUE && time < newestOfAll - most;
  }

  private void refuse(String why, KnownSeries.One one, long time) {
    if (example.isEmpty()) {
      example = "sample of `" + one.labels + "` at " + time + " ms refused: " + why;
    }
  }

  /** The batch is in the outbox. */
  void accepted(SampleList batch) {
    for (int i = 0; i < batch.size(); i++) {
      KnownSeries.One one = series.get(batch.series()[i]);
      if (batch.times()[i] > one.lastTime) {
        one.lastTime = batch.times()[i];
        one.lastBits = batch.bits()[i];
      }
    }
  }
}
