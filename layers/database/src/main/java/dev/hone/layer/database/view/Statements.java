package dev.hone.layer.database.view;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Statements by their share of the time.
 *
 * @param since from when on they are counted; null when nothing was
 * @param load execution time of all of them per second: 1 is one session that never rests
 * @param count how many there are
 * @param next the offset of those that follow; null at the end
 * @param queries of the store by the name of the figure; {@code $queryid} stands for the statement
 * @param problem why there are none, or none with a text; empty when all is well
 */
public record Statements(
    @Nullable Instant since,
    double load,
    int count,
    List<Line> lines,
    @Nullable Integer next,
    Map<String, String> queries,
    String problem) {
  /**
   * One statement.
   *
   * @param queryid the server's fingerprint
   * @param text shortened, on one line; empty when it cannot be seen
   * @param own whether Hone executes it
   * @param share of the time of all
   * @param load execution time per second
   * @param rowsPerCall NaN when rows were not counted
   */
  public record Line(
      String queryid,
      String text,
      boolean own,
      double share,
      double load,
      double calls,
      double callsPerSecond,
      double secondsPerCall,
      double buffersPerCall,
      double rowsPerCall) {}

  /** None, for a reason. */
  public static Statements none(String problem) {
    return new Statements(null, 0, 0, List.of(), null, Map.of(), problem);
  }
}
