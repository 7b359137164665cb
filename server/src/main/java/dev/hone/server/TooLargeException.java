package dev.hone.server;

/** What was sent is larger than is taken; the message is a sentence for the sender. */
final class TooLargeException extends RuntimeException {
  TooLargeException(String message) {
    super(message);
  }
}
