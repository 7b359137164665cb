package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.Identifiers;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.TableCopy;
import dev.hone.layer.database.twin.Twin;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a selection of indexes makes small: ln T + κ · mean ln rᵢ, where T is the time of the
 * workload with what the indexes cost its writes, and rᵢ is what is left of a statement's cost. The
 * first term alone would spend everything on the slowest statement, the second alone on statements
 * that nobody waits for. Time is the measured time times the planner's ratio of costs.
 */
final class WorkloadScore {
  /** κ: so much do statements count that hold little of the time. */
  private static final double EACH_STATEMENT = 0.7;

  /** No call is made quicker than this; a ratio of costs below it means nothing. */
  private static final double LEAST_SECONDS = 30e-6;

  /** Of a statement without measurement. */
  private static final double SECONDS_PER_COST = 10e-6;

  /** With a smaller share of the time a statement counts less among the others. */
  private static final double FULL_SHARE = 1e-4;

  /**
   * λ without a budget: an index as large as a tenth of the tables must gain a tenth for its room.
   */
  private static final double ROOM = 1;

  /** Within a budget room costs little. */
  private static final double ROOM_IN_BUDGET = 0.03;

  private final WhatIfCosts costs;
  private final Map<String, Twin.Defined> candidates = new LinkedHashMap<>();
  private final Map<String, TableCopy> tables = new HashMap<>();
  private final double[] seconds;
  private final double[] voice;
  private final double checkpoints;
  private final Map<String, Double> writing = new HashMap<>();
  private final double roomPerByte;

  /** Indexes with what they make of the workload. */
  static final class State {
    private final Set<String> indexes;
    private final double[] left;
    private final double time;
    private final double score;
    private final long bytes;

    private State(Set<String> indexes, double[] left, double time, double score, long bytes) {
      this.indexes = Set.copyOf(indexes);
      this.left = left;
      this.time = time;
      this.score = score;
      this.bytes = bytes;
    }

    Set<String> indexes() {
      return indexes;
    }

    /** What is left of a statement's cost, from 0 to 1. */
    double left(int statement) {
      return left[statement];
    }

    /** Expected seconds of the workload, with what the indexes cost its writes. */
    double time() {
      return time;
    }

    double score() {
      return score;
    }

    long bytes() {
      return bytes;
    }
  }

  /**
   * The score of a workload.
   *
   * @param budget bytes that all indexes together may take
   * @param checkpoints how many of them the workload's calls span; NaN when that is not known
   */
  WorkloadScore(
      WhatIfCosts costs,
      Collection<Twin.Defined> candidates,
      Collection<TableCopy> tables,
      long budget,
      double checkpoints)
      throws SQLException {
    this.costs = costs;
    this.checkpoints = checkpoints;
    candidates.forEach(index -> this.candidates.put(index.spec().name(), index));
    tables.forEach(table -> this.tables.put(table.title(), table));
    long all = tables.stream().mapToLong(table -> table.size().bytes()).sum();
    this.roomPerByte = (budget == Long.MAX_VALUE ? ROOM : ROOM_IN_BUDGET) / Math.max(1 << 20, all);
    int count = costs.statements().size();
    this.seconds = new double[count];
    this.voice = new double[count];
    weigh(count);
  }

  private void weigh(int count) throws SQLException {
    double all = 0;
    var perCosts = new ArrayList<Double>();
    for (int i = 0; i < count; i++) {
      Workload.Statement statement = costs.statements().get(i).statement();
      if (Double.isFinite(statement.seconds())) {
        perCosts.add(statement.seconds() / statement.calls() / costs.base(i));
      }
    }
    double[] perCost = perCosts.stream().mapToDouble(each -> each).sorted().toArray();
    double usual = perCost.length == 0 ? SECONDS_PER_COST : perCost[perCost.length / 2];
    for (int i = 0; i < count; i++) {
      WhatIfCosts.Planned planned = costs.statements().get(i);
      double measured = planned.statement().seconds();
      seconds[i] =
          Double.isFinite(measured)
              ? measured
              : planned.statement().calls() * costs.base(i) * usual;
      all += seconds[i];
    }
    double voices = 0;
    for (int i = 0; i < count; i++) {
      boolean measured = Double.isFinite(costs.statements().get(i).statement().seconds());
      voice[i] = measured ? Math.min(1, seconds[i] / all / FULL_SHARE) : 1;
      voices += voice[i];
    }
    for (int i = 0; i < count; i++) {
      voice[i] /= voices;
    }
  }

  /** Expected seconds of a statement over all its calls without any of the indexes. */
  double seconds(int statement) {
    return seconds[statement];
  }

  /** What these indexes make of the workload. */
  State state(Set<String> indexes) throws SQLException {
    var left = new double[seconds.length];
    for (int i = 0; i < left.length; i++) {
      left[i] = left(i, indexes);
    }
    return state(indexes, left);
  }

  /**
   * What other indexes make of the workload.
   *
   * @param statements whose plans they may change
   */
  State changed(State from, Set<String> indexes, Iterable<Integer> statements) throws SQLException {
    double[] left = from.left.clone();
    for (int i : statements) {
      left[i] = left(i, indexes);
    }
    return state(indexes, left);
  }

  private double left(int statement, Set<String> indexes) throws SQLException {
    WhatIfCosts.Planned planned = costs.statements().get(statement);
    double ratio = costs.of(statement, indexes).cost() / costs.base(statement);
    double floor = planned.statement().calls() * LEAST_SECONDS / seconds[statement];
    return Math.min(1, Math.max(ratio, floor));
  }

  private State state(Set<String> indexes, double[] left) {
    double time = 0;
    double each = 0;
    for (int i = 0; i < left.length; i++) {
      time += seconds[i] * left[i];
      each += voice[i] * Math.log(left[i]);
    }
    long bytes = 0;
    for (String name : indexes) {
      time += writing(name);
      bytes += candidate(name).bytes();
    }
    return new State(
        indexes, left, time, Math.log(time) + EACH_STATEMENT * each + roomPerByte * bytes, bytes);
  }

  /** What a candidate's name stands for. */
  Twin.Defined candidate(String name) {
    Twin.Defined index = candidates.get(name);
    if (index == null) {
      throw new IllegalArgumentException("no candidate is named `" + name + "`");
    }
    return index;
  }

  /** Seconds that the workload's writes spend on an index. */
  double writing(String name) {
    return writing.computeIfAbsent(
        name,
        n -> {
          IndexSpec spec = candidate(n).spec();
          String title = Identifiers.quoted(spec.schema(), spec.table());
          TableCopy table = tables.get(title);
          if (table == null) {
            return 0.0;
          }
          return costs.on(title).stream()
              .mapToDouble(
                  i ->
                      WriteCost.of(
                          costs.statements().get(i),
                          table,
                          spec,
                          candidate(n).bytes(),
                          checkpoints))
              .sum();
        });
  }
}
