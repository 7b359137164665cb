package dev.hone.layer.database.view;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a database is.
 *
 * @param address without user and password
 * @param role who Hone is there
 * @param reachable whether it answered just now
 * @param problem why it did not, and what to do; empty when it did
 * @param health in a sentence
 * @param facts what it told; null when it did not answer
 * @param figures from what was sampled
 * @param statements those with most of the time
 * @param waits what sessions at work waited for, on average, most first
 * @param notices what cannot be seen, a sentence with the remedy each
 */
public record Overview(
    String name,
    String address,
    String role,
    Instant at,
    boolean reachable,
    String problem,
    Health health,
    @Nullable Facts facts,
    List<Figure> figures,
    Statements statements,
    List<Wait> waits,
    List<String> notices) {
  /**
   * Whether people should look.
   *
   * @param level {@code good}, {@code attention}, {@code bad} or {@code unknown}
   */
  public record Health(String level, String sentence) {}

  /**
   * What the server tells of itself.
   *
   * @param version as it spells it
   * @param statisticsSince when it began to count
   * @param replica whether it follows another
   * @param statements whether pg_stat_statements can be read
   * @param monitor whether the role sees what other roles do
   * @param builds indexes that are being built
   */
  public record Facts(
      String version,
      Instant startedAt,
      Instant statisticsSince,
      boolean replica,
      boolean statements,
      boolean monitor,
      long bytes,
      int connections,
      int mostConnections,
      List<Sessions> sessions,
      List<IndexBuild> builds) {
    /** How many wait for a lock that another session holds. */
    public int blocked() {
      return sessions.stream().mapToInt(Sessions::blocked).sum();
    }

    /** Age of the oldest transaction. */
    public double oldestTransactionSeconds() {
      return sessions.stream().mapToDouble(Sessions::oldestTransactionSeconds).max().orElse(0);
    }
  }

  /**
   * Sessions that do the same just now.
   *
   * @param waitsFor type and event; empty for none
   */
  public record Sessions(
      String state, String waitsFor, int count, int blocked, double oldestTransactionSeconds) {}

  /**
   * What sessions at work waited for.
   *
   * @param kind PostgreSQL's wait event type; {@code none} when they did not wait
   * @param sessions how many, on average
   */
  public record Wait(String kind, double sessions, String query) {}
}
