package dev.hone.demo;

/** The demo cannot start; the message is one sentence with cause and remedy, made for people. */
public final class DemoException extends RuntimeException {
  /** A failure told in one sentence. */
  public DemoException(String message) {
    super(message);
  }

  /** A failure told in one sentence, and what it came from. */
  public DemoException(String message, Throwable cause) {
    super(message, cause);
  }
}
