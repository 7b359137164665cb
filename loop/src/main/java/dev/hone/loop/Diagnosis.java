package dev.hone.loop;

import java.time.Instant;
import java.util.List;

/** Looks at the samples and says what is wrong. Changes nothing; called from one thread. */
public interface Diagnosis {
  /** For messages, for example {@code cpu-contention}. */
  String name();

  /** The faults that are there now; empty when all is well or the data does not suffice. */
  List<Finding> examine(Instant now) throws InterruptedException;
}
