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
   * Called in each round while recommendations are wanted, whether anything was found or not: what
   * takes long can be begun here, so that it is there when a finding comes. Returns at once.
   */
  default void prepare() {}

  /**
   * What could be done about a finding, best first; empty when nothing sensible can be.
   *
   * @param objective what the owner cares about, if configured
   */
  List<Recommendation> recommend(Finding finding, Optional<Objective> objective, Instant now)
      throws InterruptedException;
}
