package dev.hone.loop;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Knows a remedy for a kind of finding. Changes nothing; called from one thread. */
public interface Technique {
  /** Its name, for example {@code demote-neighbour}. */
  String name();

  /** The kind of {@link Finding} it answers. */
  String answers();

  /**
   * What could be done about a finding, best first; empty when nothing sensible can be.
   *
   * @param objective what the owner cares about, if configured
   */
  List<Recommendation> recommend(Finding finding, Optional<Objective> objective, Instant now)
      throws InterruptedException;
}
