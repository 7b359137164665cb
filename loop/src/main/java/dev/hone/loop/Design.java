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

  /**
   * On and off blocks in pairs, the order within each pair a coin flip drawn beforehand.
   *
   * @param block how long the change is on, or off, at a time; at least five settling times
   * @param burnIn the start of each block that is not measured; at least two settling times
   * @param maxPairs after this many pairs without a decision the verdict is inconclusive
   */
  record Switchback(Duration block, Duration burnIn, int maxPairs) implements Design {
    public Switchback {
      if (maxPairs < 1 || burnIn.compareTo(block) >= 0) {
        throw new IllegalArgumentException(
            "switchback of "
                + maxPairs
                + " pairs, block "
                + block
                + ", burn-in "
                + burnIn
                + ": needs at least one pair and a burn-in shorter than the block");
      }
    }

    /** A switchback with the shortest block and burn-in that the settling time allows. */
    public static Switchback forSettling(Duration settling, Duration leastBlock, int maxPairs) {
      Duration block = settling.multipliedBy(5);
      block = block.compareTo(leastBlock) < 0 ? leastBlock : block;
      return new Switchback(block, settling.multipliedBy(2), maxPairs);
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
   * Windows before and after a one-way change, against controls that the change does not touch,
   * calibrated by placebo dates in the windows before.
   *
   * @param window length of one window
   * @param windowsBefore how many windows of history are used
   * @param windowsAfter how many windows are observed at the most
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
      implements Design {
    public DifferenceInDifferences {
      controls = List.copyOf(controls);
      if (windowsBefore < 4 || windowsAfter < 4) {
        throw new IllegalArgumentException(
            "difference in differences with "
                + windowsBefore
                + " windows before and "
                + windowsAfter
                + " after: needs at least 4 of each");
      }
    }

    @Override
    public Grade grade() {
      return Grade.D;
    }

    @Override
    public String title() {
      return "difference in differences";
    }
  }
}
