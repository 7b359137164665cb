package dev.hone.layer.database.advisor;

import java.util.List;

/**
 * What a workload would gain from.
 *
 * @param secondsNow time of the analysed statements, measured or expected
 * @param secondsThen the same with everything that is recommended
 * @param budget bytes that new indexes may take; {@link Long#MAX_VALUE} for no limit
 * @param notices what is not known or was left out, a sentence each
 */
public record Advice(
    Workload workload,
    int analysed,
    double secondsNow,
    double secondsThen,
    long budget,
    List<Recommended> recommendations,
    List<String> notices) {
  /** Whether most of the time is measured; what is not is taken from the planner's costs. */
  public boolean isMeasured() {
    long measured =
        workload.statements().stream().filter(each -> Double.isFinite(each.seconds())).count();
    return 2 * measured > workload.statements().size();
  }

  /** What kind of change it is. */
  public enum Kind {
    CREATE_INDEX("create-index"),
    DROP_INDEX("drop-index"),
    /** What dead rows and old transactions need. */
    VACUUM("vacuum"),
    /** What the planner knows of the rows. */
    STATISTICS("statistics"),
    /** A setting of the server or the database. */
    SETTING("setting"),
    /** Another text for a statement, which gives the same rows. */
    REWRITE("rewrite"),
    /** One statement in the place of many, which the application has to ask for. */
    N_PLUS_ONE("n-plus-one"),
    /** Something that only the application can decide. */
    HINT("hint");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** Whether it changes what the application sends, and nothing on the server. */
    public boolean changesText() {
      return switch (this) {
        case REWRITE, N_PLUS_ONE, HINT -> true;
        case CREATE_INDEX, DROP_INDEX, VACUUM, STATISTICS, SETTING -> false;
      };
    }

    /** Whether an index comes or goes. */
    public boolean changesIndex() {
      return this == CREATE_INDEX || this == DROP_INDEX;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * One change.
   *
   * @param schema of the table; empty where it is about no table
   * @param table the table
   * @param index its name; empty where it is about none
   * @param ddl the statements to run, {@code ;} between them, or the text to send instead
   * @param undo the statement that takes it back, or how
   * @param bytes it takes, negative when it gives them back
   * @param gainSeconds what the statements gain, beside the other recommendations
   * @param writeSeconds what writes lose by it
   * @param effects by statement, the greatest first
   * @param why reasons, a sentence each
   */
  public record Recommended(
      Kind kind,
      String schema,
      String table,
      String index,
      String title,
      String ddl,
      String undo,
      long bytes,
      double gainSeconds,
      double writeSeconds,
      List<Effect> effects,
      List<String> why) {
    /** One that is about no index: it takes no bytes and costs writes nothing. */
    public static Recommended of(
        Kind kind, String title, String ddl, String undo, List<String> why) {
      return new Recommended(kind, "", "", "", title, ddl, undo, 0, 0, 0, List.of(), why);
    }

    /** The same about a table. */
    public Recommended on(String relationSchema, String relation) {
      return with(relationSchema, relation, gainSeconds, effects, why);
    }

    /** The same with other reasons. */
    public Recommended because(List<String> reasons) {
      return with(schema, table, gainSeconds, effects, List.copyOf(reasons));
    }

    /** The same with what statements gain. */
    public Recommended gaining(double seconds, List<Effect> statements) {
      return with(schema, table, seconds, statements, why);
    }

    private Recommended with(
        String relationSchema,
        String relation,
        double seconds,
        List<Effect> statements,
        List<String> reasons) {
      return new Recommended(
          kind,
          relationSchema,
          relation,
          index,
          title,
          ddl,
          undo,
          bytes,
          seconds,
          writeSeconds,
          statements,
          reasons);
    }
  }

  /**
   * What becomes of a statement.
   *
   * @param costBefore the planner's, without any recommendation
   * @param costAfter with all of them
   * @param planBefore its shape
   * @param planAfter its shape
   * @param gainSeconds over all calls
   */
  public record Effect(
      Workload.Statement statement,
      double costBefore,
      double costAfter,
      String planBefore,
      String planAfter,
      double gainSeconds) {}
}
