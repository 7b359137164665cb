package dev.hone.metrics;

/** A body is larger than may be held; the same in parts can be taken. */
public final class TooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says how large it may be. */
  public TooLargeException(String message) {
    super(message);
  }
}
