package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.Identifiers;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.TableCopy;
import dev.hone.layer.database.twin.Twin;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Selects indexes for a whole workload within a budget of bytes: repeatedly what gains most a byte
 * (Extend; Schlosser, Kossmann and Boissier, ICDE 2019), then a local search that takes away and
 * exchanges.
 *
 * <p>What is made small is ln T + κ · mean ln rᵢ: T is the time of the workload with what the
 * indexes cost its writes, rᵢ is what is left of a statement's cost. The first term alone would
 * spend everything on the slowest statement, the second alone on statements that nobody waits for.
 * Time is the measured time times the planner's ratio of costs.
 */
final class Selection {
  /** κ: so much do statements count that hold little of the time. */
  private static final double EACH_STATEMENT = 0.7;

  /** No call is made quicker than this; a ratio of costs below it means nothing. */
  private static final double LEAST_SECONDS = 30e-6;

  /** Of a statement without measurement. */
  private static final double SECONDS_PER_COST = 10e-6;

  /** With a smaller share of the time a statement counts less among the others. */
  private static final double FULL_SHARE = 1e-4;

  /**
   * λ without a budget: an index as large as a tenth of the tables must gain a fifth for its room.
   */
  private static final double ROOM = 2;

  /** Within a budget room costs little. */
  private static final double ROOM_IN_BUDGET = 0.03;

  private static final int SWAPS_PER_INDEX = 8;
  private static final int ROUNDS = 3;

  /** Within a budget, what gains most is tried as the first too: a small one may take its room. */
  private static final int STARTS = 5;

  /** How often a statement's best candidates are hidden to see its second best. */
  private static final int DEPTH = 3;

  private static final int MOST_QUESTIONS = 40_000;

  /** Kinds of candidates; a large one hides what a small one would do. */
  private static final List<Predicate<IndexSpec>> KINDS =
      List.of(
          spec -> true,
          spec -> spec.include().isEmpty(),
          spec -> spec.isPlain() && spec.keys().size() == 1,
          spec -> spec.method() == IndexSpec.Method.BRIN);

  private final WhatIfCosts costs;
  private final Map<String, Twin.Defined> candidates = new LinkedHashMap<>();
  private final Map<String, TableCopy> tables = new HashMap<>();
  private final double[] seconds;
  private final double[] voice;
  private final long budget;
  private final double leastGain;
  private final double checkpoints;
  private final Map<String, Double> writing = new HashMap<>();

  /** Statements that have a use for a candidate. */
  private final Map<String, Set<Integer>> users = new LinkedHashMap<>();

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

  /** Indexes that are added together. */
  private record Move(Set<String> indexes, double worth, long bytes, int age) {}

  /**
   * A selection.
   *
   * @param budget bytes that all indexes together may take
   * @param leastGain by how much the score must fall for another index: 0.01 is about 1 %
   * @param checkpoints how many of them the workload's calls span; NaN when that is not known
   */
  Selection(
      WhatIfCosts costs,
      Collection<Twin.Defined> candidates,
      Collection<TableCopy> tables,
      long budget,
      double leastGain,
      double checkpoints) {
    this.costs = costs;
    this.checkpoints = checkpoints;
    candidates.forEach(index -> this.candidates.put(index.spec().name(), index));
    tables.forEach(table -> this.tables.put(table.title(), table));
    this.budget = budget;
    this.leastGain = leastGain;
    long all = tables.stream().mapToLong(table -> table.size().bytes()).sum();
    this.roomPerByte = (budget == Long.MAX_VALUE ? ROOM : ROOM_IN_BUDGET) / Math.max(1 << 20, all);
    int count = costs.statements().size();
    this.seconds = new double[count];
    this.voice = new double[count];
    weigh(count);
  }

  private void weigh(int count) {
    double all = 0;
    double[] perCost =
        costs.statements().stream()
            .filter(planned -> Double.isFinite(planned.statement().seconds()))
            .mapToDouble(
                planned ->
                    planned.statement().seconds() / planned.statement().calls() / planned.cost())
            .sorted()
            .toArray();
    double usual = perCost.length == 0 ? SECONDS_PER_COST : perCost[perCost.length / 2];
    for (int i = 0; i < count; i++) {
      WhatIfCosts.Planned planned = costs.statements().get(i);
      double measured = planned.statement().seconds();
      seconds[i] =
          Double.isFinite(measured)
              ? measured
              : planned.statement().calls() * planned.plan().cost() * usual;
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

  private double left(int statement, Set<String> indexes) throws SQLException {
    WhatIfCosts.Planned planned = costs.statements().get(statement);
    double ratio = costs.of(statement, indexes).cost() / planned.cost();
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
      bytes += known(name).bytes();
    }
    return new State(
        indexes, left, time, Math.log(time) + EACH_STATEMENT * each + roomPerByte * bytes, bytes);
  }

  private Twin.Defined known(String name) {
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
          IndexSpec spec = known(n).spec();
          String title = Identifiers.quoted(spec.schema(), spec.table());
          TableCopy table = tables.get(title);
          if (table == null) {
            return 0.0;
          }
          return costs.on(title).stream()
              .mapToDouble(
                  i ->
                      WriteCost.of(
                          costs.statements().get(i), table, spec, known(n).bytes(), checkpoints))
              .sum();
        });
  }

  /** The state after adding indexes; those that an added one makes superfluous go. */
  private State with(State state, Set<String> added) throws SQLException {
    var indexes = new HashSet<>(state.indexes());
    for (String name : added) {
      IndexSpec spec = known(name).spec();
      indexes.removeIf(other -> !other.equals(name) && spec.extendsKeyOf(known(other).spec()));
      indexes.add(name);
    }
    var changed = new HashSet<>(indexes);
    changed.removeAll(state.indexes());
    state.indexes().stream().filter(name -> !indexes.contains(name)).forEach(changed::add);
    return changed(state, indexes, changed);
  }

  private State without(State state, String name) throws SQLException {
    var indexes = new HashSet<>(state.indexes());
    indexes.remove(name);
    return changed(state, indexes, Set.of(name));
  }

  private State changed(State state, Set<String> indexes, Set<String> changed) throws SQLException {
    double[] left = state.left.clone();
    var affected = new TreeSet<Integer>();
    for (String name : changed) {
      affected.addAll(users.getOrDefault(name, Set.of()));
    }
    for (int i = 0; i < left.length; i++) {
      if (!affected.contains(i)
          && !Collections.disjoint(costs.of(i, state.indexes()).used(), changed)) {
        affected.add(i);
      }
    }
    for (int i : affected) {
      left[i] = left(i, indexes);
    }
    return state(indexes, left);
  }

  /**
   * The best selection found.
   *
   * @param proposers which statements a candidate was proposed for
   */
  State select(Map<String, Set<Integer>> proposers) throws SQLException {
    State start = state(Set.of());
    List<Move> moves = moves(start, proposers);
    State best = polish(grow(start, moves), moves);
    if (budget == Long.MAX_VALUE) {
      return best;
    }
    List<Move> largest =
        moves.stream()
            .filter(move -> move.bytes() <= budget)
            .sorted(Comparator.comparingDouble((Move move) -> -move.worth() * move.bytes()))
            .limit(STARTS)
            .toList();
    for (Move first : largest) {
      State other = polish(grow(with(start, first.indexes()), moves), moves);
      best = other.score() < best.score() ? other : best;
    }
    return best;
  }

  /**
   * What each statement would use of its candidates if it had them all, and then without those, of
   * different kinds: each of these by itself, and what is used together.
   */
  private List<Move> moves(State start, Map<String, Set<Integer>> proposers) throws SQLException {
    var sets = new LinkedHashSet<Set<String>>();
    for (int i = 0; i < seconds.length; i++) {
      int statement = i;
      Set<String> own = new TreeSet<>();
      proposers.forEach(
          (name, by) -> {
            if (by.contains(statement) && candidates.containsKey(name)) {
              own.add(name);
            }
          });
      for (Predicate<IndexSpec> kind : KINDS) {
        Set<String> shown = new TreeSet<>(own);
        shown.removeIf(name -> !kind.test(known(name).spec()));
        for (int round = 0; round < DEPTH && !shown.isEmpty(); round++) {
          Set<String> used = costs.of(i, shown).used();
          if (used.isEmpty()) {
            break;
          }
          used.forEach(name -> users.computeIfAbsent(name, n -> new TreeSet<>()).add(statement));
          if (used.size() > 1) {
            sets.add(used);
          }
          shown.removeAll(used);
        }
      }
    }
    var moves = new ArrayList<Move>();
    for (Map.Entry<String, Set<Integer>> candidate : users.entrySet()) {
      Set<String> one = Set.of(candidate.getKey());
      double[] left = start.left.clone();
      for (int i : candidate.getValue()) {
        left[i] = left(i, one);
      }
      add(moves, start, state(one, left), one);
    }
    for (Set<String> set : sets) {
      add(moves, start, with(start, set), set);
    }
    return moves;
  }

  private void add(List<Move> moves, State start, State after, Set<String> indexes) {
    double gain = start.score() - after.score();
    if (gain > 0) {
      moves.add(new Move(indexes, gain / after.bytes(), after.bytes(), 0));
    }
  }

  /** Adds what gains most a byte until nothing is worth it; gains are asked for again lazily. */
  private State grow(State from, List<Move> moves) throws SQLException {
    State state = from;
    var open = new PriorityQueue<>(Comparator.comparingDouble((Move move) -> -move.worth()));
    moves.forEach(move -> open.add(new Move(move.indexes(), move.worth(), move.bytes(), -1)));
    int age = 0;
    var late = new ArrayList<Move>();
    while (!open.isEmpty() && costs.asked() < MOST_QUESTIONS) {
      Move move = open.remove();
      if (state.indexes().containsAll(move.indexes())) {
        continue;
      }
      State after = with(state, move.indexes());
      double gain = state.score() - after.score();
      if (after.bytes() > budget || gain < leastGain) {
        late.add(move);
        continue;
      }
      double worth = gain / Math.max(1, after.bytes() - state.bytes());
      if (after.bytes() <= state.bytes()) {
        worth = Double.MAX_VALUE;
      }
      Move next = open.peek();
      if (move.age() == age || next == null || worth >= next.worth()) {
        state = after;
        age++;
        open.addAll(late);
        late.clear();
      } else {
        open.add(new Move(move.indexes(), worth, move.bytes(), age));
      }
    }
    return state;
  }

  /** Takes away what is not missed and exchanges what has a better substitute. */
  private State polish(State from, List<Move> moves) throws SQLException {
    State state = from;
    boolean better = true;
    for (int round = 0; better && round < ROUNDS && costs.asked() < MOST_QUESTIONS; round++) {
      better = false;
      for (String name : List.copyOf(state.indexes())) {
        State less = without(state, name);
        if (less.score() - state.score() < leastGain) {
          state = less;
          better = true;
          continue;
        }
        State swapped = swapped(state, less, name, moves);
        if (swapped.score() < state.score() - leastGain / 2) {
          state = swapped;
          better = true;
        }
      }
      State grown = grow(state, moves);
      better |= grown.score() < state.score();
      state = grown;
    }
    return state;
  }

  private State swapped(State state, State less, String name, List<Move> moves)
      throws SQLException {
    IndexSpec gone = known(name).spec();
    State best = state;
    List<Move> others =
        moves.stream()
            .filter(move -> !move.indexes().contains(name))
            .filter(move -> !less.indexes().containsAll(move.indexes()))
            .sorted(
                Comparator.comparingDouble(
                    (Move move) -> (sameTable(move, gone) ? -1e6 : 0) - move.worth()))
            .limit(SWAPS_PER_INDEX)
            .toList();
    for (Move other : others) {
      State tried = with(less, other.indexes());
      if (tried.bytes() <= budget && tried.score() < best.score()) {
        best = tried;
      }
    }
    return best;
  }

  private boolean sameTable(Move move, IndexSpec index) {
    return move.indexes().stream()
        .map(name -> known(name).spec())
        .anyMatch(s -> s.table().equals(index.table()) && s.schema().equals(index.schema()));
  }
}
