package dev.hone.layer.database.twin;

import java.io.Serial;

/**
 * The server of a planner twin has ended, or can no longer be talked to. What was asked of it has
 * no answer; to take that for "this statement cannot be planned" would make advice out of nothing.
 */
public final class TwinLost extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  TwinLost(Throwable cause) {
    super(
        "the planner twin's server has ended (" + cause.getMessage() + "); ask for advice again",
        cause);
  }
}
