package dev.hone.metrics.remote;

import dev.hone.metrics.engine.Outbox.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;

/**
 * The earliest time of the samples behind each place of the outbox, as exactly as memory allows.
 */
final class Unsent {
  private static final int MOST = 8_192;

  private record Run(Position end, long earliest) {}

  private ArrayDeque<Run> runs = new ArrayDeque<>();

  /** Notes samples that end at a place. */
  synchronized void add(Position end, long earliest) {
    if (runs.size() >= MOST) {
      halve();
    }
    runs.addLast(new Run(end, earliest));
  }

  private void halve() {
    var halved = new ArrayDeque<Run>(MOST);
    var all = new ArrayList<>(runs);
    for (int i = 0; i + 1 < all.size(); i += 2) {
      Run second = all.get(i + 1);
      halved.addLast(new Run(second.end(), Math.min(all.get(i).earliest(), second.earliest())));
    }
    if (all.size() % 2 == 1) {
      halved.addLast(all.getLast());
    }
    runs = halved;
  }

  /** Forgets what every backend has. */
  synchronized void forget(Position acknowledged) {
    while (!runs.isEmpty() && runs.getFirst().end().compareTo(acknowledged) <= 0) {
      runs.removeFirst();
    }
  }

  /** The earliest time of a sample behind a place, {@link Long#MAX_VALUE} when there is none. */
  synchronized long earliestAfter(Position acknowledged) {
    long earliest = Long.MAX_VALUE;
    for (Run run : runs) {
      if (run.end().compareTo(acknowledged) > 0) {
        earliest = Math.min(earliest, run.earliest());
      }
    }
    return earliest;
  }
}
