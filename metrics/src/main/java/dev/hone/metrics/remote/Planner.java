package dev.hone.metrics.remote;

import dev.hone.metrics.engine.Outbox;
import dev.hone.metrics.engine.Outbox.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Decides which backend answers for which slots: one that is alive, kept the slot all the time that
 * is asked about, and has everything that was acknowledged for that time. Samples that are on their
 * way are waited for a little.
 */
final class Planner {
  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final long WORTH_WAITING = 16 << 20;
  private static final long EARLY = 600_000;
  private static final long LATE = 3_600_000;

  private final Map<String, Node> nodes;
  private final Outbox outbox;
  private final Placement placement;
  private final Unsent unsent;
  private final RemoteOptions options;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();

  Planner(
      List<Node> nodes, Outbox outbox, Placement placement, Unsent unsent, RemoteOptions options) {
    this.nodes = new LinkedHashMap<>();
    nodes.forEach(node -> this.nodes.put(node.name(), node));
    this.outbox = outbox;
    this.placement = placement;
    this.unsent = unsent;
    this.options = options;
  }

  /** Slots that several backends have to answer for together: each knows a part of the time. */
  record Joined(BitSet slots, List<Node> nodes) {}

  /**
   * Who answers.
   *
   * @param whole slots by the backend that answers for them alone
   * @param joined slots whose backends changed in the time asked about
   * @param missing slots for which nobody answers
   * @param lacks what is missing or behind, in sentences
   */
  record Plan(Map<Node, BitSet> whole, List<Joined> joined, BitSet missing, List<String> lacks) {}

  /** Says that a backend acknowledged something. */
  void advanced() {
    lock.lock();
    try {
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Plans a question about a time.
   *
   * @param at what was acknowledged before it is to be seen
   * @param excluded backends that failed to answer it, and why
   */
  Plan plan(BitSet slots, long oldest, long newest, Position at, Map<Node, String> excluded)
      throws InterruptedException {
    check(excluded, true);
    long end = System.nanoTime() + options.pace().drain().toNanos();
    boolean asked = false;
    lock.lockInterruptibly();
    try {
      while (true) {
        var attempt = new Attempt(oldest, newest, at, excluded);
        slots.stream().forEach(attempt::place);
        if (!attempt.missing.isEmpty() && !asked) {
          asked = true;
          lock.unlock();
          try {
            check(excluded, false);
          } finally {
            lock.lock();
          }
          continue;
        }
        long left = end - System.nanoTime();
        if (!attempt.worthWaiting() || left <= 0) {
          return attempt.plan();
        }
        long unused = advanced.awaitNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(20)));
        assert unused <= left;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Asks backends from which nothing came for a while whether they are there. */
  private void check(Map<Node, String> excluded, boolean alive) {
    nodes.values().stream()
        .filter(node -> !excluded.containsKey(node) && node.link().alive() == alive)
        .map(node -> node.link().check(FRESH).orElse(null))
        .filter(Objects::nonNull)
        .toList()
        .forEach(CompletableFuture::join);
  }

  /** One try to place all slots. */
  private final class Attempt {
    private final List<Placement.Epoch> epochs;
    private final Map<Node, String> excluded;
    private final Map<Node, Boolean> complete = new HashMap<>();
    private final Map<Node, BitSet> whole = new LinkedHashMap<>();
    private final Map<List<Node>, BitSet> joined = new LinkedHashMap<>();
    private final Map<Node, BitSet> behind = new LinkedHashMap<>();
    private final Map<Node, BitSet> late = new LinkedHashMap<>();
    private final BitSet missing = new BitSet();
    private final TreeSet<String> silent = new TreeSet<>();

    Attempt(long oldest, long newest, Position at, Map<Node, String> excluded) {
      this.excluded = excluded;
      this.epochs =
          placement.of(oldest, newest, Math.max(LATE, options.outOfOrder().toMillis()), EARLY);
      for (Node node : nodes.values()) {
        Position shown = node.lane().shown();
        complete.put(node, shown.compareTo(at) >= 0 || unsent.earliestAfter(shown) > newest);
      }
    }

    private boolean usable(Node node) {
      return node.link().alive() && !excluded.containsKey(node);
    }

    void place(int slot) {
      List<Node> everywhere = new ArrayList<>();
      for (String name : epochs.getLast().owners(slot)) {
        Node node = nodes.get(name);
        boolean always = epochs.stream().allMatch(epoch -> epoch.owners(slot).contains(name));
        if (node == null || !usable(node)) {
          silent.add(name);
        } else if (always) {
          everywhere.add(node);
        }
      }
      for (Node node : everywhere) {
        if (complete.getOrDefault(node, false)) {
          whole.computeIfAbsent(node, n -> new BitSet()).set(slot);
          return;
        }
      }
      if (epochs.size() > 1 && join(slot, false)) {
        return;
      }
      if (everywhere.isEmpty() && epochs.size() > 1 && join(slot, true)) {
        return;
      }
      if (everywhere.isEmpty()) {
        missing.set(slot);
        return;
      }
      Node best = everywhere.getFirst();
      for (Node node : everywhere) {
        if (node.lane().shown().compareTo(best.lane().shown()) > 0) {
          best = node;
        }
      }
      behind.computeIfAbsent(best, n -> new BitSet()).set(slot);
    }

    /** Has those who kept the slot at each time answer together, if need be with less than all. */
    private boolean join(int slot, boolean incomplete) {
      var parts = new ArrayList<Node>();
      for (Placement.Epoch epoch : epochs) {
        Node found = null;
        for (String name : epoch.owners(slot)) {
          Node node = nodes.get(name);
          if (node == null || !usable(node)) {
            silent.add(name);
          } else if (complete.getOrDefault(node, false)) {
            found = found != null && complete.getOrDefault(found, false) ? found : node;
          } else if (incomplete && found == null) {
            found = node;
          }
        }
        if (found == null) {
          return false;
        }
        if (!parts.contains(found)) {
          parts.add(found);
        }
      }
      joined.computeIfAbsent(parts, p -> new BitSet()).set(slot);
      for (Node node : parts) {
        if (!complete.getOrDefault(node, false)) {
          late.computeIfAbsent(node, n -> new BitSet()).set(slot);
        }
      }
      return true;
    }

    /** Whether what is behind can be expected to be there soon. */
    boolean worthWaiting() {
      var waited = new HashSet<Node>(behind.keySet());
      waited.addAll(late.keySet());
      return !waited.isEmpty()
          && waited.stream().allMatch(n -> outbox.bytesAfter(n.lane().shown()) < WORTH_WAITING);
    }

    Plan plan() {
      var lacks = new ArrayList<String>();
      if (!missing.isEmpty()) {
        lacks.add(
            "the series of %d of %d slots are missing: %s"
                .formatted(missing.cardinality(), Slots.COUNT, silence()));
      }
      late.forEach((node, slots) -> lacks.add(lack(node, slots)));
      behind.forEach(
          (node, slots) -> {
            lacks.add(lack(node, slots));
            whole.computeIfAbsent(node, n -> new BitSet()).or(slots);
          });
      var several = new ArrayList<Joined>();
      joined.forEach((parts, slots) -> several.add(new Joined(slots, parts)));
      return new Plan(whole, several, missing, lacks);
    }

    private String lack(Node node, BitSet slots) {
      long since = unsent.earliestAfter(node.lane().shown());
      String when = since == Long.MIN_VALUE ? "some time" : Instant.ofEpochMilli(since).toString();
      return "the series of %d of %d slots may lack samples since %s: backend `%s` is still to get them"
          .formatted(slots.cardinality(), Slots.COUNT, when, node.name());
    }

    private String silence() {
      var reasons = new ArrayList<String>();
      for (String name : silent) {
        Node node = nodes.get(name);
        if (node == null) {
          reasons.add("backend `" + name + "` is not configured any more");
        } else {
          String why = excluded.getOrDefault(node, node.link().problem());
          reasons.add(
              "backend `" + name + "` does not answer" + (why.isEmpty() ? "" : " (" + why + ")"));
        }
      }
      return String.join(", ", reasons);
    }
  }
}
