package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;

/** Turns a part of the running system into samples; called from one thread at a time. */
public interface Probe extends AutoCloseable {
  /** For messages, for example {@code host}. */
  String name();

  /** How often it wants to be called. */
  Duration interval();

  /**
   * Takes one round of samples, stamped with {@code now}.
   *
   * @throws ProbeException when the target cannot be read at present; the next round tries again
   */
  void sample(Instant now) throws ProbeException, InterruptedException;

  @Override
  default void close() {}

  /** A part of the system could not be measured. The message names place and remedy. */
  final class ProbeException extends Exception {
    public ProbeException(String message) {
      super(message);
    }

    public ProbeException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
