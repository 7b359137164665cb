package dev.hone.bench.database;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The same statements with one set of indexes after the other. Sets take turns within each
 * statement and begin with another one each round, so that what else the machine does meets all.
 */
final class Race {
  private final Runner runner;
  private final Indexes indexes;
  private final double cap;
  private final PrintStream log;

  Race(Runner runner, Indexes indexes, double cap, PrintStream log) {
    this.runner = runner;
    this.cap = cap;
    this.indexes = indexes;
    this.log = log;
  }

  /** What a set of indexes reached. */
  static final class Result {
    private final Timings timings;
    private final Timings clock;
    private final double[] pages;

    /** Nothing yet; pages by statement. */
    Result(Timings timings, Timings clock, double... pages) {
      this.timings = timings;
      this.clock = clock;
      this.pages = pages;
    }

    /** On the processor. */
    Timings timings() {
      return timings;
    }

    /** On the clock. */
    Timings clock() {
      return clock;
    }
  }

  Map<Set<IndexDefinition>, Result> run(
      Set<Set<IndexDefinition>> sets, Workload workload, int rounds)
      throws SQLException, IOException {
    int statements = workload.entries().size();
    var results = new LinkedHashMap<Set<IndexDefinition>, Result>();
    for (Set<IndexDefinition> set : sets) {
      results.put(
          set,
          new Result(
              new Timings(statements, rounds, cap),
              new Timings(statements, rounds, cap),
              new double[statements]));
    }
    var order = new ArrayList<>(results.entrySet());
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < statements; i++) {
        String sql = workload.entries().get(i).sql();
        for (var entry : order) {
          indexes.use(entry.getKey());
          runner.prepare(sql);
          Result result = entry.getValue();
          Runner.Spent spent =
              result.timings.capped(i) ? new Runner.Spent(cap, cap) : runner.run(sql);
          result.timings.record(i, round, spent.processor());
          result.clock.record(i, round, spent.clock());
        }
      }
      Collections.rotate(order, 1);
      log.printf("round %d of %d%n", round + 1, rounds);
    }
    countPages(order, workload);
    return results;
  }

  private void countPages(List<Map.Entry<Set<IndexDefinition>, Result>> order, Workload workload)
      throws SQLException, IOException {
    for (int i = 0; i < workload.entries().size(); i++) {
      for (var entry : order) {
        Result result = entry.getValue();
        if (result.timings.capped(i)) {
          result.pages[i] = Double.NaN;
        } else {
          indexes.use(entry.getKey());
          result.pages[i] = runner.pages(workload.entries().get(i).sql());
        }
      }
    }
  }

  /** Geometric mean over the statements that end in both of the quotients of pages looked at. */
  static double pageRatio(Result one, Result other) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < one.pages.length; i++) {
      double quotient = one.pages[i] / other.pages[i];
      if (Double.isFinite(quotient) && quotient > 0) {
        sum += Math.log(quotient);
        count++;
      }
    }
    return Math.exp(sum / count);
  }

  /** Best milliseconds, a row a statement and a column a set. */
  static void table(PrintStream out, Workload workload, Map<String, Timings> columns) {
    out.printf("%-16s", "best ms");
    columns.keySet().forEach(name -> out.printf(" %20.20s", name));
    out.println();
    for (int i = 0; i < workload.entries().size(); i++) {
      out.printf("%-16s", workload.entries().get(i).name());
      for (Timings timings : columns.values()) {
        out.printf(Locale.ROOT, " %20.2f", 1000 * timings.best(i));
      }
      out.println();
    }
  }
}
