package dev.hone.loop;

/** A knob could not be read or changed. The message names value, place and remedy. */
public final class KnobException extends Exception {
  /** Why. */
  public enum Reason {
    /** The value in force is neither the expected nor the wanted one: somebody else changed it. */
    DRIFT,
    /** This user may not. */
    DENIED,
    /** The target no longer exists: nothing is left to undo. */
    GONE,
    /** The target does not answer. */
    UNREACHABLE,
    /** The target refused the value, or the change had no effect. */
    FAILED
  }

  private final Reason reason;

  public KnobException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public KnobException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
