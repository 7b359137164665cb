package dev.hone.loop;

import java.time.Duration;
import java.util.List;

/** How a change is put to the proof. */
public sealed interface Design {
  /** How strong the proof is. */
  Grade grade();

  /** Name of the design, for people. */
  String title();

  /** Strength of evidence, strongest first. */
  enum Grade {
    A,
    B,
    C,
    D
  }

  /** Designs that compare two blocks at a time, in an order drawn beforehand. */
  sealed interface Paired extends Design {
    /** How long one block lasts. */
    Duration block();

    /** The start of a block that is not measured. */
    Duration burnIn();

    /** The most pairs there will be. */
    int maxPairs();

    /** This design with blocks that last longer. */
    Paired withTimes(Duration longerBlock, Duration longerBurnIn);

    /** This design with another limit of pairs. */
    Paired withPairs(int pairs);

    private static void check(String name, Duration block, Duration burnIn, int maxPairs) {
      if (maxPairs < 1 || burnIn.isNegative() || burnIn.compareTo(block) >= 0) {
        throw new IllegalArgumentException(
            name
                + " of "
                + maxPairs
                + " pairs, block "
                + block
                + ", burn-in "
                + burnIn
                + ": needs at least one pair and a burn-in shorter than the block");
      }
    }
  }

  /**
   * On and off blocks in pairs, the order within each pair a coin flip drawn beforehand.
   *
   * @param block how long the change is on, or off, at a time; at least five settling times
   * @param burnIn the start of each block that is not measured; at least two settling times
   * @param maxPairs after this many pairs without a decision the verdict is inconclusive
   */
  record Switchback(Duration block, Duration burnIn, int maxPairs) implements Paired {
    public Switchback {
      Paired.check("switchback", block, burnIn, maxPairs);
    }

    /** A switchback with the shortest block and burn-in that the settling time allows. */
    public static Switchback forSettling(Duration settling, Duration leastBlock, int maxPairs) {
      Duration block = settling.multipliedBy(5);
      block = block.compareTo(leastBlock) < 0 ? leastBlock : block;
      return new Switchback(block, settling.multipliedBy(2), maxPairs);
    }

    @Override
    public Switchback withTimes(Duration longerBlock, Duration longerBurnIn) {
      return new Switchback(longerBlock, longerBurnIn, maxPairs);
    }

    @Override
    public Switchback withPairs(int pairs) {
      return new Switchback(block, burnIn, pairs);
    }

    @Override
    public Grade grade() {
      return Grade.B;
    }

    @Override
    public String title() {
      return "randomised switchback";
    }
  }

  /**
   * Both values at the same time, each on one half of the load, and the halves change places at
   * random: in one block of a pair the first half has the change, in the other the second, in an
   * order drawn beforehand. What happens to everything at once, and how the halves differ by
   * themselves, both cancel.
   *
   * @param block how long a half keeps the change; at least five settling times
   * @param burnIn the start of each block that is not measured; at least two settling times
   * @param maxPairs after this many pairs without a decision the verdict is inconclusive
   * @param first the primary signal of the first half
   * @param second the primary signal of the second half
   */
  record ConcurrentSplit(
      Duration block, Duration burnIn, int maxPairs, SignalRef first, SignalRef second)
      implements Paired {
    public ConcurrentSplit {
      Paired.check("concurrent split", block, burnIn, maxPairs);
    }

    @Override
    public ConcurrentSplit withTimes(Duration longerBlock, Duration longerBurnIn) {
      return new ConcurrentSplit(longerBlock, longerBurnIn, maxPairs, first, second);
    }

    @Override
    public ConcurrentSplit withPairs(int pairs) {
      return new ConcurrentSplit(block, burnIn, pairs, first, second);
    }

    @Override
    public Grade grade() {
      return Grade.A;
    }

    @Override
    public String title() {
      return "concurrent random split";
    }
  }

  /**
   * The same load twice a pair, once with each value, in an order drawn beforehand: for what takes
   * effect at a restart, on a target that serves nobody meanwhile.
   *
   * @param run how long a load test lasts, warm-up included
   * @param warmUp the start of each load test that is not measured
   * @param maxPairs after this many pairs without a decision the verdict is inconclusive
   * @param scenario what the load generator is told to do
   */
  record RepeatedLoadTest(Duration run, Duration warmUp, int maxPairs, String scenario)
      implements Paired {
    public RepeatedLoadTest {
      Paired.check("repeated load test", run, warmUp, maxPairs);
    }

    @Override
    public Duration block() {
      return run;
    }

    @Override
    public Duration burnIn() {
      return warmUp;
    }

    @Override
    public RepeatedLoadTest withTimes(Duration longerRun, Duration longerWarmUp) {
      return new RepeatedLoadTest(longerRun, longerWarmUp, maxPairs, scenario);
    }

    @Override
    public RepeatedLoadTest withPairs(int pairs) {
      return new RepeatedLoadTest(run, warmUp, pairs, scenario);
    }

    @Override
    public Grade grade() {
      return Grade.C;
    }

    @Override
    public String title() {
      return "repeated load test";
    }
  }

  /**
   * Designs that compare windows before a change with windows after it. When the windows after
   * leave it open, as many again are looked at, {@link #LOOKS} times in all.
   */
  sealed interface OneWay extends Design {
    /** How often it is looked at whether the windows suffice. */
    int LOOKS = 3;

    /** Length of one window. */
    Duration window();

    /** How many windows of history are used at the most; half of them must be there. */
    int windowsBefore();

    /** How many windows are observed before the first look. */
    int windowsAfter();

    /** The same quantity of untouched things. */
    List<SignalRef> controls();

    /** How many windows of history there must be. */
    default int leastBefore() {
      return Math.max(DifferenceJudge.LEAST_WINDOWS, windowsBefore() / 2);
    }

    /** From the change to the last look. */
    default Duration longest() {
      return window().multipliedBy((long) LOOKS * windowsAfter());
    }

    @Override
    default Grade grade() {
      return Grade.D;
    }

    private static void check(String name, int windowsBefore, int windowsAfter) {
      int least = DifferenceJudge.LEAST_WINDOWS;
      if (windowsBefore < least || windowsAfter < least) {
        throw new IllegalArgumentException(
            name
                + " with "
                + windowsBefore
                + " windows before and "
                + windowsAfter
                + " after: needs at least "
                + least
                + " of each");
      }
    }
  }

  /**
   * Windows before and after a one-way change, against controls that the change does not touch,
   * calibrated by placebo dates in the windows before.
   *
   * @param window length of one window
   * @param windowsBefore how many windows of history are used at the most
   * @param windowsAfter how many windows are observed before the first look
   * @param controls the same quantity of untouched things
   * @param proof a low-noise signal that must move with the primary one, for example buffers per
   *     call
   */
  record DifferenceInDifferences(
      Duration window,
      int windowsBefore,
      int windowsAfter,
      List<SignalRef> controls,
      SignalRef proof)
      implements OneWay {
    public DifferenceInDifferences {
      controls = List.copyOf(controls);
      OneWay.check("difference in differences", windowsBefore, windowsAfter);
    }

    @Override
    public String title() {
      return "difference in differences";
    }
  }

  /**
   * The same for a change that pays by something else than the primary signal, such as room: the
   * primary signal need not gain, it must be shown not to lose more than a margin.
   *
   * @param window length of one window
   * @param windowsBefore how many windows of history are used at the most
   * @param windowsAfter how many windows are observed before the first look
   * @param controls the same quantity of untouched things
   * @param margin the relative worsening of the primary signal that must be excluded, 0.1 for 10 %
   */
  record NonInferiority(
      Duration window, int windowsBefore, int windowsAfter, List<SignalRef> controls, double margin)
      implements OneWay {
    public NonInferiority {
      controls = List.copyOf(controls);
      OneWay.check("non-inferiority", windowsBefore, windowsAfter);
      if (!(margin > 0 && margin < 1)) {
        throw new IllegalArgumentException(
            "non-inferiority with a margin of " + margin + "; use a share like 0.1");
      }
    }

    @Override
    public String title() {
      return "non-inferiority";
    }
  }
}
