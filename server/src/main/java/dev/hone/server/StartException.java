package dev.hone.server;

/** Hone cannot start or do what was asked. One sentence with value, place and remedy. */
public final class StartException extends Exception {
  public StartException(String message) {
    super(message);
  }

  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
