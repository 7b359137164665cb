package dev.hone.loop;

import java.time.Instant;
import java.util.List;

/**
 * A change that is proposed for a finding, complete enough to be applied, judged and undone.
 *
 * @param id sortable and unique
 * @param findingId the finding it answers
 * @param layer the layer it belongs to
 * @param technique the rule that proposed it, for example {@code demote-neighbour}
 * @param knob what is changed
 * @param from the value in force
 * @param to the proposed value
 * @param title one line for people
 * @param expected the expected effect on the primary signal
 * @param cost what it costs to have or to try it, one sentence
 * @param risk how much harm it can do
 * @param explanation why, and what else was considered
 * @param design how it will be judged
 * @param primary what it is judged by
 * @param guardrails what must not get worse meanwhile
 * @param appliable whether Hone may apply it here; otherwise it is shown as a command to run
 * @param hindrance why it is not appliable; empty when it is
 * @param expiresAt when the evidence is too old to act on
 */
public record Recommendation(
    String id,
    String findingId,
    String layer,
    String technique,
    KnobRef knob,
    String from,
    String to,
    String title,
    Expected expected,
    String cost,
    Knob.Risk risk,
    Explanation explanation,
    Design design,
    SignalRef primary,
    List<Guardrail> guardrails,
    boolean appliable,
    String hindrance,
    Instant expiresAt) {
  public Recommendation {
    guardrails = List.copyOf(guardrails);
  }

  /**
   * Expected relative change of the primary signal: −0.4 is 40 % lower.
   *
   * @param low the more optimistic end of the interval
   * @param high the less optimistic end
   */
  public record Expected(double low, double high) {}

  /**
   * Why a change is proposed.
   *
   * @param facts what was measured, one sentence each
   * @param rule the rule that was applied and where it comes from
   * @param rejected what else was considered
   * @param ifWrong what happens if the rule is wrong
   * @param applyCommand the command a person can run instead
   * @param undoCommand the command that brings the old value back
   */
  public record Explanation(
      List<String> facts,
      String rule,
      List<Rejected> rejected,
      String ifWrong,
      String applyCommand,
      String undoCommand) {
    public Explanation {
      facts = List.copyOf(facts);
      rejected = List.copyOf(rejected);
    }
  }

  /** An alternative and why it was not chosen. */
  public record Rejected(String alternative, String why) {}
}
