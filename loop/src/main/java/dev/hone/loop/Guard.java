package dev.hone.loop;

import java.util.Map;

/**
 * Holds the undo of every open change outside of Hone's own process, so that it happens even when
 * Hone is killed.
 */
public interface Guard {
  /**
   * Hands over an undo; it is held when this returns.
   *
   * @throws GuardException when the guard is not there or refuses: then nothing may be written
   */
  void arm(String loop, KnobRef knob, Map<String, String> settings, String prior, String written)
      throws GuardException, InterruptedException;

  /** Forgets an undo; does nothing when there is none. */
  void disarm(String loop);

  /** No undo can be handed over. The message names cause and remedy. */
  final class GuardException extends Exception {
    public GuardException(String message) {
      super(message);
    }

    public GuardException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
