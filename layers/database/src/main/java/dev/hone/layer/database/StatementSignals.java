package dev.hone.layer.database;

import dev.hone.loop.SignalRef;
import dev.hone.loop.SignalRef.Better;
import java.util.List;

/** The signals of statements, as queries of the store. */
record StatementSignals(String database) {
  private static final int NAME_LENGTH = 48;

  private String rate(String metric, String queryid) {
    return "rate(pg_statement_"
        + metric
        + "_total{database=\""
        + escaped(database)
        + "\",queryid=\""
        + queryid
        + "\"}[$window])";
  }

  /** As it stands between quotes in a query. */
  static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private static String named(String statement) {
    return "“" + SlowStatements.shortened(statement, NAME_LENGTH) + "”";
  }

  /** Time per call of a statement, named by the beginning of its text. */
  SignalRef secondsPerCall(String queryid, String statement) {
    return new SignalRef(
        "time per call of " + named(statement),
        "s/call",
        rate("seconds", queryid) + " / " + rate("calls", queryid),
        Better.LOWER);
  }

  /** Buffers per call of a statement, named by the beginning of its text. */
  SignalRef buffersPerCall(String queryid, String statement) {
    return new SignalRef(
        "buffers per call of " + named(statement),
        "buffers/call",
        rate("buffers", queryid) + " / " + rate("calls", queryid),
        Better.LOWER);
  }

  /** Time per call over all of these statements together. */
  SignalRef secondsPerCall(String name, List<String> queryids) {
    return new SignalRef(name, "s/call", perCall("seconds", queryids), Better.LOWER);
  }

  /** Buffers per call over all of these statements together. */
  SignalRef buffersPerCall(String name, List<String> queryids) {
    return new SignalRef(name, "buffers/call", perCall("buffers", queryids), Better.LOWER);
  }

  private String perCall(String metric, List<String> queryids) {
    String matching =
        "{database=\""
            + escaped(database)
            + "\",queryid=~\""
            + String.join("|", queryids)
            + "\"}[$window]))";
    return "sum(rate(pg_statement_"
        + metric
        + "_total"
        + matching
        + " / sum(rate(pg_statement_calls_total"
        + matching;
  }

  /** Execution time per second of a statement. */
  String load(String queryid) {
    return rate("seconds", queryid);
  }

  /** Rows per call of a statement. */
  String rowsPerCall(String queryid) {
    return rate("rows", queryid) + " / " + rate("calls", queryid);
  }

  /** Share of the buffers that were not in memory. */
  String readShare(String queryid) {
    return rate("buffers_read", queryid) + " / " + rate("buffers", queryid);
  }

  /** The planner's cost of the statement's generic plan. */
  String planCost(String queryid) {
    return "pg_statement_plan_cost{database=\""
        + escaped(database)
        + "\",queryid=\""
        + queryid
        + "\"}";
  }

  String callsPerSecond(String queryid) {
    return rate("calls", queryid);
  }

  /** The statement's share of the time of all statements that are sampled. */
  String shareOfTime(String queryid) {
    return "sum("
        + rate("seconds", queryid)
        + ") / sum(rate(pg_statement_seconds_total{database=\""
        + escaped(database)
        + "\"}[$window]))";
  }
}
