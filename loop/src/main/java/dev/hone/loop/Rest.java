package dev.hone.loop;

import java.time.Instant;

/**
 * A loop that ended, and is the reason that its finding is left alone for a while.
 *
 * @param loop the loop
 * @param until when the finding may be dealt with again
 */
public record Rest(LoopRecord loop, Instant until) {
  /** Why, in words. */
  public String why() {
    return switch (loop.state()) {
      case EXPIRED -> loop.history().getLast().text();
      case REJECTED -> "rejected: " + loop.history().getLast().text();
      case KEPT -> "`" + loop.recommendation().title() + "` was kept a moment ago";
      default -> "`" + loop.recommendation().title() + "` was tried and taken back";
    };
  }
}
