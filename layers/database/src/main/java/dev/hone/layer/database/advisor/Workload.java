package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.Plans;
import java.util.List;
import java.util.Set;

/**
 * The statements that a database executes, heaviest first.
 *
 * @param source where they come from, for people
 * @param notices what is not known of them, a sentence each
 * @param period that their calls are from
 */
public record Workload(
    String source, List<Statement> statements, List<String> notices, Period period) {
  /** One of which it is not known how long it took. */
  public Workload(String source, List<Statement> statements, List<String> notices) {
    this(source, statements, notices, Period.UNKNOWN);
  }

  /**
   * How long was counted.
   *
   * @param seconds NaN when that is not known
   * @param checkpoints the same in the server's checkpoint_timeout
   */
  public record Period(double seconds, double checkpoints) {
    public static final Period UNKNOWN = new Period(Double.NaN, Double.NaN);

    /** Whether it is known. */
    public boolean isKnown() {
      return Double.isFinite(seconds) && seconds > 0;
    }
  }

  /**
   * A statement.
   *
   * @param queryid the server's fingerprint, or empty
   * @param text with {@code $1} for parameters, or an example with values
   * @param calls how often it was executed, or its weight among the others
   * @param seconds its execution time over all calls; NaN when it was not measured
   * @param rows rows returned or written over all calls; NaN when they were not counted
   * @param searchPath where its role looks names up; empty where that makes no difference
   */
  public record Statement(
      String queryid, String text, double calls, double seconds, double rows, String searchPath) {
    /** One for which it makes no difference where names are looked up. */
    public Statement(String queryid, String text, double calls, double seconds, double rows) {
      this(queryid, text, calls, seconds, rows, "");
    }

    /** The same with other figures. */
    public Statement counted(double newCalls, double newSeconds, double newRows) {
      return new Statement(queryid, text, newCalls, newSeconds, newRows, searchPath);
    }

    /** The beginning of its text on one line. */
    public String title() {
      String line = text.replaceAll("\\s+", " ").strip();
      return line.length() <= 100 ? line : line.substring(0, 99) + "…";
    }

    /** Whether what it is planned with is a guess: a pattern, a bound, a path … is not known. */
    boolean guessed() {
      return Examples.wantsValues(text);
    }

    /** Whether it changes rows. */
    boolean writes() {
      return WRITING.contains(Plans.verb(text));
    }
  }

  private static final Set<String> WRITING = Set.of("insert", "update", "delete", "merge");

  /** Measured time of all statements together. */
  public double seconds() {
    return statements.stream().mapToDouble(Statement::seconds).filter(Double::isFinite).sum();
  }
}
