package dev.hone.loop;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the journal tells that belongs to no loop.
 *
 * @param killSwitch whether everything is stopped
 * @param policy the policy that was saved last, or null when none ever was
 * @param configured the policy that configuration brought last, or null
 * @param freezes times without changes that events brought, the newest last
 * @param nulls experiments in which nothing was changed, and what they ended with
 * @param burn the error budget burns too fast, or null
 * @param loadShifts when the offered load moved to another level, the newest last
 */
public record Registry(
    Switch killSwitch,
    @Nullable Saved policy,
    @Nullable Policy configured,
    List<Freeze> freezes,
    List<NullTally> nulls,
    @Nullable Burn burn,
    List<LoadShift> loadShifts) {
  /** Who saves a policy that stands in flags or {@code hone.yaml}. */
  public static final String CONFIGURATION = "configuration";

  private static final int MOST_FREEZES = 100;
  private static final int MOST_SHIFTS = 100;

  public Registry {
    freezes = List.copyOf(freezes);
    nulls = List.copyOf(nulls);
    loadShifts = List.copyOf(loadShifts);
  }

  /** The state of the kill switch. */
  public record Switch(boolean stopped, String by, String why, Instant at) {}

  /** A policy, who saved it, and when. */
  public record Saved(Policy policy, String by, String why, Instant at) {}

  /**
   * A time in which nothing starts.
   *
   * @param cause what brought it
   * @param until its end, unless it is ended earlier
   */
  public record Freeze(Cause cause, String by, String why, Instant from, Instant until) {
    /** Whether it holds at a time. */
    public boolean holds(Instant now) {
      return !now.isBefore(from) && now.isBefore(until);
    }
  }

  /** An error budget burns too fast; nothing starts meanwhile. */
  public record Burn(String why, Instant since) {}

  /** The offered load moved to another level, see {@link LoopEvent.LoadShifted}. */
  public record LoadShift(Instant at, double before, double after, boolean unusual) {}

  /** What stops changes for a while. */
  public enum Cause {
    /** New code or configuration came in; signals settle first. */
    DEPLOYMENT,
    /** Something is wrong that people are at work on. */
    INCIDENT,
    /** A person asked for it. */
    PERSON
  }

  /**
   * How experiments ended in which nothing was changed: the loop's own error rates.
   *
   * @param signal what they were judged by
   * @param design title of their design
   * @param experiments how many there were
   * @param kept how many called nothing an improvement
   * @param rolledBack how many called nothing a harm
   * @param covered how many intervals held zero
   * @param measuredTo the end of the time they have used; the next begins there
   */
  public record NullTally(
      String signal,
      String design,
      int experiments,
      int kept,
      int rolledBack,
      int covered,
      Instant measuredTo) {}

  /** Of an empty journal. */
  static Registry empty() {
    return new Registry(
        new Switch(false, "", "", Instant.EPOCH),
        null,
        null,
        List.of(),
        List.of(),
        null,
        List.of());
  }

  /** The registry after an event that belongs to no loop. */
  Registry after(LoopEvent.General event, Instant at) {
    return switch (event) {
      case LoopEvent.Switched e -> withSwitch(new Switch(e.stopped(), e.by(), e.why(), at));
      case LoopEvent.PolicyChanged e ->
          new Registry(
              killSwitch,
              new Saved(e.policy(), e.by(), e.why(), at),
              e.by().equals(CONFIGURATION) ? e.policy() : configured,
              freezes,
              nulls,
              burn,
              loadShifts);
      case LoopEvent.Froze e -> {
        var more = new ArrayList<>(freezes);
        more.add(new Freeze(e.cause(), e.by(), e.why(), at, e.until()));
        yield withFreezes(more.subList(Math.max(0, more.size() - MOST_FREEZES), more.size()));
      }
      case LoopEvent.Thawed e ->
          withFreezes(freezes.stream().map(f -> f.holds(at) ? ended(f, at) : f).toList());
      case LoopEvent.BudgetBurning e -> withBurn(new Burn(e.why(), at));
      case LoopEvent.BudgetRecovered e -> withBurn(null);
      case LoopEvent.LoadShifted e -> {
        var more = new ArrayList<>(loadShifts);
        more.add(new LoadShift(at, e.before(), e.after(), e.unusual()));
        yield new Registry(
            killSwitch,
            policy,
            configured,
            freezes,
            nulls,
            burn,
            more.subList(Math.max(0, more.size() - MOST_SHIFTS), more.size()));
      }
      case LoopEvent.NullMeasured e ->
          new Registry(killSwitch, policy, configured, freezes, tallied(e), burn, loadShifts);
    };
  }

  Registry withSwitch(Switch changed) {
    return new Registry(changed, policy, configured, freezes, nulls, burn, loadShifts);
  }

  private Registry withFreezes(List<Freeze> changed) {
    return new Registry(killSwitch, policy, configured, changed, nulls, burn, loadShifts);
  }

  private Registry withBurn(@Nullable Burn changed) {
    return new Registry(killSwitch, policy, configured, freezes, nulls, changed, loadShifts);
  }

  private static Freeze ended(Freeze freeze, Instant at) {
    return new Freeze(freeze.cause(), freeze.by(), freeze.why(), freeze.from(), at);
  }

  private List<NullTally> tallied(LoopEvent.NullMeasured e) {
    var tallies = new ArrayList<>(nulls);
    NullTally old =
        tally(e.signal(), e.design())
            .orElse(new NullTally(e.signal(), e.design(), 0, 0, 0, 0, Instant.EPOCH));
    tallies.remove(old);
    tallies.add(
        new NullTally(
            e.signal(),
            e.design(),
            old.experiments + 1,
            old.kept + (e.decision() == Verdict.Decision.KEEP ? 1 : 0),
            old.rolledBack + (e.decision() == Verdict.Decision.ROLL_BACK ? 1 : 0),
            old.covered + (e.low() <= 0 && e.high() >= 0 ? 1 : 0),
            e.to()));
    return tallies;
  }

  /** The tally of a signal and a design. */
  public Optional<NullTally> tally(String signal, String design) {
    return nulls.stream()
        .filter(t -> t.signal().equals(signal) && t.design().equals(design))
        .findFirst();
  }

  /** The last shift of the load, if there was any. */
  public Optional<LoadShift> loadShift() {
    return loadShifts.isEmpty() ? Optional.empty() : Optional.of(loadShifts.getLast());
  }

  /** The freeze that holds at a time and lasts longest. */
  public Optional<Freeze> freeze(Instant now) {
    return freezes.stream()
        .filter(f -> f.holds(now))
        .max(java.util.Comparator.comparing(Freeze::until));
  }
}
