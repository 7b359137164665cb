package dev.hone.demo;

import dev.hone.loop.LoopRecord;
import dev.hone.server.Hone;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Lets Hone work on the demo until it is done or the time is up, and measures before and after. */
final class DemoRun {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration SETTLING = Duration.ofSeconds(3);

  private final DemoSystem system;
  private final Hone hone;
  private final Duration longest;
  private final boolean untilClosed;
  private final boolean ends;

  DemoRun(DemoSystem system, Hone hone, Duration longest, boolean untilClosed, boolean ends) {
    this.system = system;
    this.hone = hone;
    this.longest = longest;
    this.untilClosed = untilClosed;
    this.ends = ends;
  }

  DemoReport run(boolean planted, DemoSystem.Summary before, Duration measured)
      throws InterruptedException {
    Instant start = hone.startedAt();
    Instant end = start.plus(longest);
    while (!ends || Instant.now().isBefore(end)) {
      if (untilClosed && DemoReport.closed(loops(start))) {
        break;
      }
      Thread.sleep(POLL);
    }
    hone.conductor().endTrials("the demo is over");
    if (DemoReport.closed(loops(start))) {
      Thread.sleep(measured.plus(SETTLING));
    }
    DemoSystem.Summary after = system.summary(measured);
    return new DemoReport(loops(start), planted, before, after);
  }

  /** What was found since the demo began; an earlier demo may have left loops of its own. */
  private List<LoopRecord> loops(Instant start) {
    return hone.loops().all().stream().filter(l -> !l.finding().at().isBefore(start)).toList();
  }
}
