package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.IndexSpec;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
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
 * exchanges. What gains is told by the {@link WorkloadScore}.
 */
final class Selection {
  private static final int SWAPS_PER_INDEX = 8;
  private static final int ROUNDS = 3;

  /** For so many of those that do not fit, others are taken away. */
  private static final int MOST_WANTED = 16;

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
  private final WorkloadScore score;
  private final long budget;
  private final double leastGain;

  /** Statements that have a use for a candidate. */
  private final Map<String, Set<Integer>> users = new LinkedHashMap<>();

  /** Indexes that are added together. */
  private record Move(Set<String> indexes, double worth, long bytes, int age) {}

  /**
   * A selection.
   *
   * @param budget bytes that all indexes together may take
   * @param leastGain by how much the score must fall for another index: 0.01 is about 1 %
   */
  Selection(WhatIfCosts costs, WorkloadScore score, long budget, double leastGain) {
    this.costs = costs;
    this.score = score;
    this.budget = budget;
    this.leastGain = leastGain;
  }

  /** The indexes after adding some; those that an added one makes superfluous go. */
  private Set<String> joined(WorkloadScore.State state, Set<String> added) {
    var indexes = new HashSet<>(state.indexes());
    for (String name : added) {
      IndexSpec spec = candidate(name);
      indexes.removeIf(other -> !other.equals(name) && spec.extendsKeyOf(candidate(other)));
      indexes.add(name);
    }
    return indexes;
  }

  /** Whether there is room for added indexes; no plan is asked for. */
  private boolean fits(WorkloadScore.State state, Set<String> added) {
    long bytes =
        joined(state, added).stream().mapToLong(name -> score.candidate(name).bytes()).sum();
    return bytes <= budget;
  }

  /** The state after adding indexes; those that an added one makes superfluous go. */
  private WorkloadScore.State with(WorkloadScore.State state, Set<String> added)
      throws SQLException {
    Set<String> indexes = joined(state, added);
    var changed = new HashSet<>(indexes);
    changed.removeAll(state.indexes());
    state.indexes().stream().filter(name -> !indexes.contains(name)).forEach(changed::add);
    return changed(state, indexes, changed);
  }

  private IndexSpec candidate(String name) {
    return score.candidate(name).spec();
  }

  private WorkloadScore.State without(WorkloadScore.State state, String name) throws SQLException {
    var indexes = new HashSet<>(state.indexes());
    indexes.remove(name);
    return changed(state, indexes, Set.of(name));
  }

  private WorkloadScore.State changed(
      WorkloadScore.State state, Set<String> indexes, Set<String> changed) throws SQLException {
    var affected = new TreeSet<Integer>();
    for (String name : changed) {
      affected.addAll(users.getOrDefault(name, Set.of()));
    }
    for (int i = 0; i < costs.statements().size(); i++) {
      if (!affected.contains(i)
          && !Collections.disjoint(costs.of(i, state.indexes()).used(), changed)) {
        affected.add(i);
      }
    }
    return score.changed(state, indexes, affected);
  }

  /**
   * The best selection found.
   *
   * @param proposers which statements a candidate was proposed for
   */
  WorkloadScore.State select(Map<String, Set<Integer>> proposers) throws SQLException {
    WorkloadScore.State start = score.state(Set.of());
    List<Move> moves = moves(start, proposers);
    WorkloadScore.State best = polish(grow(start, moves), moves);
    if (budget == Long.MAX_VALUE) {
      return best;
    }
    for (int round = 0; round < ROUNDS && costs.asked() < MOST_QUESTIONS; round++) {
      WorkloadScore.State moved = polish(withRoomMade(best, moves), moves);
      if (moved.score() >= best.score()) {
        break;
      }
      best = moved;
    }
    return best;
  }

  /**
   * What each statement would use of its candidates if it had them all, and then without those, of
   * different kinds: each of these by itself, and what is used together.
   */
  private List<Move> moves(WorkloadScore.State start, Map<String, Set<Integer>> proposers)
      throws SQLException {
    var sets = new LinkedHashSet<Set<String>>();
    for (int i = 0; i < costs.statements().size(); i++) {
      int statement = i;
      Set<String> own = new TreeSet<>();
      proposers.forEach(
          (name, by) -> {
            if (by.contains(statement)) {
              own.add(name);
            }
          });
      for (Predicate<IndexSpec> kind : KINDS) {
        Set<String> shown = new TreeSet<>(own);
        shown.removeIf(name -> !kind.test(candidate(name)));
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
      add(moves, start, score.changed(start, one, candidate.getValue()), one);
    }
    for (Set<String> set : sets) {
      add(moves, start, with(start, set), set);
    }
    return moves;
  }

  private void add(
      List<Move> moves, WorkloadScore.State start, WorkloadScore.State after, Set<String> indexes) {
    double gain = start.score() - after.score();
    if (gain > 0) {
      moves.add(new Move(indexes, gain / after.bytes(), after.bytes(), 0));
    }
  }

  /** Adds what gains most a byte until nothing is worth it; gains are asked for again lazily. */
  private WorkloadScore.State grow(WorkloadScore.State from, List<Move> moves) throws SQLException {
    WorkloadScore.State state = from;
    var open = new PriorityQueue<>(Comparator.comparingDouble((Move move) -> -move.worth()));
    moves.forEach(move -> open.add(new Move(move.indexes(), move.worth(), move.bytes(), -1)));
    int age = 0;
    var late = new ArrayList<Move>();
    while (!open.isEmpty() && costs.asked() < MOST_QUESTIONS) {
      Move move = open.remove();
      if (state.indexes().containsAll(move.indexes())) {
        continue;
      }
      if (!fits(state, move.indexes())) {
        late.add(move);
        continue;
      }
      WorkloadScore.State after = with(state, move.indexes());
      double gain = state.score() - after.score();
      if (gain < leastGain) {
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
  private WorkloadScore.State polish(WorkloadScore.State from, List<Move> moves)
      throws SQLException {
    WorkloadScore.State state = from;
    boolean better = true;
    for (int round = 0; better && round < ROUNDS && costs.asked() < MOST_QUESTIONS; round++) {
      better = false;
      for (String name : List.copyOf(state.indexes())) {
        WorkloadScore.State less = without(state, name);
        if (less.score() - state.score() < leastGain) {
          state = less;
          better = true;
          continue;
        }
        WorkloadScore.State swapped = swapped(state, less, name, moves);
        if (swapped.score() < state.score() - leastGain / 2) {
          state = swapped;
          better = true;
        }
      }
      WorkloadScore.State grown = grow(state, moves);
      better |= grown.score() < state.score();
      state = grown;
    }
    return state;
  }

  /**
   * Adds what would gain most if there were room for it, in the place of what is missed least for
   * its bytes, as long as that is better.
   */
  private WorkloadScore.State withRoomMade(WorkloadScore.State from, List<Move> moves)
      throws SQLException {
    var wanted = new ArrayList<Move>();
    for (Move move : moves) {
      if (move.bytes() <= budget && !fits(from, move.indexes())) {
        double gain = from.score() - with(from, move.indexes()).score();
        if (gain >= leastGain) {
          wanted.add(new Move(move.indexes(), gain, move.bytes(), 0));
        }
      }
    }
    wanted.sort(Comparator.comparingDouble(move -> -move.worth()));
    WorkloadScore.State best = from;
    for (Move move : wanted.subList(0, Math.min(MOST_WANTED, wanted.size()))) {
      WorkloadScore.State after = evicted(with(best, move.indexes()), move.indexes());
      if (after.bytes() <= budget) {
        WorkloadScore.State grown = grow(after, moves);
        best = grown.score() < best.score() - leastGain / 2 ? grown : best;
      }
    }
    return best;
  }

  /** Takes away what is missed least for its bytes until the rest fits; some stay in any case. */
  private WorkloadScore.State evicted(WorkloadScore.State from, Set<String> staying)
      throws SQLException {
    WorkloadScore.State state = from;
    while (state.bytes() > budget) {
      WorkloadScore.State least = null;
      double leastMissed = Double.MAX_VALUE;
      for (String name : state.indexes()) {
        if (!staying.contains(name)) {
          WorkloadScore.State without = without(state, name);
          double bytes = Math.max(1, state.bytes() - without.bytes());
          double missed = (without.score() - state.score()) / bytes;
          if (missed < leastMissed) {
            leastMissed = missed;
            least = without;
          }
        }
      }
      if (least == null) {
        return state;
      }
      state = least;
    }
    return state;
  }

  private WorkloadScore.State swapped(
      WorkloadScore.State state, WorkloadScore.State less, String name, List<Move> moves)
      throws SQLException {
    IndexSpec gone = candidate(name);
    WorkloadScore.State best = state;
    List<Move> others =
        moves.stream()
            .filter(move -> !move.indexes().contains(name))
            .filter(move -> !less.indexes().containsAll(move.indexes()))
            .filter(move -> fits(less, move.indexes()))
            .sorted(
                Comparator.comparingDouble(
                    (Move move) -> (sameTable(move, gone) ? -1e6 : 0) - move.worth()))
            .limit(SWAPS_PER_INDEX)
            .toList();
    for (Move other : others) {
      WorkloadScore.State tried = with(less, other.indexes());
      if (tried.score() < best.score()) {
        best = tried;
      }
    }
    return best;
  }

  private boolean sameTable(Move move, IndexSpec index) {
    return move.indexes().stream()
        .map(name -> candidate(name))
        .anyMatch(s -> s.table().equals(index.table()) && s.schema().equals(index.schema()));
  }
}
