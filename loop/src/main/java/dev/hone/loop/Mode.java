package dev.hone.loop;

/** How far Hone may go on its own, lowest first. */
public enum Mode {
  /** Find only. */
  OBSERVE,
  /** Recommend, with the command for a person to run. */
  RECOMMEND,
  /** Apply what a person approved. */
  APPROVE,
  /** Apply without asking what can be switched back at once (risk R0 and R1, TOGGLE). */
  AUTO_REVERSIBLE,
  /** Apply without asking whatever can be undone, risk R3 at the most. */
  AUTO;

  /** Whether a plan for this knob is approved by the policy itself. */
  public boolean approves(Knob.Risk risk, Knob.Reversibility reversibility) {
    return switch (this) {
      case OBSERVE, RECOMMEND, APPROVE -> false;
      case AUTO_REVERSIBLE ->
          risk.compareTo(Knob.Risk.R1) <= 0 && reversibility == Knob.Reversibility.TOGGLE;
      case AUTO ->
          risk.compareTo(Knob.Risk.R3) <= 0 && reversibility != Knob.Reversibility.IRREVERSIBLE;
    };
  }
}
