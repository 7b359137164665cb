package dev.hone.metrics.engine;

/** Data in a file are not what was written there. */
public final class CorruptException extends RuntimeException {
  CorruptException(String message) {
    super(message);
  }

  CorruptException(String message, Throwable cause) {
    super(message, cause);
  }
}
