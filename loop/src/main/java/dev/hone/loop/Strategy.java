package dev.hone.loop;

/** What makes Hone look for an improvement. */
public enum Strategy {
  /** Something will be wrong, if it goes on like this. */
  PROACTIVE,
  /** Something is wrong. */
  REACTIVE,
  /** It is time: kept changes are measured again, numeric knobs are tuned further. */
  SCHEDULED,
  /** Something happened: a deployment, or the load moved to another level. */
  EVENT_DRIVEN;

  /** The detail of a finding that names its strategy. */
  static final String DETAIL = "strategy";
}
