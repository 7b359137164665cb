package dev.hone.demo;

import dev.hone.server.Hone;
import java.time.Duration;
import java.time.Instant;

/** Lets Hone work on the demo until it is done or the time is up, and measures before and after. */
final class DemoRun {
  private static final Duration POLL = Duration.ofMillis(500);

  private final DemoSystem system;
  private final Hone hone;
  private final DemoProgress progress;
  private final Duration longest;
  private final boolean untilClosed;
  private final boolean ends;

  DemoRun(
      DemoSystem system,
      Hone hone,
      DemoProgress progress,
      Duration longest,
      boolean untilClosed,
      boolean ends) {
    this.system = system;
    this.hone = hone;
    this.progress = progress;
    this.longest = longest;
    this.untilClosed = untilClosed;
    this.ends = ends;
  }

  DemoReport run(Duration warmUp, Duration measured) throws InterruptedException {
    Instant start = Instant.now();
    Thread.sleep(warmUp);
    DemoSystem.Summary before = system.summary(warmUp.dividedBy(2));
    progress.say(String.format("The shop's p95 latency is %.0f ms", before.p95Ms()));
    Instant end = start.plus(longest);
    while (!ends || Instant.now().isBefore(end)) {
      if (untilClosed && DemoReport.closed(hone.loops().all()) && !hone.busy()) {
        break;
      }
      Thread.sleep(POLL);
    }
    if (DemoReport.closed(hone.loops().all())) {
      Thread.sleep(measured);
    }
    DemoSystem.Summary after = system.summary(measured.dividedBy(2));
    return new DemoReport(hone.loops().all(), start, before, after);
  }
}
