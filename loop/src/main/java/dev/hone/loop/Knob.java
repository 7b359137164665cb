package dev.hone.loop;

import dev.hone.loop.search.NumericRange;
import java.time.Duration;
import java.util.Optional;

/**
 * One adjustable thing of the running system. Values are canonical texts: reading back what was
 * written gives the equal text. All methods may be called from any thread, one at a time; those
 * that block end promptly when their thread is interrupted.
 */
public interface Knob {
  /** Its address. */
  KnobRef ref();

  /** What can be done with it here and now. Changes nothing. */
  Capability probe();

  /** The value in force. */
  String read() throws KnobException, InterruptedException;

  /**
   * Compare-and-set: changes the value to {@code value} if the one in force is {@code expected};
   * does nothing when {@code value} is in force already. Never touches persistent configuration.
   *
   * @throws KnobException with {@link KnobException.Reason#DRIFT} when another value is in force
   */
  void write(String expected, String value) throws KnobException, InterruptedException;

  /**
   * Brings the value to {@code prior} whatever half state an interrupted {@link #write} of {@code
   * written} left behind. Idempotent. A value that is neither of the two belongs to somebody else
   * and stays (throws DRIFT).
   */
  default void undo(String prior, String written) throws KnobException, InterruptedException {
    if (!read().equals(prior)) {
      write(written, prior);
    }
  }

  /** Makes a kept value outlive a restart of the target where it has a persistent form. */
  default void persist(String value) throws KnobException, InterruptedException {}

  /** The values that may be tried, for a knob that is a number; empty for others. */
  default Optional<NumericRange> range() {
    return Optional.empty();
  }

  /**
   * The value that gives one half of the load {@code to} and the other {@code from}; empty when
   * both cannot be in force at a time. The halves are of equal size and stay the same while the
   * value changes between {@link Half#FIRST} and {@link Half#SECOND}. {@link #undo} must bring
   * {@code from} back out of such a value.
   *
   * @param half the half that gets {@code to}
   */
  default Optional<String> divided(String from, String to, Half half) {
    return Optional.empty();
  }

  /** The halves of a divided load. */
  enum Half {
    FIRST,
    SECOND
  }

  /** How long after a write the effect is there in full. Blocks last at least five times this. */
  Duration settlingTime();

  /** Whether and how it can be undone. */
  Reversibility reversibility();

  /** How much harm a wrong value can do. */
  Risk risk();

  /** Knobs of one group influence each other; at most one plan is active in a group. */
  String group();

  /** Kinds of undo. */
  enum Reversibility {
    /** Can be switched both ways while the target runs. */
    TOGGLE,
    /** Takes effect at a restart of the target. */
    RESTART,
    /** Can be undone, but not switched to and fro within seconds: an index. */
    ONE_WAY,
    /** Cannot be undone. */
    IRREVERSIBLE
  }

  /** Risk classes, lowest first. */
  enum Risk {
    /** Shows only in Hone. */
    R0,
    /** One process or statement slower for a moment. */
    R1,
    /** A service slower for a moment. */
    R2,
    /** A service may be unavailable for a moment. */
    R3,
    /** Data or the whole host at risk: never automatic. */
    R4
  }

  /**
   * What a knob allows.
   *
   * @param readable its value can be read
   * @param writable its value can be changed by this user
   * @param undoable the old value can be brought back by this user
   * @param effective a change has an effect on this system
   * @param why one sentence on what is not possible and what would help; empty when all is
   */
  record Capability(
      boolean readable, boolean writable, boolean undoable, boolean effective, String why) {
    /** Everything is possible. */
    public static final Capability FULL = new Capability(true, true, true, true, "");

    /** Nothing is possible, for the reason given. */
    public static Capability none(String why) {
      return new Capability(false, false, false, false, why);
    }

    /** Whether Hone may apply it: only what can be undone is ever applied. */
    public boolean appliable() {
      return readable && writable && undoable && effective;
    }
  }
}
