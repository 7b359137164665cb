package dev.hone.metrics.scrape;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that goes on when a test says so; tasks run on the thread of the test, in order. */
final class FakeTimetable implements Timetable {
  private record Due(Instant at, long number, Runnable task) {}

  private final PriorityQueue<Due> waiting =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::number));
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private long number;

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public void at(Instant time, Runnable task) {
    waiting.add(new Due(time, number++, task));
  }

  void advance(Duration by) {
    Instant end = now.plus(by);
    while (!waiting.isEmpty() && !waiting.peek().at().isAfter(end)) {
      Due due = waiting.remove();
      now = due.at().isAfter(now) ? due.at() : now;
      due.task().run();
    }
    now = end;
  }

  @Override
  public void close() {
    waiting.clear();
  }
}
