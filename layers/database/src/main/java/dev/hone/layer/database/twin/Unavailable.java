package dev.hone.layer.database.twin;

/** A what-if question cannot be answered here. The message is one sentence with the remedy. */
public final class Unavailable extends Exception {
  /** Says why. */
  public Unavailable(String message) {
    super(message);
  }

  /** Says why, with what led to it. */
  public Unavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
