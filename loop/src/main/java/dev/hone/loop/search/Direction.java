package dev.hone.loop.search;

/** Where the better values of a knob are thought to lie. */
public enum Direction {
  /** Above the value in force. */
  UP,
  /** Below the value in force. */
  DOWN,
  /** Nobody knows. */
  UNKNOWN
}
