package dev.hone.metrics.wire;

import org.jspecify.annotations.Nullable;

/** What was received is not what its format says; the message is a sentence for the sender. */
public final class MalformedException extends IllegalArgumentException {
  /** A sentence with value, place and remedy. */
  public MalformedException(String message) {
    super(message);
  }

  /** A sentence, and what it comes from if anything. */
  public MalformedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
