package dev.hone.metrics.promql;

import dev.hone.metrics.Matcher;
import java.util.List;
import java.util.Set;

/**
 * A store that has parts of a query evaluated where the samples lie. Its series are divided into
 * shares by the values of one label, {@link #label}, that no other series carries; what the shares
 * answer is put together here.
 */
public interface PushDown {
  /** The label that tells the shares apart; it never shows in an answer. */
  String label();

  /**
   * Has a part evaluated.
   *
   * @return one answer for each share; together they hold every series once
   */
  List<List<Query.Line>> evaluate(Part part);

  /** A part of a query that can be evaluated share by share. */
  interface Part {
    /** As PromQL, over the series of one share. */
    String text(Matcher share);

    /** The functions in it, as written in a query. */
    Set<String> functions();

    /** The first moment, ms since the epoch. */
    long start();

    /** The distance of moments, ms. */
    long step();

    /** How many moments there are. */
    int steps();

    /** No sample that counts is older, ms since the epoch. */
    long oldest();

    /** No sample that counts is newer, ms since the epoch. */
    long newest();

    /** The same evaluated here, from the raw samples of one share. */
    List<Query.Line> evaluateHere(Matcher share);
  }
}
