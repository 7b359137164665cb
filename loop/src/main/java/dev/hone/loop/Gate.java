package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Whether an approved plan may start now: freezes, the error budget, change windows, budgets of
 * changes, the ladder of the blast radius, and signals that have come to rest. All of it follows
 * from the journal, so that no restart resets a budget.
 *
 * @param policy what the owner allows
 * @param registry freezes, and whether the error budget burns
 * @param loops the loops in memory
 * @param now the present
 */
record Gate(Policy policy, Registry registry, Collection<LoopRecord> loops, Instant now) {
  private static final Duration DAY = Duration.ofDays(1);

  /** Why a loop must wait; empty when it need not. */
  Optional<String> closed(LoopRecord loop) {
    Optional<Registry.Freeze> freeze = registry.freeze(now);
    if (freeze.isPresent()) {
      return Optional.of(
          "nothing starts until " + freeze.get().until() + ": " + freeze.get().why());
    }
    Registry.Burn burn = registry.burn();
    return (burn == null ? Optional.<String>empty() : Optional.of("nothing starts: " + burn.why()))
        .or(() -> window(policy, loop.recommendation().layer(), now))
        .or(() -> budget(loop))
        .or(() -> ladder(loop));
  }

  /**
   * Why the last trial of its group is too near: what an experiment first compares with would still
   * show that one's changes.
   */
  Optional<String> unrest(LoopRecord loop) {
    Duration before =
        switch (loop.plan().design()) {
          case Design.Paired design -> design.block();
          case Design.OneWay design -> design.window().multipliedBy(design.windowsBefore());
        };
    String group = loop.plan().group();
    boolean atRest =
        Untouched.of(loops, group, now).newest(now, before).filter(now::equals).isPresent();
    return atRest
        ? Optional.empty()
        : Optional.of(
            "the signals of group `"
                + group
                + "` must be left alone for "
                + Planner.text(before)
                + " before the next change");
  }

  /** Why no change window is open for a layer; empty when one is. */
  static Optional<String> window(Policy policy, String layer, Instant now) {
    List<ChangeWindow> windows = policy.windows().stream().filter(w -> w.isFor(layer)).toList();
    for (ChangeWindow window : windows) {
      if (window.kind() == ChangeWindow.Kind.DENY && window.holds(now)) {
        return Optional.of(
            "no changes from "
                + window.from()
                + " to "
                + window.to()
                + " "
                + window.zone()
                + ": "
                + window.why());
      }
    }
    boolean restricted = windows.stream().anyMatch(w -> w.kind() == ChangeWindow.Kind.ALLOW);
    boolean open =
        windows.stream().anyMatch(w -> w.kind() == ChangeWindow.Kind.ALLOW && w.holds(now));
    return restricted && !open
        ? Optional.of("it waits for a change window of layer `" + layer + "`")
        : Optional.empty();
  }

  private Optional<String> budget(LoopRecord loop) {
    int started = 0;
    int ofKnob = 0;
    for (LoopRecord other : loops) {
      int starts = startsToday(other);
      started += starts;
      ofKnob += other.plan().knob().id().equals(loop.plan().knob().id()) ? starts : 0;
    }
    if (started >= policy.limits().changesPerDay()) {
      return Optional.of(
          started
              + " plans were started within 24 hours; `limits.changesPerDay` allows "
              + policy.limits().changesPerDay());
    }
    return ofKnob >= policy.limits().changesPerKnobPerDay()
        ? Optional.of(
            "this knob was tried "
                + ofKnob
                + " times within 24 hours; `limits.changesPerKnobPerDay` allows "
                + policy.limits().changesPerKnobPerDay())
        : Optional.empty();
  }

  private int startsToday(LoopRecord loop) {
    int starts = 0;
    for (LoopRecord.Step step : loop.history()) {
      boolean today = step.at().isAfter(now.minus(DAY));
      starts += step.state() == LoopState.APPLYING && today ? 1 : 0;
    }
    return starts;
  }

  private Optional<String> ladder(LoopRecord loop) {
    Recommendation wanted = loop.recommendation();
    List<LoopRecord> kin =
        loops.stream()
            .filter(
                l ->
                    l.recommendation().layer().equals(wanted.layer())
                        && l.recommendation().technique().equals(wanted.technique()))
            .toList();
    Ladder ladder = Ladder.of(kin);
    long active = kin.stream().filter(l -> l.state().isActive()).count();
    return active >= ladder.allowed()
        ? Optional.of(
            "`"
                + wanted.technique()
                + "` is on trial at "
                + active
                + " of "
                + ladder.population()
                + " targets; no more than "
                + ladder.allowed()
                + " at a time until it has proven itself more often")
        : Optional.empty();
  }
}
