package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Carries an experiment through in virtual time on a system that the caller computes: no knob, no
 * journal, no guard process. Schedule, burn-in, fast guard and judge are those of an experiment in
 * earnest, so what a rehearsal shows of errors and times holds for them.
 */
public final class Rehearsal {
  /** The value in force before, see {@link Stage#inForce}. */
  public static final String OFF = "off";

  /** The value on trial. */
  public static final String ON = "on";

  /** The value with the change on the first half of a split. */
  public static final String FIRST = "first";

  /** The value with the change on the second half of a split. */
  public static final String SECOND = "second";

  private Rehearsal() {}

  /** The system on stage. */
  public interface Stage extends Signals {
    /**
     * Told whenever another value comes into force: {@link #OFF}, {@link #ON}, {@link #FIRST} or
     * {@link #SECOND}. Times never go back; {@link #OFF} is in force at first.
     */
    void inForce(Instant at, String value);
  }

  /**
   * What became of it.
   *
   * @param verdict what was decided
   * @param aborted whether the fast guard ended it
   * @param ended when
   * @param events what a journal would hold of the experiment
   */
  public record Outcome(Verdict verdict, boolean aborted, Instant ended, List<LoopEvent> events) {
    public Outcome {
      events = List.copyOf(events);
    }
  }

  /**
   * Runs a plan from {@code start}; its knob, values, group and loop do not matter.
   *
   * @param settling what the knob declares
   */
  public static Outcome run(Plan plan, Duration settling, Stage stage, Instant start) {
    var acted =
        new Plan(
            plan.loopId(),
            plan.knob(),
            plan.group(),
            OFF,
            ON,
            plan.design(),
            plan.primary(),
            plan.leastGain(),
            plan.alpha(),
            plan.alphaHarm(),
            plan.guardrails(),
            plan.seed(),
            plan.deadline());
    var clock = new VirtualTicker(start);
    var events = new ArrayList<LoopEvent>();
    var value = new Object[] {OFF};
    Trial.Change change =
        wanted -> {
          if (!wanted.equals(value[0])) {
            value[0] = wanted;
            stage.inForce(clock.instant(), wanted);
          }
        };
    try {
      Verdict verdict = act(acted, settling, stage, clock, events::add, change);
      return new Outcome(verdict, false, clock.instant(), events);
    } catch (Trial.Abort abort) {
      return new Outcome(abort.verdict(), true, clock.instant(), events);
    } catch (Trial.Refused | KnobException e) {
      throw new IllegalArgumentException("the plan cannot be rehearsed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nothing waits in a rehearsal", e);
    }
  }

  private static Verdict act(
      Plan plan,
      Duration settling,
      Stage stage,
      Ticker clock,
      Consumer<LoopEvent> journal,
      Trial.Change change)
      throws Trial.Abort, Trial.Refused, KnobException, InterruptedException {
    return switch (plan.design()) {
      case Design.Paired design -> {
        boolean split = design instanceof Design.ConcurrentSplit;
        var arms =
            new Arms(
                split ? FIRST : ON,
                split ? SECOND : OFF,
                split ? 0.5 : 1,
                design,
                plan,
                scenario -> () -> {});
        Schedule schedule = Schedule.draw(plan.seed(), design);
        yield new PairedRun(plan, design, arms, schedule, stage, clock, journal).run(change);
      }
      case Design.OneWay design ->
          new DifferenceRun(plan, design, stage, clock, journal).run(change, settling);
    };
  }

  /** Time that passes by being waited for. */
  private static final class VirtualTicker implements Ticker {
    private Instant now;

    VirtualTicker(Instant now) {
      this.now = now;
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public void waitUntil(Instant time) {
      now = time.isAfter(now) ? time : now;
    }
  }
}
